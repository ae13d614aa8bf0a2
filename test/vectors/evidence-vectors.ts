/** Makes the vectors of proofs: one of each kind that holds, and what a step away from it is refused with. */
import { blame, ChainOutline } from "../../ledger/blame.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Evidence, encodeProof, signedGrants } from "../../ledger/evidence.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { evidenceContext, findingOf } from "../../ledger/verify-evidence.ts";
import { bytes32, ChainBuilder } from "../support/chain-builder.ts";
import { alwaysWrong, change, type FormatRow, itemsOf, wrong } from "./format-vectors.ts";

/** Evidence of each kind against a node of the test network, by what was done. */
export function sampleEvidence(): Record<string, Evidence> {
  const chain = new ChainBuilder();
  for (const term of [1, 1, 1]) chain.append({ term, control: { lastCertificate: null } });
  const voteOf = (voter: number, height: number, lie = {}) => {
    const { votes, ...statement } = chain.certificate(height, [voter], lie);
    const [vote] = votes;
    if (vote === undefined) throw new RangeError("a certificate has a vote");
    return { ...statement, ...vote };
  };
  const grantOf = (term: number, candidate: number, voter: number, height: number) => {
    const { tip } = chain;
    const { term: lastTerm, hash } = chain.tipAt(height);
    const position = { term: lastTerm, height, hash };
    const [granted] = signedGrants(
      chain.leaderCertificate(term, candidate, [voter], { candidate: position }),
    );
    if (granted === undefined) throw new RangeError(`no grant at height ${tip.height}`);
    return granted;
  };
  const headerAfter = (height: number, header = {}) => {
    const fork = new ChainBuilder();
    fork.blocks.push(...chain.blocks.slice(0, height));
    fork.tips.push(...chain.tips.slice(1, height + 1));
    const block = fork.nextBlock({ header, control: { lastCertificate: null } });
    return { header: block.headerBytes, proposalSignature: block.proposalSignature };
  };
  const other = { timestampMs: chain.tip.timestampMs + 5000 };
  return {
    "two candidates of one term": {
      kind: "double-grant",
      first: grantOf(4, 1, 2, 3),
      second: grantOf(4, 3, 2, 3),
    },
    "two blocks of one height and term": {
      kind: "double-vote",
      first: voteOf(2, 3),
      second: voteOf(2, 3, { blockHash: bytes32("another block") }),
    },
    "two proposals of one height and term": {
      kind: "double-proposal",
      first: headerAfter(2),
      second: headerAfter(2, other),
      link: null,
    },
    "a candidate without the block that was voted for": {
      kind: "stale-grant",
      vote: voteOf(3, 3),
      granted: grantOf(2, 1, 3, 2),
    },
    "a block on another log than that of the election": {
      kind: "false-candidacy",
      stood: grantOf(2, 1, 1, 3),
      built: headerAfter(2, { term: 2 }),
    },
  };
}

/** Two chains of one term whose certified ends, at heights 3 and 4, exclude each other, and what it proves. */
function forkEvidence(): Evidence[] {
  const outlineOf = (heights: number, timestampMs: number) => {
    const chain = new ChainBuilder();
    const outline = new ChainOutline({ genesis: chain.genesis, verify: verifySignature });
    for (let height = 1; height <= heights; height++) {
      const header = height === 2 ? { timestampMs } : {};
      outline.append(chain.append({ header, control: { lastCertificate: null } }), []);
    }
    return outline.certifiedBy(chain.certificate(heights, [1, 2]));
  };
  const { genesis } = new ChainBuilder();
  const { createdAtMs } = genesis;
  const context = evidenceContext(genesis, verifySignature);
  return blame(outlineOf(3, createdAtMs + 2000), outlineOf(4, createdAtMs + 2001), context);
}

/** The rows of `evidence.json`. */
export function evidenceRows(): FormatRow[] {
  const { genesis, networkId } = new ChainBuilder();
  const proofOf = (evidence: readonly Evidence[]) =>
    encodeProof({ version: 1, networkId, memberships: [], evidence });
  const context = evidenceContext(genesis, verifySignature);
  const right = (id: string, evidence: readonly Evidence[]): FormatRow => {
    const findings = evidence.map((one) => findingOf(one, context));
    return { id, hex: toHex(proofOf(evidence)), is: { findings } };
  };
  const samples = sampleEvidence();
  const fork = forkEvidence();
  const doubleVote = proofOf([sample(samples, "two blocks of one height and term")]);
  const stale = proofOf([sample(samples, "a candidate without the block that was voted for")]);
  const link = proofOf(fork.slice(1));
  return [
    right("nothing", []),
    ...Object.entries(samples).map(([id, evidence]) => right(id, [evidence])),
    right("two chains that end at two heights", fork),
    ...alwaysWrong(doubleVote),
    wrong("another version", change(doubleVote, [0], 2)),
    wrong("another network", change(doubleVote, [1], bytes32("elsewhere")), "WRONG_NETWORK"),
    wrong("an unknown kind", change(doubleVote, [2, 0, 0], "double-lie")),
    wrong("a kind that is a number", change(doubleVote, [2, 0, 0], 1)),
    wrong("evidence without a kind", change(doubleVote, [2, 0], [])),
    wrong("one kind's fields under another", change(doubleVote, [2, 0, 0], "stale-grant")),
    wrong("one vote twice", sameTwice(doubleVote), "EVIDENCE_INVALID"),
    wrong(
      "a forged signature",
      change(doubleVote, [2, 0, 1, 5], new Uint8Array(64)),
      "EVIDENCE_INVALID",
    ),
    wrong("another voter", change(doubleVote, [2, 0, 1, 4], 1), "EVIDENCE_INVALID"),
    wrong(
      "members that never were",
      change(doubleVote, [2, 0, 1, 3], bytes32("others")),
      "EVIDENCE_INVALID",
    ),
    wrong("a vote after the grant", change(stale, [2, 0, 1, 0], 2), "EVIDENCE_INVALID"),
    wrong("no link", change(link, [2, 0, 3], null), "EVIDENCE_INVALID"),
    wrong("a link to another block", change(link, [2, 0, 3, 0], bytes32("x")), "EVIDENCE_INVALID"),
    wrong("a link with no path", change(link, [2, 0, 3, 1], []), "EVIDENCE_INVALID"),
  ];
}

function sample(samples: Record<string, Evidence>, id: string): Evidence {
  const evidence = samples[id];
  if (evidence === undefined) throw new RangeError(`no sample: ${id}`);
  return evidence;
}

/** The proof of two votes with the first in both places. */
function sameTwice(proof: Uint8Array): Uint8Array {
  const [evidence] = itemsOf(proof)[2] as readonly Uint8Array[];
  const [, first] = evidence as unknown as readonly Uint8Array[];
  return change(proof, [2, 0, 2], first ?? null);
}
