import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type MessageFields, makeMessage } from "../../../consensus/messages.ts";
import { encodeHeader } from "../../../ledger/block.ts";
import type { LeaderCertificate, Vote } from "../../../ledger/certificate.ts";
import { encodeJustification } from "../../../ledger/justification.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { evidenceContext } from "../../../ledger/verify-evidence.ts";
import { Witness } from "../../../node/chain/witness.ts";
import { EvidenceStore } from "../../../node/storage/evidence-store.ts";
import type { ConsensusFrame } from "../../../node/wire.ts";
import { bytes32, ChainBuilder } from "../../support/chain-builder.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";

describe("a witness", () => {
  let chain: ChainBuilder;
  let store: EvidenceStore;
  let witness: Witness;
  let standing: LeaderCertificate | null;
  let verifications: number;

  beforeEach(async () => {
    chain = new ChainBuilder();
    for (const term of [1, 1, 1]) chain.append({ term });
    store = await EvidenceStore.open(new MemoryDatabase());
    [standing, verifications] = [null, 0];
    const ignore = () => undefined;
    witness = new Witness({
      context: evidenceContext(chain.genesis, (signed) => {
        verifications += 1;
        return verifySignature(signed);
      }),
      store,
      standing: () => standing,
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      onFailure: (error) => assert.fail(String(error)),
    });
  });

  function hear(beside: Partial<ConsensusFrame>, message: Partial<MessageFields> = {}): void {
    const nothing = {
      votes: [],
      certificate: null,
      grant: null,
      candidacy: null,
      leadership: null,
      elections: [],
    };
    const whole = makeMessage({ type: "MsgHeartbeat", from: 2, to: 1, ...message });
    witness.hear({ kind: "consensus", message: whole, ...nothing, ...beside });
  }

  /** The vote of a node for the last block, or for what it says instead. */
  function voteOf(voter: number, lie: Partial<Vote> = {}): Vote {
    const { votes, ...statement } = chain.certificate(3, [voter], lie);
    const [vote] = votes;
    assert.ok(vote);
    return { ...statement, ...vote };
  }

  const held = () => store.all.map(({ kind }) => kind);
  const otherBlock = { blockHash: bytes32("another block") };

  it("keeps two votes of one member for one height of one term, in acknowledgements", () => {
    hear({ votes: [voteOf(2)] });
    hear({ votes: [voteOf(2)] });
    assert.deepEqual(held(), []);
    hear({ votes: [voteOf(2, otherBlock)] });
    assert.deepEqual([held(), store.culprits], [["double-vote"], [2]]);
  });

  it("keeps them when one comes with a certificate that another member shows", () => {
    hear({ certificate: chain.certificate(3, [1, 2]) });
    hear({ certificate: chain.certificate(3, [2, 3], otherBlock) }, { from: 3 });
    assert.deepEqual([held(), store.culprits], [["double-vote"], [2]]);
  });

  it("accuses nobody by a forged vote, and does not let it take the place of a true one", () => {
    const forged = { ...voteOf(2), blockHash: bytes32("forged") };
    hear({ votes: [forged] });
    hear({ votes: [voteOf(2)] });
    hear({ votes: [forged] });
    hear({ votes: [{ ...voteOf(3), voter: 2 }] });
    assert.deepEqual(held(), []);
    hear({ votes: [voteOf(2, otherBlock)] });
    assert.deepEqual(held(), ["double-vote"]);
  });

  it("keeps two elections in which a member elected two candidates", () => {
    hear({ leadership: chain.leaderCertificate(4, 2, [2, 3]) });
    hear({ leadership: chain.leaderCertificate(4, 2, [2, 3]) });
    assert.deepEqual(held(), []);
    hear({ leadership: chain.leaderCertificate(4, 1, [1, 3]) }, { from: 1 });
    assert.deepEqual([held(), store.culprits], [["double-grant"], [3]]);
  });

  it("compares elections with what it was granted itself", () => {
    const [grant] = chain.leaderCertificate(4, 1, [3]).grants;
    assert.ok(grant);
    standing = chain.leaderCertificate(4, 1);
    hear({ leadership: chain.leaderCertificate(4, 2, [2, 3]) });
    hear({ grant }, { type: "MsgVoteResp", from: 3, term: 4 });
    assert.deepEqual([held(), store.culprits], [["double-grant"], [3]]);
  });

  for (const [first, second] of [
    ["vote", "election"],
    ["election", "vote"],
  ]) {
    it(`keeps the election of a stale candidate: the ${first} heard before the ${second}`, () => {
      const { term, height, hash } = chain.tipAt(2);
      const candidate = { term, height, hash };
      const leadership = chain.leaderCertificate(4, 2, [2, 3], { candidate });
      const said = {
        vote: { certificate: chain.certificate(3, [1, 3]) },
        election: { leadership },
      };
      hear(said[first as keyof typeof said]);
      assert.deepEqual(held(), []);
      hear(said[second as keyof typeof said]);
      assert.deepEqual([held(), store.culprits], [["stale-grant"], [3]]);
    });
  }

  it("accuses nobody who shows why it may elect him, but whoever had no such reason", () => {
    const { term, height, hash } = chain.tipAt(2);
    const candidate = { term, height, hash };
    const earlier = chain.leaderCertificate(3, 2, [1, 2], { candidate });
    const justification = encodeJustification([earlier]) ?? undefined;
    assert.ok(justification);
    const leadership = chain.leaderCertificate(4, 2, [2, 3], { candidate, justification });
    hear({ certificate: chain.certificate(3, [1, 3]) });
    hear({ leadership });
    assert.deepEqual([held(), store.culprits], [["stale-grant"], [1]]);
    const invalid = chain.leaderCertificate(3, 2, [2], { candidate });
    const unproven = encodeJustification([invalid]) ?? undefined;
    assert.ok(unproven);
    const later = { candidate, justification: unproven };
    hear({ leadership: chain.leaderCertificate(5, 2, [2, 3], later) });
    assert.deepEqual(store.culprits, [1, 3]);
  });

  it("verifies next to nothing of an election that was made up", () => {
    const shown = [1, 2, 3].map((term) => chain.leaderCertificate(term, 1));
    const justification = encodeJustification(shown) ?? undefined;
    assert.ok(justification);
    const election = chain.leaderCertificate(9, 2, [1, 2, 3], { justification });
    const grants = election.grants.map((grant) => ({ ...grant, signature: new Uint8Array(64) }));
    const before = verifications;
    hear({ leadership: { ...election, grants } });
    assert.equal(verifications - before, 1);
  });

  it("verifies next to nothing of a thousand votes that were made up", () => {
    const forged = Array.from({ length: 1000 }, (_, i) => ({ ...voteOf(3), height: 10 + i }));
    const others = forged.map((vote) => ({ ...vote, ...otherBlock }));
    const of3 = { type: "MsgAppResp", from: 3 } as const;
    const frames = [
      () => hear({ votes: forged }, of3),
      () => hear({ leadership: chain.leaderCertificate(8, 2, [2, 3]) }),
      () => hear({ votes: forged.map((vote) => ({ ...vote, height: vote.height + 5000 })) }, of3),
      () => hear({ votes: others }, of3),
    ];
    for (const show of frames) {
      verifications = 0;
      show();
      assert.ok(verifications < 10, `${verifications}`);
    }
    assert.deepEqual(held(), []);
    // What he did sign, later and by itself, still convicts him.
    hear({ votes: [voteOf(3, { height: 9 })] }, of3);
    assert.deepEqual([held(), store.culprits], [["stale-grant"], [3]]);
  });

  it("keeps two blocks that one leader signed, though the first was replaced long ago", () => {
    const first = chain.nextBlock();
    witness.saw(first);
    witness.saw(first);
    witness.saw(chain.nextBlock({ term: 2, proposer: 2 }));
    assert.deepEqual(held(), []);
    witness.saw(chain.nextBlock({ header: { timestampMs: first.header.timestampMs + 1 } }));
    assert.deepEqual([held(), store.culprits], [["double-proposal"], [1]]);
  });

  it("remembers blocks and votes apart from the messages that brought them", () => {
    const first = chain.nextBlock();
    const [headerBytes, proposalSignature] = [first.headerBytes, first.proposalSignature].map(
      (bytes) => bytes.slice(),
    ) as [Uint8Array, Uint8Array];
    const vote = { ...voteOf(2), signature: voteOf(2).signature.slice() };
    witness.saw({ ...first, headerBytes, proposalSignature });
    hear({ votes: [vote] });
    for (const bytes of [headerBytes, proposalSignature, vote.signature]) bytes.fill(0);
    witness.saw(chain.nextBlock({ header: { timestampMs: first.header.timestampMs + 1 } }));
    hear({ votes: [voteOf(2, otherBlock)] });
    assert.deepEqual(held(), ["double-proposal", "double-vote"]);
  });

  it("accuses nobody by a block that its proposer did not sign", () => {
    const first = chain.nextBlock();
    const header = { ...first.header, timestampMs: first.header.timestampMs + 1 };
    witness.saw(chain.nextBlock({ header, signedBy: 2 }));
    witness.saw(first);
    witness.saw(chain.nextBlock({ header, signedBy: 2 }));
    assert.deepEqual(held(), []);
    assert.notDeepEqual(encodeHeader(header), first.headerBytes);
  });

  it("keeps the block of a leader that stood with another log", () => {
    const { term, height, hash } = chain.tipAt(3);
    const candidate = { term, height, hash };
    hear({ leadership: chain.leaderCertificate(2, 2, [1, 2], { candidate }) });
    const fork = new ChainBuilder();
    for (const of of [1, 1]) fork.append({ term: of });
    witness.saw(fork.nextBlock({ term: 2, proposer: 2 }));
    assert.deepEqual([held(), store.culprits], [["false-candidacy"], [2]]);
  });
});
