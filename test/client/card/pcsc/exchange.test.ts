import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { exchange, PROTOCOL } from "../../../../client/card/pcsc/exchange.ts";
import { bytes, hex } from "../fixture.ts";

interface Row {
  readonly id: string;
  readonly protocol: keyof typeof PROTOCOL;
  readonly command: string;
  /** What is sent and what comes back, in turn. */
  readonly wire: readonly (readonly [sent: string, answered: string])[];
  readonly answer: string;
}

const ROWS: readonly Row[] = [
  {
    id: "T=1 sends every command as it is",
    protocol: "T1",
    command: "802A00800101FF00",
    wire: [["802A00800101FF00", "AABB9000"]],
    answer: "AABB9000",
  },
  {
    id: "T=0 gives a command without data a length of zero",
    protocol: "T0",
    command: "00200080",
    wire: [["0020008000", "63C3"]],
    answer: "63C3",
  },
  {
    id: "T=0 takes the Le off a command with data",
    protocol: "T0",
    command: "802A00800155" + "00",
    wire: [
      ["802A00800155", "6102"],
      ["00C0000002", "AABB9000"],
    ],
    answer: "AABB9000",
  },
  {
    id: "T=0 leaves a command with data alone as it is",
    protocol: "T0",
    command: "002000800431323334",
    wire: [["002000800431323334", "9000"]],
    answer: "9000",
  },
  {
    id: "an answer in parts is put together",
    protocol: "T1",
    command: "00B0000000",
    wire: [
      ["00B0000000", "AA6101"],
      ["00C0000001", "BB6103"],
      ["00C0000003", "CC9000"],
    ],
    answer: "AABBCC9000",
  },
  {
    id: "6Cxx asks for the same command with another Le",
    protocol: "T0",
    command: "00B0000000",
    wire: [
      ["00B0000000", "6C02"],
      ["00B0000002", "AABB9000"],
    ],
    answer: "AABB9000",
  },
  {
    id: "6Cxx to GET RESPONSE too",
    protocol: "T0",
    command: "802A0080015500",
    wire: [
      ["802A00800155", "6100"],
      ["00C0000000", "6C01"],
      ["00C0000001", "AA9000"],
    ],
    answer: "AA9000",
  },
  {
    id: "6Cxx to a command that has no Le stays the answer",
    protocol: "T1",
    command: "002000800431323334",
    wire: [["002000800431323334", "6C05"]],
    answer: "6C05",
  },
  {
    id: "an answer too short for a status word stays as it is",
    protocol: "T1",
    command: "00B0000000",
    wire: [["00B0000000", "61"]],
    answer: "61",
  },
];

describe("a command and its whole answer", () => {
  for (const { id, protocol, command, wire, answer } of ROWS) {
    it(id, async () => {
      const sent: string[] = [];
      const send = async (part: Uint8Array) => {
        sent.push(hex(part));
        return bytes(wire[sent.length - 1]?.[1] ?? "");
      };
      assert.equal(hex(await exchange(send, PROTOCOL[protocol], bytes(command))), answer);
      assert.deepEqual(
        sent,
        wire.map(([part]) => part),
      );
    });
  }

  it("a card that never ends its answer is stopped", async () => {
    const endless = async () => bytes("AA6101");
    await assert.rejects(exchange(endless, PROTOCOL.T1, bytes("00B0000000")), RangeError);
  });
});
