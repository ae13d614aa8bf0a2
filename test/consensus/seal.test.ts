import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeConfChange } from "../../consensus/conf-change.ts";
import type { Config } from "../../consensus/config.ts";
import type { Entry } from "../../consensus/messages.ts";
import { Solo } from "./support/solo.ts";
import { bytes, change, logOf, text, votersAre } from "./support/values.ts";

/** Seals each entry as `term/index:data`, and remembers what it was given. */
function recorder(): { readonly sealed: Entry[]; readonly config: Partial<Config> } {
  const sealed: Entry[] = [];
  const seal = (entry: Entry): Uint8Array => {
    sealed.push(entry);
    return bytes(`${entry.term}/${entry.index}:${text(entry.data)}`);
  };
  return { sealed, config: { seal } };
}

function sealsOf(solo: Solo): readonly string[] {
  return solo.log.map(({ data }) => text(data));
}

describe("seal", () => {
  it("is given every entry that a leader appends, its first one included, in log order", () => {
    const { sealed, config } = recorder();
    const solo = new Solo({ log: logOf(1), hardState: { term: 1, vote: 0, commit: 0 }, config });
    solo.lead(2);
    solo.raw.propose(bytes("x"));
    solo.raw.propose(bytes("y"));
    solo.flush();
    assert.deepEqual(
      sealed.map(({ term, index, data }) => [term, index, text(data)]),
      [
        [2, 2, ""],
        [2, 3, "x"],
        [2, 4, "y"],
      ],
    );
    assert.deepEqual(sealsOf(solo).slice(1), ["2/2:", "2/3:x", "2/4:y"]);
  });

  it("is given changes of membership and the automatic end of a joint phase", () => {
    const { sealed, config } = recorder();
    const solo = new Solo({ confState: votersAre(1), config });
    solo.campaign();
    const request = change("v2 v3");
    solo.raw.proposeConfChange(request);
    while (solo.raw.hasReady()) {
      const ready = solo.raw.ready();
      solo.storage.append(ready.entries);
      // The driver opens what was sealed; the core never looks inside.
      for (const { type, index } of ready.committedEntries) {
        if (type === "EntryConfChangeV2" && index === 2) solo.raw.applyConfChange(request);
      }
      solo.raw.advance();
    }
    assert.deepEqual(
      sealed.map(({ index, type }) => [index, type]),
      [
        [1, "EntryNormal"],
        [2, "EntryConfChangeV2"],
        [3, "EntryConfChangeV2"],
      ],
    );
    assert.deepEqual(sealed[1]?.data, encodeConfChange(request));
    assert.equal(sealed[2]?.data.length, 0);
  });

  it("is not given what is refused", () => {
    const { sealed, config } = recorder();
    const solo = new Solo({ config: { ...config, maxUncommittedBytes: 20 } });
    solo.lead(2);
    const before = sealed.length;
    assert.equal(solo.raw.proposeConfChange(change(""))?.code, "PROPOSAL_DROPPED");
    assert.equal(solo.raw.propose(new Uint8Array(50))?.code, "PROPOSAL_DROPPED");
    assert.equal(sealed.length, before);
  });

  it("is not asked by followers: what the leader sealed is taken as it is", () => {
    const { sealed, config } = recorder();
    const solo = new Solo({ config });
    solo.receive({ type: "MsgApp", from: 2, term: 1, entries: logOf(1, 1) });
    assert.deepEqual([sealed.length, solo.terms.length], [0, 2]);
  });

  it("is never refused for its size when it seals nothing", () => {
    const { sealed, config } = recorder();
    const solo = new Solo({ config: { ...config, maxUncommittedBytes: 1 } });
    solo.lead(2);
    assert.equal(solo.raw.propose(new Uint8Array())?.code, undefined);
    assert.equal(sealed.length, 2);
  });
});
