/**
 * Under which of its keys a node is in reach. While one is rotated it has two: the one that the chain names, and the
 * other, which is the next one before the change and the old one after it.
 *
 * When the next one comes into force the others know the node by it alone; a node that was away then, or behind, cannot
 * be told any more under the old one: some of them may still let it in, but perhaps not the leader. And a node that
 * has changed over may be the only one that knows so: the others still let it in under the old one alone. So whoever
 * reaches no voter for a while, or learns meanwhile that the others know it by another key, tries its other key, and in
 * turn the first again. An old key opens connections here and no more: its signatures have ceased to count.
 */
import { equalBytes } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { type Membership, memberOf, voterOf } from "../ledger/membership.ts";
import { signerOfSeed } from "../ledger/native/ed25519-signer.ts";
import type { NodeConfig } from "./config.ts";

/** One of a node's keys, by what the chain that it has says of it. */
export type OwnKey = "in force" | "other";

/** Election timeouts without another member in reach after which the other key is tried, at least. */
const ALONE_ELECTIONS = 10;
/** Members wait differently long: those who changed over at the same instants would go on missing each other. */
const ALONE_ELECTIONS_APART = 7;

/**
 * The seed of that key.
 * @param memberships that are or were in force as far as the node knows, the newest last.
 * @throws LedgerFault when the newest membership that names the node names a key that it does not have.
 */
export function ownSeed(
  { seeds, nodeNumber }: Pick<NodeConfig, "seeds" | "nodeNumber">,
  memberships: readonly Membership[],
  key: OwnKey,
): Uint8Array {
  const named = memberships
    .map((membership) => memberOf(membership, nodeNumber)?.publicKey)
    .filter((publicKey) => publicKey !== undefined);
  const newest = named.at(-1);
  // Of a node that no membership has named yet, the first key is the one.
  const inForce = seeds.find(
    (seed) => newest === undefined || equalBytes(signerOfSeed(seed).publicKey, newest),
  );
  const other = seeds.find((seed) => seed !== inForce);
  if (inForce !== undefined) return key === "other" ? (other ?? inForce) : inForce;
  throw new LedgerFault("INVALID_FIELD", {
    path: "keyFile",
    problem: `the key is not that of node ${nodeNumber} in the membership`,
  });
}

/** Where a node stands while it asks itself whether it uses the right key. */
export interface Reach {
  readonly self: number;
  /** The key that it uses. */
  readonly publicKey: Uint8Array;
  /**
   * The newest membership that is proven to it, which its own chain may not have reached. Not one that its log names
   * for later: until that is certified, the others count and reach the node by the key before it.
   */
  readonly inForce: Membership;
  /** Numbers of the members in reach, this node among them. */
  readonly connected: ReadonlySet<number>;
}

/**
 * True when no other voter lets the node in, or when it knows that they name another key of it. Those without a vote
 * let in whom they always knew: a learner and a node that has left can be in reach of each other for ever, when
 * nobody who knows of a change lets either of them in. For a sole voter it is they who count.
 */
export function isOutOfReach({ self, publicKey, inForce, connected }: Reach): boolean {
  const named = memberOf(inForce, self)?.publicKey ?? publicKey;
  if (!equalBytes(named, publicKey)) return true;
  const others = inForce.members.map(({ number }) => number).filter((number) => number !== self);
  const voters = others.filter((number) => voterOf(inForce, number) !== undefined);
  const sought = voters.length > 0 ? voters : others;
  return sought.length > 0 && !sought.some((number) => connected.has(number));
}

/** Counts how long a node is out of reach. */
export class AloneWatch {
  readonly #ticksMax: number;
  readonly #isOut: () => boolean;
  readonly #onAlone: () => void;
  #ticks = 0;

  constructor(
    self: number,
    electionTicks: number,
    events: { readonly isOut: () => boolean; readonly onAlone: () => void },
  ) {
    this.#ticksMax = (ALONE_ELECTIONS + (self % ALONE_ELECTIONS_APART)) * electionTicks;
    this.#isOut = events.isOut;
    this.#onAlone = events.onAlone;
  }

  /** One tick of the node's clock; tells once. */
  tick(): void {
    this.#ticks = this.#isOut() ? this.#ticks + 1 : 0;
    if (this.#ticks === this.#ticksMax) this.#onAlone();
  }
}
