/** Bugs of votes, certificates and proofs of election: what makes a chain that anyone can check. */
import type { Mutant } from "./mutant.ts";

/** Votes and certificates. */
const VOTES: readonly Mutant[] = [
  {
    name: "a vote does not say in which term it was given",
    file: "ledger/certificate.js",
    from: 'return tagged("vote", encode([networkId, membershipHash, term, height, blockHash]));',
    to: 'return tagged("vote", encode([networkId, membershipHash, 0, height, blockHash]));',
  },
  {
    name: "votes for blocks of earlier terms",
    file: "node/driver/log-writer.js",
    from: "if (block.term === term)",
    to: "if (block.term <= term)",
  },
  {
    name: "an acknowledgement and its votes leave before the disk has the block",
    file: "node/driver/log-writer.js",
    from: "await this.#parts.disk.during(() => this.#makeDurable(batch.map(({ message }) => message)));",
    to: "const written = this.#makeDurable(batch.map(({ message }) => message)); for (const work of batch) this.#answer(work); await written; continue;",
  },
  {
    name: "half of the voters are a quorum",
    file: "ledger/membership.js",
    from: "voters.filter((voter) => numbers.has(voter)).length > voters.length / 2;",
    to: "voters.filter((voter) => numbers.has(voter)).length >= voters.length / 2;",
  },
  {
    name: "a certificate gathers votes for different blocks",
    file: "node/chain/certifier.js",
    from: ".filter((vote) => isFor(vote, block))",
    to: "",
  },
  {
    name: "a certificate whose votes nobody checks",
    file: "ledger/certificate.js",
    from: "if (!verifyVote({ ...certificate, voter, signature }, context)) {",
    to: "if (false) {",
  },
  {
    name: "votes are demanded for blocks of earlier terms, which nobody may give",
    file: "node/chain/certifier.js",
    from: "if (block.term !== term || !isVoter)",
    to: "if (!isVoter)",
  },
  {
    name: "an acknowledgement of many blocks carries the last vote alone",
    file: "node/chain/certifier.js",
    from: "for (let height = this.certifiedHeight + 1; height <= end; height++) {",
    to: "for (let height = end; height <= end; height++) {",
  },
  {
    name: "an acknowledgement counts without votes",
    file: "node/driver/receiver.js",
    from: "return certifier.backs(message.from, message.term, message.index, tail.blockAt);",
    to: "return true;",
  },
  {
    name: "a vote counts whoever signed it",
    file: "node/chain/certifier.js",
    from: "if (!verifyVote(vote, context))",
    to: "if (false)",
  },
  {
    name: "a vote counts whatever membership it is given under",
    file: "node/chain/certifier.js",
    from: "if (!isUnder || ",
    to: "if (",
  },
  {
    name: "a follower commits what it is told, certified or not",
    file: "node/driver/receiver.js",
    from: "const commit = isLeaders\n",
    to: "const commit = isLeaders ? message.commit : isLeaders\n",
  },
  {
    name: "blocks do not hold the certificate of those before them",
    file: "node/driver/block-producer.js",
    from: "const lastCertificate = this.#parts.certifier.certified;",
    to: "const lastCertificate = null;",
  },
  {
    name: "a wrong certificate gets into the chain",
    file: "node/driver/block-examiner.js",
    from: "if (lastCertificate === null)\n",
    to: "if (true)\n",
  },
  {
    name: "a second block of one term and height is taken for the first",
    file: "node/driver/block-examiner.js",
    from: "if (equalBytes(block.hash, hash))",
    to: "if (true)",
  },
  {
    name: "what is certified may be replaced",
    file: "node/driver/block-examiner.js",
    from: "if (wrong === undefined)",
    to: "if (true)",
  },
  {
    name: "after a restart votes are not given again",
    file: "node/open-chain.js",
    from: "if (block?.term === term)",
    to: "if (false)",
  },
  {
    name: "after a restart a certificate is demanded that may be gone",
    file: "node/driver/driver.js",
    from: "hardState.commit > this.#committedAtStart",
    to: "hardState.commit > certifier.certifiedHeight",
  },
];

/** Grants and proofs of election. */
const ELECTIONS: readonly Mutant[] = [
  {
    name: "whoever names a higher term is followed, elected or not",
    file: "node/driver/receiver.js",
    from: "const isProven = message.term < term() ||",
    to: "const isProven = true ||",
  },
  {
    name: "a term begins without the proof of its leader's election",
    file: "ledger/chain.js",
    from: "if (!isProof)",
    to: "if (false)",
    also: [
      {
        file: "ledger/chain.js",
        from: "verifyLeaderCertificate(names, context);",
        to: "if (names !== null) verifyLeaderCertificate(names, context);",
      },
    ],
  },
  {
    name: "a grant from a longer log counts",
    file: "node/chain/elections.js",
    from: "if (isAhead(grant.position, candidacy.position))",
    to: "if (false)",
  },
  {
    name: "a grant that is given again names another log",
    file: "node/chain/elections.js",
    from: "if (known?.term === term && known.candidate === candidate)\n            return;",
    to: "void known;",
  },
  {
    name: "a grant counts whoever signed it",
    file: "node/chain/elections.js",
    from: "if (context === null || !verifyGrant(candidacy, grant, context))",
    to: "if (context === null)",
  },
  {
    name: "who lost blocks that it acknowledged votes on in their term",
    file: "node/storage/block-log.js",
    from: "const term = Math.max(hardState.term, this.end.term) + 1;",
    to: "const term = Math.max(hardState.term, this.end.term);",
  },
  {
    name: "who lost blocks that it acknowledged elects a log without them",
    file: "node/driver/receiver.js",
    from: "return gone.justify(claim) !== null;",
    to: "return true;",
    also: [
      {
        file: "node/chain/elections.js",
        from: "if (justification === null)\n            return null;",
        to: "",
      },
      {
        file: "node/chain/elections.js",
        from: "justification: this.#justify(candidacy) };",
        to: "justification: this.#justify(candidacy) ?? new Uint8Array() };",
      },
    ],
  },
  {
    name: "who lost blocks that it acknowledged may lead",
    file: "node/driver/chain-core.js",
    from: "return blocks.gone.mayElect(term, tail.last.tip) && goByTheSame(changeHeight, heights);",
    to: "return goByTheSame(changeHeight, heights);",
  },
];

/** What justifies a grant for a log without blocks that the voter voted for. */
const JUSTIFICATIONS: readonly Mutant[] = [
  {
    name: "an election justifies a grant whoever signed it",
    file: "ledger/verify-evidence.js",
    from: "elections.find((one) => isElection(one, judgedBy)) ?? null",
    to: "elections[0] ?? null",
  },
  {
    name: "an election of before the vote justifies a grant",
    file: "ledger/justification.js",
    from: "election.term > vote.term &&",
    to: "",
  },
  {
    name: "an election of after the grant justifies it",
    file: "ledger/justification.js",
    from: "election.term < candidacy.term &&",
    to: "",
  },
  {
    name: "an election of a log that holds the block justifies a grant",
    file: "ledger/justification.js",
    from: "isAhead(vote, election.position) &&",
    to: "",
  },
  {
    name: "an election by other members justifies a grant",
    file: "ledger/justification.js",
    from: "equalBytes(election.membershipHash, candidacy.membershipHash)",
    to: "true",
  },
  {
    name: "a grant's signature does not cover what justifies it",
    file: "ledger/certificate.js",
    from: "voter, own, justification]",
    to: "voter, own]",
  },
  {
    name: "who elected a stale leader hides behind those whom he led",
    file: "ledger/blame.js",
    from: "walk(earlier);",
    to: ";",
  },
  {
    name: "a leader's election is believed when it justifies a grant, proven or not",
    file: "node/chain/elections.js",
    from: "shown.filter((one) => this.#isProof(one))",
    to: "shown",
  },
];

/** Bugs of votes, certificates and elections. */
export const CERTIFICATE_MUTANTS: readonly Mutant[] = [...VOTES, ...ELECTIONS, ...JUSTIFICATIONS];
