import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { describe, it } from "mocha";
import { MemoryNetwork, type MemoryTransport } from "../../../node/transport/memory-transport.ts";
import type { PeerAddress } from "../../../node/transport/transport.ts";
import { bytes, keyOf, RecordedLog, Recorder } from "./support.ts";
import { describeTransport, TEST_FRAME_BYTES_MAX } from "./transport-suite.ts";

const address = (index: number): PeerAddress => ({ key: keyOf(index), multiaddr: "/memory" });

describeTransport("memory transport", async () => {
  const network = new MemoryNetwork();
  return {
    address,
    create: async (index, log, queue) =>
      network.transport({
        key: keyOf(index),
        log,
        frameSizeBytesMax: TEST_FRAME_BYTES_MAX,
        ...(queue === undefined ? {} : { queue }),
      }),
    step: async () => {
      network.deliver();
      await turn();
    },
  };
});

describe("memory network", () => {
  async function startTwo(): Promise<[MemoryNetwork, MemoryTransport, MemoryTransport]> {
    const network = new MemoryNetwork();
    const { log } = new RecordedLog();
    const a = network.transport({ key: keyOf(0), log });
    const b = network.transport({ key: keyOf(1), log });
    for (const node of [a, b]) {
      node.setMembers([address(0), address(1)]);
      await node.start();
    }
    return [network, a, b];
  }

  it("moves nothing until it is told to, and then says how much", async () => {
    const [network, a, b] = await startTwo();
    const recorder = new Recorder(b);
    a.send(b.key, bytes("1"));
    a.send(b.key, bytes("2"));
    await turn();
    assert.deepEqual(recorder.messages, []);
    assert.equal(network.deliver(), 2);
    assert.deepEqual(recorder.from(a.key), ["1", "2"]);
    assert.equal(network.deliver(), 0);
  });

  it("leaves answers to the next round, whoever is first", async () => {
    const [network, a, b] = await startTwo();
    for (const [asks, answers] of [
      [a, b],
      [b, a],
    ] as const) {
      const recorder = new Recorder(asks);
      answers.onMessage((from, message) => answers.send(from, message));
      asks.send(answers.key, bytes("ping"));
      answers.send(asks.key, bytes("own"));
      network.deliver();
      assert.deepEqual(recorder.from(answers.key), ["own"]);
      network.deliver();
      assert.deepEqual(recorder.from(answers.key), ["own", "ping"]);
    }
  });

  it("gives one key to one running node", async () => {
    const [network, a] = await startTwo();
    const twin = network.transport({ key: a.key, log: new RecordedLog().log });
    await assert.rejects(twin.start(), { name: "AssertionError" });
    await a.stop();
    await twin.start();
  });
});
