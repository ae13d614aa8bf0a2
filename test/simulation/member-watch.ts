/**
 * Computes from the committed blocks alone who the members are (docs/decisions/0010), and holds every node against it.
 *
 * - One history of memberships; a change is in force from the block on that proves it, and until then no leader
 *   makes a block but the first one of its term.
 * - The core of a node goes by the membership that its applied blocks named last.
 * - Who left never comes back; a key is one node's for ever, and never again once another took its place.
 */
import { toHex } from "../../ledger/bytes.ts";
import { type Membership, memberOf, membershipHash } from "../../ledger/membership.ts";
import type { MembershipHistory, PendingMembership } from "../../ledger/membership-history.ts";
import { confStateOf } from "../../node/chain/conf-change.ts";
import { demand } from "./broken-promise.ts";
import type { NodeProcess } from "./node-process.ts";

/** A membership and the first block made under it. */
interface Period {
  readonly fromHeight: number;
  readonly membership: Membership;
}

/** Knows who the members are in one run. */
export class MemberWatch {
  readonly #periods: Period[];
  readonly #numberOfKey = new Map<string, number>();
  readonly #gone = new Set<number | string>();
  /** The history that was seen last at each node. */
  readonly #seen = new Map<number, MembershipHistory>();
  #pending: PendingMembership | null = null;
  #height = 0;

  constructor(genesis: Membership) {
    this.#periods = [{ fromHeight: 0, membership: genesis }];
    this.#checkNames(genesis, genesis);
  }

  /** Who the members are after all blocks that anybody has applied. */
  get current(): Membership {
    const last = this.#periods.at(-1);
    if (last === undefined) throw new RangeError("the genesis names members");
    return last.membership;
  }

  /** Those whose votes count now or soon. */
  get standing(): readonly Membership[] {
    return this.#pending === null ? [this.current] : [this.current, this.#pending.membership];
  }

  /** How many memberships somebody has proof of. */
  get count(): number {
    return this.#periods.length;
  }

  /** The membership of a block that somebody has applied; undefined for any other. */
  at(height: number): Membership | undefined {
    if (height > this.#height) return undefined;
    return this.#periods.findLast(({ fromHeight }) => fromHeight <= height)?.membership;
  }

  /** Looks at a node at rest. @throws BrokenPromise. */
  look(number: number, { opened, driver }: NodeProcess): void {
    const { tip } = opened.chain.applied;
    while (this.#height < tip.height) this.#append(opened.blocks.block(this.#height + 1));
    if (this.#seen.get(number) === tip.memberships) return;
    this.#seen.set(number, tip.memberships);
    this.#checkHistory(number, tip.height, tip.memberships);
    const { pending, current } = tip.memberships;
    const named = JSON.stringify(confStateOf(pending?.membership ?? current));
    const { confState } = driver.fullStatus;
    demand(
      JSON.stringify(confState) === named,
      () => `node ${number}: its core goes by ${JSON.stringify(confState)}, not by ${named}`,
    );
  }

  #append({ header, control }: ReturnType<NodeProcess["opened"]["blocks"]["block"]>): void {
    const { height } = header;
    const { membershipChange, lastCertificate, leaderCertificate } = control;
    const pending = this.#pending;
    this.#height = height;
    if (pending !== null && (lastCertificate?.height ?? 0) >= pending.changeHeight) {
      this.#periods.push({ fromHeight: height, membership: pending.membership });
      this.#pending = null;
    } else {
      demand(
        pending === null || leaderCertificate !== null,
        () => `block ${height} follows the change in block ${pending?.changeHeight} without proof`,
      );
    }
    if (membershipChange === null) return;
    demand(this.#pending === null, () => `block ${height} changes a change under way`);
    this.#checkNames(this.current, membershipChange);
    this.#pending = { changeHeight: height, membership: membershipChange };
  }

  #checkHistory(number: number, height: number, { periods }: MembershipHistory): void {
    const own = periods.map(wordsOf).join(", ");
    const right = this.#periods.filter(({ fromHeight }) => fromHeight <= height);
    const words = right.map(wordsOf).join(", ");
    demand(own === words, () => `node ${number} has the memberships ${own}, not ${words}`);
  }

  /** Numbers and keys are never used again. */
  #checkNames(before: Membership, after: Membership): void {
    for (const { number, publicKey } of after.members) {
      const key = toHex(publicKey);
      const owner = this.#numberOfKey.get(key) ?? number;
      const isNew = owner === number && !this.#gone.has(number) && !this.#gone.has(key);
      demand(isNew, () => `number ${number} or its key is used again`);
      this.#numberOfKey.set(key, number);
    }
    for (const { number, publicKey } of before.members) {
      const member = memberOf(after, number);
      if (member === undefined) this.#gone.add(number);
      const key = toHex(publicKey);
      if (member === undefined || toHex(member.publicKey) !== key) this.#gone.add(key);
    }
  }
}

function wordsOf({ fromHeight, membership }: Period): string {
  return `${toHex(membershipHash(membership)).slice(0, 8)} from ${fromHeight}`;
}
