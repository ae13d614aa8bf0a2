import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Message, makeMessage } from "../../consensus/messages.ts";
import { ReadOnly } from "../../consensus/read-only.ts";
import { bytes, entry, votersAre } from "./support/values.ts";

const voters = votersAre(1, 2, 3);

function read(name: string): Message {
  return makeMessage({ type: "MsgReadIndex", entries: [{ ...entry(0, 0), data: bytes(name) }] });
}

describe("read-only", () => {
  it("asks for nothing while nothing waits", () => {
    assert.equal(new ReadOnly().heartbeatContext().length, 0);
  });

  it("confirms with one round all reads that waited when it began", () => {
    const reads = new ReadOnly();
    const [first, second, third] = [read("a"), read("b"), read("c")];
    reads.add(first, 5);
    reads.add(second, 6);
    const context = reads.heartbeatContext();
    reads.add(third, 7);
    reads.acknowledge(1, reads.heartbeatContext());
    assert.deepEqual(reads.takeConfirmed(voters), [], "one of three is no quorum");
    reads.acknowledge(2, context);
    assert.deepEqual(reads.takeConfirmed(voters), [
      { request: first, index: 5 },
      { request: second, index: 6 },
    ]);
    assert.equal(reads.length, 1);
  });

  it("is not confirmed by an answer to an earlier round (etcd issue 20418)", () => {
    const reads = new ReadOnly();
    reads.add(read("same"), 5);
    const earlier = reads.heartbeatContext();
    reads.acknowledge(1, earlier);
    reads.acknowledge(2, earlier);
    assert.equal(reads.takeConfirmed(voters).length, 1);
    // The client tries again under the same name; the answer of 3 to the first round comes late.
    reads.add(read("same"), 5);
    reads.acknowledge(1, reads.heartbeatContext());
    reads.acknowledge(3, earlier);
    assert.deepEqual(reads.takeConfirmed(voters), []);
  });

  it("is not confirmed by an answer to what was never asked", () => {
    const reads = new ReadOnly();
    reads.add(read("a"), 5);
    const context = reads.heartbeatContext();
    const forged = context.map((_byte, position) => (position === 7 ? 200 : 0));
    for (const bad of [forged, bytes("short"), new Uint8Array(9)]) {
      reads.acknowledge(2, bad);
      reads.acknowledge(3, bad);
    }
    assert.deepEqual(reads.takeConfirmed(voters), []);
  });

  it("needs both halves in a joint phase", () => {
    const joint = { ...voters, voters: [1, 2, 3], votersOutgoing: [3, 4, 5] };
    const reads = new ReadOnly();
    reads.add(read("a"), 5);
    const context = reads.heartbeatContext();
    for (const id of [1, 2, 3]) reads.acknowledge(id, context);
    assert.equal(reads.takeConfirmed(joint).length, 0);
    reads.acknowledge(4, context);
    assert.equal(reads.takeConfirmed(joint).length, 1);
  });
});
