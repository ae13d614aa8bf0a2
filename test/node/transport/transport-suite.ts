/** What every transport must do; run on each implementation. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { compareKeys } from "../../../node/transport/members.ts";
import type { QueueLimits } from "../../../node/transport/outbound-queue.ts";
import type { PeerAddress, PeerKey, Transport } from "../../../node/transport/transport.ts";
import type { TransportLog } from "../../../node/transport/transport-log.ts";
import { bytes, eventually, keyOf, RecordedLog, Recorder } from "./support.ts";

/** Largest frame of the nodes under test. */
export const TEST_FRAME_BYTES_MAX: number = 8 * 1024 * 1024;

/** Makes nodes of one implementation. */
export interface TransportNetwork {
  /** A node that is not yet started, with the key of this index. */
  create(index: number, log: TransportLog, queue?: QueueLimits): Promise<Transport>;
  /** Where the node with this index listens, or will. */
  address(index: number): PeerAddress;
  /** Lets something happen. */
  step(): Promise<void>;
}

interface Node {
  readonly key: PeerKey;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly log: RecordedLog;
}

/** Declares the suite for one implementation. */
export function describeTransport(
  name: string,
  createNetwork: () => Promise<TransportNetwork>,
): void {
  describe(name, () => {
    let network: TransportNetwork;
    let running: Transport[] = [];

    beforeEach(async () => {
      network = await createNetwork();
      running = [];
    });
    afterEach(async () => {
      await Promise.all(running.map((transport) => transport.stop()));
    });

    async function create(index: number, queue?: QueueLimits): Promise<Node> {
      const log = new RecordedLog();
      const transport = await network.create(index, log.log, queue);
      running.push(transport);
      return { key: keyOf(index), transport, recorder: new Recorder(transport), log };
    }

    async function start(node: Node, members: readonly number[]): Promise<Node> {
      node.transport.setMembers(members.map((index) => network.address(index)));
      await node.transport.start();
      return node;
    }

    async function startAll<Count extends number>(count: Count): Promise<Node[]> {
      const indices = Array.from({ length: count }, (_, index) => index);
      const nodes = await Promise.all(indices.map((index) => create(index)));
      await Promise.all(nodes.map((node) => start(node, indices)));
      return nodes;
    }

    async function startTwo(): Promise<[Node, Node]> {
      const [a, b] = await startAll(2);
      assert(a !== undefined && b !== undefined);
      return [a, b];
    }

    const until = (what: string, condition: () => boolean): Promise<void> =>
      eventually(what, condition, () => network.step());
    const connected = (a: Node, b: Node): Promise<void> =>
      until(
        "a connection both ways",
        () =>
          a.transport.connectedPeers().includes(b.key) &&
          b.transport.connectedPeers().includes(a.key),
      );
    const arrives = (to: Node, from: Node, text: string): Promise<void> =>
      until(`message "${text}"`, () => to.recorder.from(from.key).includes(text));
    const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

    it("carries messages both ways, in order", async () => {
      const [a, b] = await startTwo();
      for (const text of numbered(100)) {
        a.transport.send(b.key, bytes(text));
        b.transport.send(a.key, bytes(text));
      }
      await until("all of a", () => b.recorder.messages.length === 100);
      await until("all of b", () => a.recorder.messages.length === 100);
      assert.deepEqual(b.recorder.from(a.key), numbered(100));
      assert.deepEqual(a.recorder.from(b.key), numbered(100));
    });

    it("carries a thousand messages, sent one by one and in bursts", async () => {
      const [a, b] = await startTwo();
      await connected(a, b);
      for (const text of numbered(1000)) {
        a.transport.send(b.key, bytes(text));
        if (Number(text) % 10 < 3) await network.step();
      }
      await until("all", () => b.recorder.messages.length === 1000);
      assert.deepEqual(b.recorder.from(a.key), numbered(1000));
    });

    it("carries a message of the largest size unaltered, between small ones", async () => {
      const [a, b] = await startTwo();
      const received: Uint8Array[] = [];
      b.transport.onMessage((_from, message) => {
        received.push(message);
      });
      const large = Uint8Array.from({ length: TEST_FRAME_BYTES_MAX }, (_, i) => i % 251);
      for (const message of [bytes("before"), large, bytes("after")]) {
        a.transport.send(b.key, message);
      }
      await until("all three", () => received.length === 3);
      assert.deepEqual(received[0], bytes("before"));
      assert.equal(Buffer.compare(received[1] ?? bytes(""), large), 0);
      assert.deepEqual(received[2], bytes("after"));
    });

    it("keeps three nodes apart and tells who sent", async () => {
      const nodes = await startAll(3);
      const others = (node: Node): Node[] => nodes.filter(({ key }) => key !== node.key);
      for (const from of nodes) {
        for (const to of others(from)) from.transport.send(to.key, bytes(`for ${to.key}`));
      }
      for (const to of nodes) {
        await until("two messages", () => to.recorder.messages.length === 2);
        const keys = others(to)
          .map(({ key }) => key)
          .sort(compareKeys);
        assert.deepEqual(to.recorder.messages.map(({ from }) => from).sort(compareKeys), keys);
        assert(to.recorder.messages.every(({ text }) => text === `for ${to.key}`));
        assert.deepEqual(to.transport.connectedPeers(), keys);
      }
    });

    it("delivers what was queued before the peer was there", async () => {
      const a = await start(await create(0), [0, 1]);
      a.transport.send(keyOf(1), bytes("early"));
      await network.step();
      assert.deepEqual(a.transport.connectedPeers(), []);
      const b = await start(await create(1), [0, 1]);
      await arrives(b, a, "early");
    });

    it("drops the oldest messages beyond the limits of a queue, and counts them", async () => {
      const limits = { bytesMax: TEST_FRAME_BYTES_MAX + 4, messagesMax: 10 };
      const a = await start(await create(0, limits), [0, 1]);
      for (const text of numbered(25)) a.transport.send(keyOf(1), bytes(text));
      const queued = a.transport.metrics().peers.get(keyOf(1));
      assert.equal(queued?.messagesDropped, 15);
      assert.equal(queued?.queuedMessages, 10);
      const b = await start(await create(1), [0, 1]);
      await arrives(b, a, "24");
      assert.deepEqual(b.recorder.from(a.key), numbered(25).slice(15));

      await b.transport.stop();
      await until("a disconnection", () => a.transport.connectedPeers().length === 0);
      a.transport.send(b.key, bytes("small"));
      a.transport.send(b.key, new Uint8Array(TEST_FRAME_BYTES_MAX));
      const bounded = a.transport.metrics().peers.get(b.key);
      assert.equal(bounded?.messagesDropped, 16);
      assert.equal(bounded?.queuedBytes, limits.bytesMax);
    });

    it("takes messages for nobody without complaint, and counts them", async () => {
      const [a] = await startTwo();
      a.transport.send(keyOf(9), bytes("who?"));
      a.transport.send(a.key, bytes("myself"));
      assert.equal(a.transport.metrics().messagesUnaddressed, 2);
    });

    it("refuses messages that cannot be framed", async () => {
      const [a, b] = await startTwo();
      assert.throws(() => a.transport.send(b.key, new Uint8Array(0)), RangeError);
      const tooLarge = new Uint8Array(TEST_FRAME_BYTES_MAX + 1);
      assert.throws(() => a.transport.send(b.key, tooLarge), RangeError);
    });

    it("refuses lists of members that make no sense, and keeps the list it has", async () => {
      const [a, b] = await startTwo();
      await connected(a, b);
      const good = network.address(1);
      for (const bad of [
        [good, good],
        [{ ...good, key: good.key.toUpperCase() }],
        [{ ...good, key: good.key.slice(2) }],
        [{ ...good, key: "" }],
      ]) {
        assert.throws(() => a.transport.setMembers(bad), RangeError);
      }
      assert.deepEqual(a.transport.connectedPeers(), [b.key]);
    });

    it("does not talk with a node that is not a member", async () => {
      const [a, b] = await startTwo();
      const stranger = await start(await create(2), [0, 1, 2]);
      stranger.transport.send(a.key, bytes("let me in"));
      await until("a refusal", () => a.transport.metrics().connectionsRefused > 0);
      a.transport.send(b.key, bytes("still fine"));
      await arrives(b, a, "still fine");
      assert.deepEqual(stranger.transport.connectedPeers(), []);
      assert.deepEqual(a.recorder.from(stranger.key), []);
    });

    it("disconnects a member that is removed, and takes it back", async () => {
      const [a, b] = await startTwo();
      await connected(a, b);
      a.transport.setMembers([network.address(0)]);
      await until("the end at b", () => b.transport.connectedPeers().length === 0);
      assert.deepEqual(a.transport.connectedPeers(), []);
      b.transport.send(a.key, bytes("from outside"));
      await until("a refusal", () => a.transport.metrics().connectionsRefused > 0);
      assert.deepEqual(a.recorder.from(b.key), []);
      a.transport.setMembers([network.address(0), network.address(1)]);
      await connected(a, b);
      a.transport.send(b.key, bytes("welcome back"));
      await arrives(b, a, "welcome back");
    });

    it("hands over nothing more of a member that is removed while it is being heard", async () => {
      const [a, b] = await startTwo();
      const seen: string[] = [];
      let release = (): void => assert.fail("nothing to release");
      b.transport.onMessage((_from, message) => {
        seen.push(Buffer.from(message).toString());
        return new Promise((resolve) => {
          release = resolve;
        });
      });
      for (const text of ["heard", "held", "held too"]) a.transport.send(b.key, bytes(text));
      await until("the first", () => seen.length === 1);
      b.transport.setMembers([network.address(1)]);
      release();
      await until("the end at a", () => a.transport.connectedPeers().length === 0);
      assert.deepEqual(seen, ["heard"]);
    });

    it("reads nothing more from a peer while its message is being handled", async () => {
      const [a, b, c] = await startAll(3);
      assert(a !== undefined && b !== undefined && c !== undefined);
      const seen: string[] = [];
      let release = (): void => assert.fail("nothing to release");
      c.transport.onMessage((from, message) => {
        seen.push(Buffer.from(message).toString());
        if (from === b.key) return undefined;
        return new Promise((resolve) => {
          release = resolve;
        });
      });
      a.transport.send(c.key, bytes("a1"));
      a.transport.send(c.key, bytes("a2"));
      await until("the first", () => seen.includes("a1"));
      a.transport.send(c.key, bytes("a3"));
      for (const text of ["b1", "b2", "b3"]) b.transport.send(c.key, bytes(text));
      await until("all of the other peer", () => seen.includes("b3"));
      assert.deepEqual(
        seen.filter((text) => text.startsWith("a")),
        ["a1"],
      );
      for (const next of ["a2", "a3"]) {
        release();
        await until("the next", () => seen.includes(next));
      }
      assert.deepEqual(
        seen.filter((text) => text.startsWith("a")),
        ["a1", "a2", "a3"],
      );
      release();
    });

    it("outlives handlers that throw or reject, and reports them", async () => {
      const [a, b] = await startTwo();
      const seen: string[] = [];
      b.transport.onMessage((_from, message) => {
        const text = Buffer.from(message).toString();
        seen.push(text);
        if (text === "throw") throw new Error("thrown");
        return text === "reject" ? Promise.reject(new Error("rejected")) : undefined;
      });
      for (const text of ["throw", "reject", "go on"]) a.transport.send(b.key, bytes(text));
      await until("the last", () => seen.includes("go on"));
      assert.deepEqual(seen, ["throw", "reject", "go on"]);
      assert.equal(b.log.count("HANDLER_FAILED"), 2);
    });

    it("finds a peer again that was restarted, and tells", async () => {
      const [a, b] = await startTwo();
      await connected(a, b);
      await b.transport.stop();
      await until("the end", () => a.transport.connectedPeers().length === 0);
      const again = await start(await create(1), [0, 1]);
      await connected(a, again);
      a.transport.send(again.key, bytes("hello again"));
      again.transport.send(a.key, bytes("here I am"));
      await arrives(again, a, "hello again");
      await arrives(a, again, "here I am");
      assert.deepEqual(a.recorder.changes, [
        { peer: b.key, connected: true },
        { peer: b.key, connected: false },
        { peer: b.key, connected: true },
      ]);
    });

    it("counts what went each way", async () => {
      const [a, b] = await startTwo();
      a.transport.send(b.key, bytes("12345"));
      a.transport.send(b.key, bytes("1"));
      await until("both", () => b.recorder.messages.length === 2);
      const sent = a.transport.metrics().peers.get(b.key);
      const received = b.transport.metrics().peers.get(a.key);
      assert.equal(sent?.messagesSent, 2);
      assert.equal(sent?.bytesSent, 4 + 5 + 4 + 1);
      assert.equal(sent?.queuedMessages, 0);
      assert.equal(sent?.messagesDropped, 0);
      assert.equal(sent?.violations, 0);
      assert.equal(received?.messagesReceived, 2);
      assert.equal(received?.bytesReceived, 4 + 5 + 4 + 1);
    });

    it("hands over nothing after it was stopped, and may be stopped twice", async () => {
      const [a, b] = await startTwo();
      await connected(a, b);
      await Promise.all([b.transport.stop(), b.transport.stop()]);
      const { length } = b.recorder.messages;
      const changes = b.recorder.changes.length;
      a.transport.send(b.key, bytes("too late"));
      await until("the end at a", () => a.transport.connectedPeers().length === 0);
      assert.equal(b.recorder.messages.length, length);
      assert.equal(b.recorder.changes.length, changes);
      assert.deepEqual(b.transport.connectedPeers(), []);
      await b.transport.stop();
    });
  });
}
