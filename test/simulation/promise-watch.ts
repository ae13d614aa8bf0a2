/**
 * Reads every frame that leaves a node and holds it against that node's disk: what is acknowledged, voted or granted
 * must be durable, and nothing that was promised once may be promised otherwise later, restarts or not.
 */
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { type SignatureContext, type Vote, verifyVote } from "../../ledger/certificate.ts";
import { type Membership, membershipHash } from "../../ledger/membership.ts";
import { decodePromise } from "../../node/storage/promise.ts";
import { type ConsensusFrame, decodeFrame } from "../../node/wire.ts";
import { demand } from "./broken-promise.ts";
import { type StoredBlock, storedBlock } from "./safety-watch.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** What a watch knows of the rest of the run. */
export interface PromiseWatchParts {
  readonly disk: (node: number) => SimulatedDisk;
  readonly committedHash: (height: number) => string | undefined;
  /** The membership of a block that a node has, by that block and those below; undefined when it has another there. */
  readonly membershipOf: (node: number, vote: Vote) => Membership | undefined;
  readonly signatures: SignatureContext;
}

/** The ears of one run. */
export class PromiseWatch {
  readonly #parts: PromiseWatchParts;
  /** Node and term → whom it granted the term. */
  readonly #grants = new Map<string, number>();
  /** Node, term and height → the block that it voted for. */
  readonly #votes = new Map<string, string>();

  constructor(parts: PromiseWatchParts) {
    this.#parts = parts;
  }

  /** A message leaves a node. @throws BrokenPromise. */
  sent(node: number, message: Uint8Array): void {
    const frame = decodeFrame(message);
    if (frame.kind !== "consensus" || frame.message.reject) return;
    if (frame.message.type === "MsgVoteResp") this.#checkGrant(node, frame);
    if (frame.message.type === "MsgAppResp") this.#checkAcknowledgement(node, frame);
  }

  #checkGrant(node: number, { message: { term, to } }: ConsensusFrame): void {
    const promised = this.#hardState(node);
    const isKept = promised.term > term || (promised.term === term && promised.vote === to);
    demand(isKept, () => `node ${node} grants term ${term} to ${to}, its disk does not know`);
    const key = `${node}/${term}`;
    const first = this.#grants.get(key) ?? to;
    demand(first === to, () => `node ${node} grants term ${term} to ${first} and to ${to}`);
    this.#grants.set(key, to);
  }

  #checkAcknowledgement(node: number, { message, votes }: ConsensusFrame): void {
    const { index } = message;
    demand(
      index === 0 || this.#block(node, index) !== undefined,
      () => `node ${node} acknowledges block ${index}, its disk does not have it`,
    );
    for (const vote of votes) this.#checkVote(node, vote);
  }

  #checkVote(node: number, vote: Vote): void {
    const { term, height } = vote;
    const hash = toHex(vote.blockHash);
    const key = `${node}/${term}/${height}`;
    const first = this.#votes.get(key);
    demand(
      first === undefined || first === hash,
      () => `node ${node} votes for two blocks at ${height} in term ${term}`,
    );
    if (first !== undefined) return;
    this.#votes.set(key, hash);
    const block = this.#block(node, height);
    demand(
      block?.hash === hash && block.term === term,
      () =>
        `node ${node} votes in term ${term} for block ${height}: not on its disk, or not of the term`,
    );
    const promised = this.#hardState(node);
    demand(
      promised.term === term,
      () => `node ${node} votes in term ${term}, but is in term ${promised.term}`,
    );
    this.#checkPrefix(node, block);
    this.#checkVoice(node, vote);
  }

  /** Only who is a voter of the block's membership votes for it, under the key that is named there. */
  #checkVoice(node: number, vote: Vote): void {
    const { signatures, membershipOf } = this.#parts;
    const membership = membershipOf(node, vote);
    if (membership === undefined) return;
    const isNamed = equalBytes(vote.membershipHash, membershipHash(membership));
    const isVoters =
      isNamed && vote.voter === node && verifyVote(vote, { ...signatures, membership });
    demand(isVoters, () => `node ${node} has no such vote for block ${vote.height}`);
  }

  /** Every block below is on the disk, linked, down to what is committed. */
  #checkPrefix(node: number, top: StoredBlock): void {
    for (let block = top; block.height > 1; ) {
      const below = this.#block(node, block.height - 1);
      demand(
        below?.hash === block.previousHash,
        () => `node ${node} votes for block ${top.height} without block ${block.height - 1} below`,
      );
      if (this.#parts.committedHash(below.height) === below.hash) return;
      block = below;
    }
  }

  #block(node: number, height: number): StoredBlock | undefined {
    return storedBlock(this.#parts.disk(node), height);
  }

  #hardState(node: number): { readonly term: number; readonly vote: number } {
    const promised = this.#parts.disk(node).promised;
    return promised === undefined ? { term: 0, vote: 0 } : decodePromise(promised).hardState;
  }
}
