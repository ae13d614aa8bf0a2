import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Stream } from "@libp2p/interface";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Backoff } from "../../../node/transport/backoff.ts";
import { encodeFrames } from "../../../node/transport/framing.ts";
import { Libp2pTransport } from "../../../node/transport/libp2p-transport.ts";
import type { PeerAddress, PeerMetrics, Transport } from "../../../node/transport/transport.ts";
import type { TransportLog } from "../../../node/transport/transport-log.ts";
import { RawPeer } from "./raw-peer.ts";
import { bytes, eventually, freePort, keyOf, RecordedLog, Recorder, seedOf } from "./support.ts";
import { describeTransport, TEST_FRAME_BYTES_MAX } from "./transport-suite.ts";

/** Three addresses on this machine, for the nodes 0 to 2. */
async function addresses(): Promise<[PeerAddress, PeerAddress, PeerAddress]> {
  const address = async (index: number): Promise<PeerAddress> => ({
    key: keyOf(index),
    multiaddr: `/ip4/127.0.0.1/tcp/${await freePort()}`,
  });
  return [await address(0), await address(1), await address(2)];
}

function create(
  index: number,
  listen: string,
  log: TransportLog,
  backoff: Backoff = { firstMs: 10, maxMs: 200 },
): Promise<Libp2pTransport> {
  const seed = seedOf(index);
  const frameSizeBytesMax = TEST_FRAME_BYTES_MAX;
  return Libp2pTransport.create({ seed, listen: [listen], log, frameSizeBytesMax, backoff });
}

describeTransport("libp2p transport", async () => {
  const all = await addresses();
  const address = (index: number): PeerAddress => all[index] ?? assert.fail("no such node");
  return {
    address,
    create: (index, log, queue) =>
      Libp2pTransport.create({
        seed: seedOf(index),
        listen: [address(index).multiaddr],
        log,
        frameSizeBytesMax: TEST_FRAME_BYTES_MAX,
        backoff: { firstMs: 10, maxMs: 200 },
        ...(queue === undefined ? {} : { queue }),
      }),
    step: () => delay(5),
  };
});

describe("libp2p transport among peers that break the rules", () => {
  /** 0 and 1 are nodes; 2 is a member that runs something else; 3 is a stranger. */
  let members: readonly [PeerAddress, PeerAddress, PeerAddress];
  let a: Libp2pTransport;
  let b: Libp2pTransport;
  let atA: Recorder;
  let log: RecordedLog;
  let running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    members = await addresses();
    log = new RecordedLog();
    a = await create(0, members[0].multiaddr, log.log);
    b = await create(1, members[1].multiaddr, new RecordedLog().log);
    atA = new Recorder(a);
    running = [a, b];
    for (const node of [a, b]) {
      node.setMembers(members);
      await node.start();
    }
  });
  afterEach(async () => {
    await Promise.all(running.map((node) => node.stop()));
  });

  async function rawPeer(index: number, listen: readonly string[] = []): Promise<RawPeer> {
    const peer = await RawPeer.start(index, listen);
    running.push(peer);
    return peer;
  }

  async function othersStillWork(): Promise<void> {
    b.send(a.key, bytes("still fine"));
    await eventually("a message of b", () => atA.from(b.key).includes("still fine"));
  }

  const violations = (): number => a.metrics().peers.get(keyOf(2))?.violations ?? -1;
  const closed = (stream: Stream): Promise<void> =>
    eventually("the end of the stream", () => stream.status !== "open");

  it("resets a stranger once the handshake has shown who it is", async () => {
    const stranger = await rawPeer(3);
    const outcome = stranger.open(members[0]).then(
      async (stream) => {
        stream.send(encodeFrames([bytes("from a stranger")]));
        await closed(stream);
      },
      () => undefined,
    );
    await eventually("a refusal", () => a.metrics().connectionsRefused === 1);
    await outcome;
    await othersStillWork();
    assert.deepEqual(atA.from(keyOf(3)), []);
    assert.deepEqual(log.facts("CONNECTION_REFUSED", "peer"), [keyOf(3)]);
  });

  it("does not take somebody else at a member's address for the member", async () => {
    const impostor = await rawPeer(3, [members[2].multiaddr]);
    const streams: Stream[] = [];
    await impostor.accept((stream) => streams.push(stream));
    a.send(keyOf(2), bytes("for the member alone"));
    const unexpected = (): number =>
      log.facts("DIAL_FAILED", "cause").filter((cause) => /identity key/.test(`${cause}`)).length;
    await eventually("two failures", () => unexpected() >= 2);
    assert.equal(a.connectedPeers().includes(keyOf(2)), false);
    assert.deepEqual(streams, []);
    assert.equal(a.metrics().peers.get(keyOf(2))?.messagesSent, 0);
    await othersStillWork();
  });

  const broken = [
    { id: "a frame beyond the limit", code: "FRAME_TOO_LARGE", sent: [0xff, 0xff, 0xff, 0xff, 1] },
    { id: "an empty frame", code: "FRAME_EMPTY", sent: [0, 0, 0, 0] },
    { id: "an end within a frame", code: "FRAME_TRUNCATED", sent: [0, 0, 0, 9, 1, 2] },
    { id: "an end within a length", code: "FRAME_TRUNCATED", sent: [0, 0] },
  ];
  for (const { id, code, sent } of broken) {
    it(`resets the stream of a member that sends ${id}, and takes its next one`, async () => {
      const peer = await rawPeer(2);
      const stream = await peer.open(members[0]);
      stream.send(encodeFrames([bytes("good")]));
      stream.send(Uint8Array.from(sent));
      if (code === "FRAME_TRUNCATED") await stream.close();
      await closed(stream);
      await eventually("a violation", () => violations() === 1);
      assert.match(`${log.facts("PROTOCOL_VIOLATED", "cause")}`, new RegExp(code));
      assert.deepEqual(atA.from(keyOf(2)), ["good"]);

      const next = await peer.open(members[0]);
      next.send(encodeFrames([bytes("better")]));
      await eventually("the next", () => atA.from(keyOf(2)).includes("better"));
      await othersStillWork();
      assert.equal(violations(), 1);
    });
  }

  it("reads a stream that was closed in good order to its end, and forgets it", async () => {
    const peer = await rawPeer(2);
    const stream = await peer.open(members[0]);
    stream.send(encodeFrames([bytes("one"), bytes("two")]));
    await stream.close();
    await eventually("both", () => atA.from(keyOf(2)).length === 2);
    await eventually("both halves closed", () => stream.status === "closed");
    assert.equal(violations(), 0);
  });

  it("does not hold it against a member that its connection broke within a frame", async () => {
    const peer = await rawPeer(2);
    const stream = await peer.open(members[0]);
    stream.send(encodeFrames([bytes("good")]));
    stream.send(Uint8Array.of(0, 0, 0, 9, 1));
    await eventually("the first", () => atA.from(keyOf(2)).length === 1);
    for (const wire of peer.wires) wire.abort(new Error("pulled the plug"));
    const again = await peer.open(members[0]);
    again.send(encodeFrames([bytes("back")]));
    await eventually("the next", () => atA.from(keyOf(2)).includes("back"));
    assert.equal(violations(), 0);
  });

  it("lets everything else have its turn, however many messages a member sends", async () => {
    const count = 100;
    let handled = 0;
    let handledBeforeNextTurn: number | undefined;
    a.onMessage(async () => {
      if (handled === 0) {
        setImmediate(() => {
          handledBeforeNextTurn = handled;
        });
      }
      handled += 1;
      const endMs = performance.now() + 2;
      while (performance.now() < endMs);
    });
    const stream = await (await rawPeer(2)).open(members[0]);
    stream.send(encodeFrames(Array.from({ length: count }, () => bytes("busy"))));
    await eventually("all", () => handled === count);
    assert.notEqual(handledBeforeNextTurn, count);
  });

  it("lets the newest stream of a member replace the one before", async () => {
    const peer = await rawPeer(2);
    const first = await peer.open(members[0]);
    const second = await peer.open(members[0]);
    await closed(first);
    second.send(encodeFrames([bytes("second")]));
    await eventually("the second", () => atA.from(keyOf(2)).includes("second"));
  });

  it("lets the newest connection that a member dialled replace the one before", async () => {
    const first = await rawPeer(2);
    const stale = await first.dial(members[0]);
    const second = await rawPeer(2);
    const stream = await second.open(members[0]);
    await eventually("the end of the first", () => stale.status !== "open");
    stream.send(encodeFrames([bytes("alive")]));
    await eventually("a message", () => atA.from(keyOf(2)).includes("alive"));
  });

  it("resets a stream of its own that the member writes on", async () => {
    const peer = await rawPeer(2, [members[2].multiaddr]);
    let rude = true;
    await peer.accept((stream, from) => {
      if (from !== a.key || !rude) return;
      rude = false;
      stream.send(bytes("not yours to write"));
    });
    await eventually("a violation", () => violations() === 1);
    await eventually("another stream", () => a.connectedPeers().includes(keyOf(2)));
    await othersStillWork();
  });

  it("cuts off a member that announces a yamux frame of four gigabytes", async () => {
    const peer = await rawPeer(2);
    const stream = await peer.open(members[0]);
    const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff);
    for (const wire of peer.wires) wire.send(header);
    await closed(stream);
    await eventually("a violation", () => violations() === 1);
    assert.match(`${log.facts("PROTOCOL_VIOLATED", "cause")}`, /YamuxFrameError/);
    await othersStillWork();
  });

  it("keeps what waits for a peer that does not read within the limits", async () => {
    const peer = await rawPeer(2, [members[2].multiaddr]);
    await peer.accept((stream) => {
      stream.addEventListener("message", () => stream.pause(), { once: true });
    });
    await eventually("a connection", () => a.connectedPeers().includes(keyOf(2)));
    const state = (): PeerMetrics => a.metrics().peers.get(keyOf(2)) ?? assert.fail("not a member");
    const large = new Uint8Array(4 * 1024 * 1024).fill(1);
    let sent = 0;
    await eventually(
      "drops",
      () => state().messagesDropped >= 5,
      async () => {
        a.send(keyOf(2), large);
        sent++;
        await delay(1);
      },
    );
    const { messagesSent, messagesDropped, queuedMessages } = state();
    assert.equal(messagesSent + messagesDropped + queuedMessages, sent);
    // One window at the peer, and one message that libp2p holds.
    assert(messagesSent <= 6, `${messagesSent} messages left the queue`);
    await othersStillWork();
  });
});

describe("libp2p transport between two nodes", () => {
  let atA: PeerAddress;
  let atB: PeerAddress;
  let log: RecordedLog;
  let running: Libp2pTransport[] = [];

  beforeEach(async () => {
    [atA, atB] = await addresses();
    log = new RecordedLog();
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((node) => node.stop()));
  });

  async function start(index: number, backoff?: Backoff): Promise<Libp2pTransport> {
    const node = await create(index, index === 0 ? atA.multiaddr : atB.multiaddr, log.log, backoff);
    running.push(node);
    node.setMembers([atA, atB]);
    await node.start();
    return node;
  }

  const megabyte = (fill: number): Uint8Array => new Uint8Array(1024 * 1024).fill(fill);
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

  it("slows a sender down to what the receiver handles, and loses nothing on the way", async () => {
    const count = 64;
    const a = await start(0);
    const b = await start(1);
    const seen: number[] = [];
    let released = false;
    b.onMessage(async (_from, message) => {
      await eventually("the release", () => released);
      seen.push(message[0] ?? -1);
    });
    const atSender = (): PeerMetrics => a.metrics().peers.get(b.key) ?? assert.fail("no member");
    const received = (): number => b.metrics().peers.get(a.key)?.messagesReceived ?? 0;
    const sendAll = async (): Promise<void> => {
      for (const i of numbers(count)) {
        await eventually("room in the queue", () => atSender().queuedMessages < 4);
        a.send(b.key, megabyte(i));
      }
    };
    const sending = sendAll();
    await eventually("a message and a queue", () => {
      return received() === 1 && atSender().queuedMessages === 4;
    });
    await delay(50);
    // One window of 16 messages, and what libp2p holds on either side of it.
    assert(atSender().messagesSent <= 20, `${atSender().messagesSent} messages left the queue`);
    assert.equal(received(), 1);
    assert.deepEqual(seen, []);
    released = true;
    await sending;
    await eventually("all", () => seen.length === count);
    assert.deepEqual(seen, numbers(count));
  });

  it("sends what is queued before it stops", async () => {
    const a = await start(0);
    const b = await start(1);
    const seen: number[] = [];
    b.onMessage((_from, message) => {
      seen.push(message[0] ?? -1);
    });
    await eventually("a connection", () => a.connectedPeers().length === 1);
    for (const i of numbers(12)) a.send(b.key, megabyte(i));
    await a.stop();
    await eventually("all", () => seen.length === 12);
    assert.deepEqual(seen, numbers(12));
  });

  it("does not wait any longer once the member connects by itself", async () => {
    const a = await start(0, { firstMs: 3_600_000, maxMs: 3_600_000 });
    await eventually("a failure", () => log.count("DIAL_FAILED") === 1);
    const b = await start(1);
    await eventually("a connection", () => a.connectedPeers().includes(b.key));
  });

  it("dials members alone: not those that were removed", async () => {
    const a = await start(0);
    await eventually("a failure", () => log.count("DIAL_FAILED") > 0);
    a.setMembers([atA]);
    await delay(1);
    const failed = log.count("DIAL_FAILED");
    await delay(100);
    assert.equal(log.count("DIAL_FAILED"), failed);
  });

  it("finds a member at its new address", async () => {
    const a = await start(0);
    await eventually("a failure", () => log.count("DIAL_FAILED") > 0);
    const [, , elsewhere] = await addresses();
    atB = { ...atB, multiaddr: elsewhere.multiaddr };
    const b = await create(1, atB.multiaddr, log.log);
    running.push(b);
    await b.start();
    // Only a knows where to go.
    b.setMembers([{ ...atA, multiaddr: atB.multiaddr }, atB]);
    a.setMembers([atA, atB]);
    await eventually("a connection", () => a.connectedPeers().includes(b.key));
  });
});

describe("libp2p transport", () => {
  it("refuses options that make no sense", async () => {
    const { log } = new RecordedLog();
    const listen: string[] = [];
    await assert.rejects(
      Libp2pTransport.create({ seed: new Uint8Array(31), listen, log }),
      RangeError,
    );
    const queue = { bytesMax: 1000, messagesMax: 10 };
    await assert.rejects(
      Libp2pTransport.create({ seed: seedOf(0), listen, log, queue }),
      RangeError,
    );
  });

  it("refuses addresses that are none, or that name an identity", async () => {
    const transport: Transport = await create(0, "/ip4/127.0.0.1/tcp/0", new RecordedLog().log);
    const identified =
      "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
    for (const multiaddr of ["", "127.0.0.1:7100", "/ip4/127.0.0.1/udp/7100", identified]) {
      assert.throws(() => transport.setMembers([{ key: keyOf(1), multiaddr }]), RangeError);
    }
  });

  it("does not start where it cannot listen", async () => {
    const log = new RecordedLog();
    const first = await create(0, "/ip4/127.0.0.1/tcp/0", log.log);
    await first.start();
    try {
      const [listening] = first.listening();
      assert(listening !== undefined && !listening.includes("p2p"));
      const second = await create(1, listening, log.log);
      await assert.rejects(second.start());
    } finally {
      await first.stop();
    }
    assert.equal(log.count("TRANSPORT_STARTED"), 1);
    assert.equal(log.count("TRANSPORT_STOPPED"), 1);
  });

  it("lets the process end once it is stopped", async () => {
    const program = fileURLToPath(new URL("./start-and-stop.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 15_000 });
    assert.equal(stdout, "stopped\n");
  });
});
