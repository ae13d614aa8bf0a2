import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { LeaderCertificate } from "../../../ledger/certificate.ts";
import { electionsIn } from "../../../ledger/justification.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import type { LogEnd } from "../../../node/storage/damage.ts";
import { GoneBlocks } from "../../../node/storage/gone-blocks.ts";
import { bytes32, ChainBuilder } from "../../support/chain-builder.ts";

describe("blocks that are gone", () => {
  const chain = new ChainBuilder();
  const hash = membershipHash(chain.membership);
  let gone: GoneBlocks;

  beforeEach(() => {
    gone = new GoneBlocks();
  });

  function at(term: number, height: number): LogEnd {
    return { term, height };
  }

  /** The election of a term, from a log that ends there. */
  function elected(term: number, end: LogEnd): LeaderCertificate {
    return chain.leaderCertificate(term, 2, [1, 2], { candidate: end });
  }

  /** Terms of the elections that a grant must show; null when there may be none. */
  function shown(term: number, end: LogEnd, membership = hash): number[] | null {
    const position = { ...end, hash: bytes32("any") };
    const claim = { term, candidate: 2, position, membershipHash: membership };
    const justification = gone.justify(claim);
    return justification && electionsIn({ justification }).map((election) => election.term);
  }

  it("are nothing while nothing is gone", () => {
    assert.deepEqual(shown(1, at(0, 0)), []);
    assert.ok(gone.mayElect(1, at(0, 0)));
  });

  it("may be missed as far as an election shows, and need none in a log that is further", () => {
    gone.replaced([at(2, 3), at(2, 4)], [elected(3, at(1, 9))]);
    assert.deepEqual(shown(4, at(1, 3)), [3]);
    assert.deepEqual(shown(4, at(2, 3)), [3]);
    assert.deepEqual(shown(4, at(2, 4)), []);
    assert.equal(shown(3, at(1, 3)), null, "nor in the very term of the election");
    assert.equal(shown(4, at(1, 3), bytes32("others")), null, "under another membership");
    assert.ok(gone.mayElect(4, at(1, 3)));
    assert.ok(!gone.mayElect(3, at(1, 3)));
  });

  it("of several terms take the elections of several", () => {
    // Blocks of terms 2 and 4, in whose place a leader of term 5 has blocks of terms 1 and 3.
    gone.replaced([at(2, 2), at(4, 3)], [elected(5, at(3, 3)), elected(3, at(1, 2))]);
    assert.deepEqual(shown(6, at(1, 2)), [3, 5]);
    assert.deepEqual(shown(6, at(3, 3)), [5]);
  });

  it("are remembered when the log is longer again: the next leader may take that too", () => {
    gone.replaced([at(1, 3), at(1, 4), at(1, 5)], [elected(2, at(1, 2))]);
    gone.settle(at(1, 2));
    // The log ends at (2, 3) now, and another leader replaces that with the blocks of term 1.
    gone.replaced([at(2, 3)], [elected(3, at(1, 6))]);
    assert.deepEqual(shown(4, at(1, 4)), [2, 3]);
  });

  it("are forgotten once more than they were is committed", () => {
    gone.replaced([at(2, 3)], [elected(3, at(1, 9))]);
    gone.settle(at(1, 9));
    assert.deepEqual(gone.stretches, [{ from: at(2, 3), to: at(2, 3) }]);
    gone.settle(at(2, 3));
    assert.deepEqual([gone.stretches, gone.elections], [[], []]);
  });

  it("and were lost by the disk are missed with no election", () => {
    gone.lost(at(2, 3));
    gone.replaced([], [elected(3, at(1, 1))]);
    assert.equal(shown(4, at(2, 2)), null);
    assert.deepEqual(shown(4, at(2, 3)), []);
  });

  it("need an election that is of use, and of one term no second one", () => {
    const [first, second] = [elected(3, at(1, 1)), elected(3, at(1, 2))];
    gone.replaced([at(2, 3)], [elected(2, at(1, 1)), elected(4, at(2, 3)), first, second]);
    assert.deepEqual(gone.elections, [first]);
  });

  it("are bounded: of too many the oldest count as one, and of their elections the last are kept", () => {
    for (let term = 2; term < 42; term++) {
      gone.replaced([at(term, 5)], [elected(term + 1, at(term - 1, 5))]);
    }
    assert.equal(gone.stretches.length, 32);
    assert.deepEqual(gone.stretches[0], { from: at(2, 5), to: at(10, 5) });
    assert.deepEqual(
      gone.elections.map(({ term }) => term),
      Array.from({ length: 16 }, (_, i) => 27 + i),
    );
    assert.equal(shown(50, at(1, 5)), null);
    assert.deepEqual(shown(50, at(40, 5)), [42]);
  });
});
