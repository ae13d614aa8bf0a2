import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  describeConfChange,
  describeEntry,
  describeMessage,
  describeReady,
  formatConfState,
  formatIds,
  quoteBytes,
} from "../../consensus/describe.ts";
import { makeConfState } from "../../consensus/membership.ts";
import { MemoryStorage } from "../../consensus/memory-storage.ts";
import { makeMessage } from "../../consensus/messages.ts";
import { seededRandom } from "../../consensus/random.ts";
import { RawNode } from "../../consensus/raw-node.ts";
import { bytes, change, entry, votersAre } from "./support/values.ts";

describe("describe", () => {
  it("names nodes in hexadecimal", () => {
    assert.equal(formatIds([1, 10, 255]), "(1 a ff)");
  });

  it("shows a membership with all its parts", () => {
    const confState = makeConfState({
      voters: [1, 2],
      votersOutgoing: [2, 3],
      learners: [4],
      learnersNext: [3],
      autoLeave: true,
    });
    const expected = "voters=(1 2)&&(2 3) learners=(4) learners_next=(3) autoleave";
    assert.equal(formatConfState(confState), expected);
  });

  it("quotes bytes so that they can be told apart", () => {
    const data = Uint8Array.from([0, 7, 8, 9, 10, 11, 12, 13, 34, 92, 127, 255, 65]);
    assert.equal(quoteBytes(data), '"\\x00\\a\\b\\t\\n\\v\\f\\r\\"\\\\\\x7f\\xffA"');
  });

  it("shows an entry's data as it is told to", () => {
    assert.equal(describeEntry(entry(1, 2, "x")), '1/2 EntryNormal "x"');
    assert.equal(
      describeEntry(entry(1, 2, "x"), ({ index }) => `block ${index}`),
      "1/2 EntryNormal block 2",
    );
    const garbage = { ...entry(1, 2, "?"), type: "EntryConfChangeV2" } as const;
    assert.equal(describeEntry(garbage), "1/2 EntryConfChangeV2 (not a change of membership)");
  });

  it("shows a change of membership with its context", () => {
    const text = describeConfChange({ ...change("v4"), context: bytes("key") });
    const expected =
      "transition:ConfChangeTransitionAuto " +
      'changes:{type:ConfChangeAddNode node_id:4} context:"key"';
    assert.equal(text, expected);
  });

  it("shows a message within a message further to the right", () => {
    const inner = makeMessage({ type: "MsgVoteResp", from: 2, to: 1, term: 3 });
    const outer = makeMessage({ type: "MsgStorageAppend", from: 2, to: -1, responses: [inner] });
    const expected =
      "2->AppendThread MsgStorageAppend Term:0 Log:0/0 Responses:[\n" +
      "  2->1 MsgVoteResp Term:3 Log:0/0\n]";
    assert.equal(describeMessage(outer), expected);
  });

  it("says when there is nothing to do", () => {
    const raw = new RawNode({
      id: 1,
      storage: new MemoryStorage(votersAre(1, 2)),
      random: seededRandom(1),
      electionTicks: 10,
      heartbeatTicks: 1,
    });
    assert.equal(describeReady(raw.ready()), "<empty Ready>");
  });
});
