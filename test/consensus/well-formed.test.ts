import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type MessageFields, makeMessage } from "../../consensus/messages.ts";
import { LOCAL_APPEND_THREAD } from "../../consensus/types.ts";
import { malformation } from "../../consensus/well-formed.ts";
import { bytes, entry, votersAre } from "./support/values.ts";

const append: MessageFields = {
  type: "MsgApp",
  from: 2,
  term: 3,
  index: 4,
  logTerm: 2,
  entries: [entry(2, 5), entry(3, 6)],
};
const snapshot = { index: 4, term: 2, confState: votersAre(1, 2), data: bytes("") };
const install: MessageFields = { type: "MsgSnap", from: 2, term: 3, snapshot };

describe("well-formed", () => {
  const right: readonly { readonly id: string; readonly fields: MessageFields }[] = [
    { id: "an append", fields: append },
    { id: "an empty append", fields: { ...append, entries: [] } },
    { id: "a snapshot", fields: install },
    { id: "a proposal", fields: { type: "MsgProp", from: 2, entries: [entry(0, 0, "x")] } },
    {
      id: "the word of the local writer",
      fields: { type: "MsgStorageAppendResp", from: LOCAL_APPEND_THREAD },
    },
  ];
  for (const { id, fields } of right) {
    it(`takes ${id}`, () => assert.equal(malformation(makeMessage(fields)), null));
  }

  const wrong: readonly { readonly id: string; readonly fields: MessageFields }[] = [
    { id: "a heartbeat without a term", fields: { type: "MsgHeartbeat", from: 2 } },
    {
      id: "a proposal with a term",
      fields: { type: "MsgProp", from: 2, term: 3, entries: [entry(0, 0)] },
    },
    { id: "a proposal of nothing", fields: { type: "MsgProp", from: 2 } },
    { id: "an index that is no number", fields: { ...append, index: Number.NaN } },
    { id: "a commit index below zero", fields: { ...append, commit: -1 } },
    { id: "a term too big to count on", fields: { ...append, term: 2 ** 53 } },
    { id: "entries with a gap", fields: { ...append, entries: [entry(2, 5), entry(3, 7)] } },
    { id: "entries that do not follow", fields: { ...append, entries: [entry(3, 6)] } },
    { id: "terms that fall", fields: { ...append, entries: [entry(3, 5), entry(2, 6)] } },
    { id: "an entry older than the one before", fields: { ...append, entries: [entry(1, 5)] } },
    { id: "an entry newer than its leader", fields: { ...append, entries: [entry(4, 5)] } },
    { id: "a snapshot that is missing", fields: { ...install, snapshot: null } },
    { id: "a snapshot of nothing", fields: { ...install, snapshot: { ...snapshot, index: 0 } } },
    {
      id: "a snapshot newer than its leader",
      fields: { ...install, snapshot: { ...snapshot, term: 4 } },
    },
    {
      id: "a snapshot of nobody",
      fields: { ...install, snapshot: { ...snapshot, confState: votersAre() } },
    },
    { id: "a read without its context", fields: { type: "MsgReadIndex", from: 2 } },
    { id: "a message from nobody", fields: { ...append, from: 0 } },
    {
      id: "a stranger who speaks as the local writer",
      fields: { ...append, from: LOCAL_APPEND_THREAD },
    },
  ];
  for (const { id, fields } of wrong) {
    it(`refuses ${id}`, () => assert.notEqual(malformation(makeMessage(fields)), null));
  }
});
