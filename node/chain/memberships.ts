/**
 * Who the members are, as far as this node knows: from its own chain, and beyond it from proofs that other
 * members showed. A node that was away learns so whom to listen to before it has the blocks.
 */
import { equalBytes } from "../../ledger/bytes.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import type { Hash } from "../../ledger/hash.ts";
import { type Membership, membershipHash } from "../../ledger/membership.ts";
import type { MembershipHistory } from "../../ledger/membership-history.ts";
import {
  type MembershipStep,
  type ProvenMembership,
  verifyMembershipProof,
} from "../../ledger/membership-proof.ts";

/** A membership that another member proved, with the proof: who learned it can hand it on. */
interface Learned extends ProvenMembership {
  readonly step: MembershipStep;
}

/** The memberships that one node knows. */
export class Memberships {
  readonly #signatures: SignatureContext;
  /** The history at the end of this node's log. */
  readonly #history: () => MembershipHistory;
  /** What was proven beyond the node's own chain, and where in the order of all it begins. */
  #learned: { readonly from: number; readonly proven: readonly Learned[] };

  constructor(signatures: SignatureContext, history: () => MembershipHistory) {
    this.#signatures = signatures;
    this.#history = history;
    this.#learned = { from: 0, proven: [] };
  }

  /** The history at the end of this node's log. */
  get history(): MembershipHistory {
    return this.#history();
  }

  /** The membership of a block of this node's log. */
  at(height: number): Membership {
    return this.history.at(height);
  }

  /** The membership with that hash, if it is known. */
  named(hash: Hash): Membership | undefined {
    return this.#known().find((membership) => equalBytes(membershipHash(membership), hash));
  }

  /** How many memberships were ever in force, as far as this node knows. */
  get count(): number {
    return this.history.periods.length + this.#beyond().length;
  }

  /** The newest that is proven to be in force. */
  get inForce(): Membership {
    return this.#beyond().at(-1)?.membership ?? this.history.current;
  }

  /** Those whose word counts now or soon: the newest in force, and the one that is to be. */
  current(): readonly [newest: Membership, ...before: Membership[]] {
    const { current, pending } = this.history;
    const newest = this.#beyond().at(-1)?.membership;
    if (newest !== undefined) return [newest];
    return pending === null ? [current] : [pending.membership, current];
  }

  /**
   * Takes in a proof from elsewhere.
   * @param from how many memberships came before its first step.
   * @returns true when something new was learned.
   * @throws LedgerFault when it is wrong.
   */
  learn(from: number, steps: readonly MembershipStep[]): boolean {
    if (from !== this.count || steps.length === 0) return false;
    const { periods } = this.history;
    const beyond = this.#beyond();
    const last = beyond.at(-1) ?? periods.at(-1);
    if (last === undefined) throw new Error("a chain has a membership from its genesis on");
    const proven = verifyMembershipProof(last, steps, this.#signatures);
    const learned = steps.map((step, i) => ({ ...(proven[i] as ProvenMembership), step }));
    this.#learned = { from: periods.length, proven: [...beyond, ...learned] };
    return true;
  }

  /** What was learned, to hand on: the proof of at most `count` memberships, from that many on. */
  learnedSteps(from: number, count: number): MembershipStep[] {
    const start = from - this.history.periods.length;
    if (start < 0) return [];
    return this.#beyond()
      .slice(start, start + count)
      .map(({ step }) => step);
  }

  /** What is known beyond the own chain, which may have grown since it was learned. */
  #beyond(): readonly Learned[] {
    const { from, proven } = this.#learned;
    const own = this.history.periods.length;
    // A log whose end was replaced may have lost the period that these follow: they will be learned again.
    return own < from ? [] : proven.slice(own - from);
  }

  #known(): Membership[] {
    const { periods, pending } = this.history;
    const own = pending === null ? periods : [...periods, pending];
    return [...this.#beyond(), ...own.toReversed()].map(({ membership }) => membership);
  }
}
