/**
 * Raft with signatures and nothing else, for tests of accountability: nodes that vote, lead and replicate in
 * pieces, in an order that a test chooses, and everything that they sign. Members named as liars sign whatever
 * they are asked to.
 */
import type { Block } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import {
  type Certificate,
  grantMessage,
  isAhead,
  type LeaderCertificate,
  type LogPosition,
  type Vote,
  voteMessage,
} from "../../ledger/certificate.ts";
import { advanceTip } from "../../ledger/chain.ts";
import type { SignedGrant, SignedHeader } from "../../ledger/evidence.ts";
import { encodeJustification } from "../../ledger/justification.ts";
import { isQuorum, membershipHash } from "../../ledger/membership.ts";
import { GoneBlocks } from "../../node/storage/gone-blocks.ts";
import { ChainBuilder, nodeSigner, testGenesis } from "./chain-builder.ts";

/** One node. */
class ModelNode {
  readonly number: number;
  readonly isLiar: boolean;
  log: readonly Block[] = [];
  term = 0;
  votedFor: number | null = null;
  election: LeaderCertificate | null = null;
  committed = 0;
  /** What leaders took off its log; a liar's only shows what may serve it. */
  readonly gone = new GoneBlocks();

  constructor(number: number, isLiar: boolean) {
    this.number = number;
    this.isLiar = isLiar;
  }

  /** The election of the term that it leads now. */
  get leads(): LeaderCertificate | null {
    return this.election?.term === this.term ? this.election : null;
  }
}

/** A block that a quorum voted for, with its ancestors. */
export interface Certified {
  readonly certificate: Certificate;
  readonly blocks: readonly Block[];
}

/** What a model can be told to leave out. */
export interface ModelOptions {
  readonly nodes: number;
  readonly liars?: readonly number[];
  /** True: a node from whose log blocks went elects whoever its log allows, as Raft alone would. */
  readonly forgetsGone?: boolean;
}

/** A network in which nothing happens by itself. */
export class RaftModel {
  readonly chain: ChainBuilder;
  readonly votes: Vote[] = [];
  readonly grants: SignedGrant[] = [];
  readonly headers: SignedHeader[] = [];
  readonly certified: Certified[] = [];
  readonly #nodes: readonly ModelNode[];
  readonly #forgetsGone: boolean;
  #blocksMade = 0;

  constructor({ nodes, liars = [], forgetsGone = false }: ModelOptions) {
    this.chain = new ChainBuilder(testGenesis(nodes));
    this.#nodes = Array.from(
      { length: nodes },
      (_, i) => new ModelNode(i + 1, liars.includes(i + 1)),
    );
    this.#forgetsGone = forgetsGone;
  }

  /** A node stands for the term after its own and asks these voters. @returns true when it leads. */
  elect(candidate: number, asked: readonly number[]): boolean {
    const node = this.#node(candidate);
    node.term += 1;
    node.votedFor = candidate;
    const { term } = node;
    const position = this.#end(node);
    const candidacy = { term, candidate, position, membershipHash: this.#membershipHash };
    const voters = [candidate, ...asked].filter((number) =>
      this.#elects(this.#node(number), candidacy),
    );
    const granted = [...new Set(voters)]
      .sort((a, b) => a - b)
      .map((number) => this.#grant(number, candidacy));
    if (!isQuorum(this.chain.membership, new Set(voters))) return false;
    node.election = { ...candidacy, grants: granted.map(({ grant }) => grant) };
    this.#build(node, node.log);
    return true;
  }

  /** A leader makes a block. A liar makes it on any block at or below the end of its log. */
  propose(number: number, depth = 0): void {
    const node = this.#node(number);
    const { leads } = node;
    if (leads === null) return;
    const start = leads.position.height;
    const end = node.isLiar ? Math.max(start, node.log.length - depth) : node.log.length;
    this.#build(node, node.log.slice(0, end));
  }

  /** A leader sends a follower its next blocks, so many; the follower votes for those of the leader's term. */
  replicate(from: number, to: number, count: number): void {
    const leader = this.#node(from);
    const follower = this.#node(to);
    if (leader === follower || leader.leads === null || follower.term > leader.term) return;
    if (follower.term < leader.term) follower.votedFor = null;
    follower.term = leader.term;
    const at = leader.log.findIndex((block, i) => !isSame(block, follower.log[i]));
    const entries = at < 0 ? [] : leader.log.slice(at, at + count);
    if (entries.length > 0 && !this.#takes(follower, entries)) return;
    const elections = [leader.leads, ...leader.log.map(({ control }) => control.leaderCertificate)];
    const replaced = entries.length > 0 ? follower.log.slice(at).map(({ header }) => header) : [];
    follower.gone.replaced(
      replaced,
      elections.filter((one) => one !== null),
    );
    if (entries.length > 0) this.#store(follower, [...leader.log.slice(0, at), ...entries]);
    const known = leader.log[leader.committed - 1];
    if (known !== undefined && isSame(known, follower.log[leader.committed - 1])) {
      follower.committed = Math.max(follower.committed, leader.committed);
      follower.gone.settle(known.header);
    }
  }

  #takes(follower: ModelNode, entries: readonly Block[]): boolean {
    if (follower.isLiar) return true;
    const holdsOwnTerm = this.#end(follower).term === follower.term;
    return entries.every((entry) => {
      const own = follower.log[entry.header.height - 1];
      const isOneTerm = own?.header.term === entry.header.term;
      return entry.header.height > follower.committed && !(own && (isOneTerm || holdsOwnTerm));
    });
  }

  #elects(voter: ModelNode, { term, candidate, position }: Omit<LeaderCertificate, "grants">) {
    if (voter.isLiar) return true;
    if (term < voter.term) return false;
    if (term > voter.term) voter.votedFor = null;
    voter.term = term;
    const isFree = voter.votedFor === null || voter.votedFor === candidate;
    const candidacy = { term, candidate, position, membershipHash: this.#membershipHash };
    const isUnjustified = !this.#forgetsGone && voter.gone.justify(candidacy) === null;
    if (!isFree || isAhead(this.#end(voter), position) || isUnjustified) return false;
    voter.votedFor = candidate;
    return true;
  }

  #grant(number: number, candidacy: SignedGrant["candidacy"]): SignedGrant {
    const voter = this.#node(number);
    const position = voter.isLiar ? candidacy.position : this.#end(voter);
    const { gone, isLiar } = voter;
    const justified = isLiar ? encodeJustification(gone.elections) : gone.justify(candidacy);
    const justification = this.#forgetsGone ? null : justified;
    const unsigned = { voter: number, position, justification: justification ?? new Uint8Array() };
    const message = grantMessage(this.chain.networkId, candidacy, unsigned);
    const grant = { ...unsigned, signature: nodeSigner(number).sign(message) };
    this.grants.push({ candidacy, grant });
    return { candidacy, grant };
  }

  #build(leader: ModelNode, log: readonly Block[]): void {
    const { election, number, term } = leader;
    const isFirst = log.at(-1)?.header.term !== term;
    const chain = this.#chainOf(log);
    this.#blocksMade += 1;
    const block = chain.nextBlock({
      term,
      proposer: number,
      control: { lastCertificate: null, leaderCertificate: isFirst ? election : null },
      // Two blocks on one parent must differ.
      header: { timestampMs: chain.tip.timestampMs + this.#blocksMade },
    });
    const { headerBytes: header, proposalSignature } = block;
    this.headers.push({ header, proposalSignature });
    this.#store(leader, [...log, block]);
  }

  #store(node: ModelNode, log: readonly Block[]): void {
    node.log = log;
    for (const block of log) if (block.header.term === node.term) this.#vote(node, block);
  }

  #vote({ number }: ModelNode, { header: { term, height }, hash }: Block): void {
    const isGiven = this.votes.some(
      (vote) => vote.voter === number && vote.term === term && isHash(vote.blockHash, hash),
    );
    if (isGiven) return;
    const statement = { term, height, blockHash: hash, membershipHash: this.#membershipHash };
    const signature = nodeSigner(number).sign(voteMessage(this.chain.networkId, statement));
    this.votes.push({ ...statement, voter: number, signature });
    this.#certify(statement);
  }

  #certify(statement: Omit<Vote, "voter" | "signature">): void {
    const { blockHash, height, term } = statement;
    const votes = this.votes
      .filter((vote) => vote.term === term && isHash(vote.blockHash, blockHash))
      .sort((a, b) => a.voter - b.voter);
    if (!isQuorum(this.chain.membership, new Set(votes.map(({ voter }) => voter)))) return;
    const holders = this.#nodes.filter(({ log }) => log[height - 1]?.hash === blockHash);
    const [holder] = holders;
    if (holder === undefined) return;
    const leader = holders.find(({ leads }) => leads?.term === term) ?? holder;
    leader.committed = Math.max(leader.committed, height);
    const signed = votes.map(({ voter, signature }) => ({ voter, signature }));
    const certificate = { ...statement, votes: signed };
    this.certified.push({ certificate, blocks: holder.log.slice(0, height) });
  }

  #chainOf(log: readonly Block[]): ChainBuilder {
    const chain = new ChainBuilder(this.chain.genesis);
    for (const block of log) {
      chain.tips.push(advanceTip(chain.tip, block));
      chain.blocks.push(block);
    }
    return chain;
  }

  #end({ log }: ModelNode): LogPosition {
    const last = log.at(-1);
    if (last === undefined) return { term: 0, height: 0, hash: this.chain.networkId };
    return { term: last.header.term, height: last.header.height, hash: last.hash };
  }

  #node(number: number): ModelNode {
    const node = this.#nodes[number - 1];
    if (node === undefined) throw new RangeError(`no node ${number}`);
    return node;
  }

  get #membershipHash() {
    return membershipHash(this.chain.membership);
  }
}

function isSame(a: Block, b: Block | undefined): boolean {
  return b !== undefined && isHash(a.hash, b.hash);
}

function isHash(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}
