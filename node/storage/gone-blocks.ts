/**
 * What this node may have voted for and has no more: because a leader replaced the end of its log, or because its disk
 * lost it. Whoever does not know why could not tell the node from a liar when it elects a log without these blocks; so
 * it keeps the elections that entitle it to, and elects nobody where it has none (docs/decisions/0011).
 *
 * Invariants:
 * - A block that this node may have voted for is in its log or in a stretch here, unless what is committed is further:
 *   nobody behind that is elected any more.
 * - A stretch is on the disk no later than the removal that it is about. What it once named it goes on naming, also
 *   when the log is longer again: another leader may replace that too.
 */
import {
  isAhead,
  type LeaderCertificate,
  leaderCertificateSchema,
} from "../../ledger/certificate.ts";
import { encodeJustification, entitles } from "../../ledger/justification.ts";
import { fromBytes, list, record, toBytes, uint } from "../../ledger/schema.ts";
import { KEYS } from "./buckets.ts";
import { isBehind, type LogEnd } from "./damage.ts";
import type { Database } from "./database.ts";
import { StorageError } from "./record.ts";

/** Stretches remembered one by one; a network in which so many leaders committed nothing has other troubles. */
const STRETCHES_MAX = 32;
/** Elections remembered: no grant can show more. */
const ELECTIONS_MAX = 16;
/** Bytes of them: each of the most members, each grant with the largest justification. */
const ELECTIONS_SIZE_BYTES_MAX: number = 8 * 1024 * 1024;

const electionsSchema = list(leaderCertificateSchema, ELECTIONS_MAX);
const placeSchema = record({ term: uint(), height: uint() });
/** Stretches as they are stored. */
export const stretchesSchema = list(record({ from: placeSchema, to: placeSchema }), STRETCHES_MAX);

/** Blocks that were next to each other, by their lowest and highest. */
export interface Stretch {
  readonly from: LogEnd;
  readonly to: LogEnd;
}

/** The blocks that are gone from one log. */
export class GoneBlocks {
  #stretches: readonly Stretch[];
  #elections: readonly LeaderCertificate[];

  constructor(stretches: readonly Stretch[] = [], elections: readonly LeaderCertificate[] = []) {
    this.#stretches = stretches;
    this.#elections = elections;
  }

  /** What is gone, in the order in which it went. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** What may justify it, in the order in which it was learned. Another list when there is more or less. */
  get elections(): readonly LeaderCertificate[] {
    return this.#elections;
  }

  /** The disk lost blocks up to there, which ones nobody knows: no election is behind all of them. */
  lost(to: LogEnd): void {
    this.#add({ from: { term: 0, height: 0 }, to });
  }

  /**
   * A leader replaces blocks.
   * @param blocks all that go, ascending.
   * @param elections proven: his, and those of the leaders whose blocks he builds on.
   */
  replaced(blocks: readonly LogEnd[], elections: readonly LeaderCertificate[]): void {
    for (const stretch of stretchesOf(blocks)) this.#add(stretch);
    for (const one of elections) {
      const isNew = !this.#elections.some(({ term }) => term === one.term);
      const isOfUse = blocks.some((block) => one.term > block.term && isAhead(block, one.position));
      if (isNew && isOfUse) this.#elections = [...this.#elections, one].slice(-ELECTIONS_MAX);
    }
  }

  /** The log is committed up to there: whoever lacks that is elected by nobody, whatever is gone below. */
  settle(committed: LogEnd): void {
    if (this.#stretches.length === 0) return;
    this.#stretches = this.#stretches.filter(({ to }) => isBehind(committed, to));
    if (this.#stretches.length === 0) this.#elections = [];
  }

  /** True when this node may elect whose log ends there, as far as it is known before he says under which membership. */
  mayElect(term: number, end: LogEnd): boolean {
    const isReason = (one: LeaderCertificate, stretch: Stretch) =>
      entitlesToAll(one, stretch, { term, membershipHash: one.membershipHash });
    return this.#reasonsFor(end, isReason) !== null;
  }

  /** What a grant for a candidacy must show, mostly nothing; null when this node may not give it. */
  readonly justify = (candidacy: Omit<LeaderCertificate, "grants">): Uint8Array | null => {
    const isReason = (one: LeaderCertificate, stretch: Stretch) =>
      entitlesToAll(one, stretch, candidacy);
    const reasons = this.#reasonsFor(candidacy.position, isReason);
    return reasons === null ? null : encodeJustification(reasons);
  };

  /** An election for each stretch that a log lacks or may lack; null when there is one without. */
  #reasonsFor(
    end: LogEnd,
    isReason: (election: LeaderCertificate, stretch: Stretch) => boolean,
  ): LeaderCertificate[] | null {
    const reasons = new Set<LeaderCertificate>();
    for (const stretch of this.#stretches) {
      if (!isBehind(end, stretch.to)) continue;
      const reason = this.#elections.find((election) => isReason(election, stretch));
      if (reason === undefined) return null;
      reasons.add(reason);
    }
    return [...reasons];
  }

  /** When there are too many, the oldest two become one that is harder to justify. */
  #add(stretch: Stretch): void {
    const all = [...this.#stretches, stretch];
    const [first, second, ...others] = all;
    const isTooMany = all.length > STRETCHES_MAX && first !== undefined && second !== undefined;
    this.#stretches = isTooMany ? [spanOf(first, second), ...others] : all;
  }
}

/** The bytes of elections as they are stored. */
export function encodeElections(elections: readonly LeaderCertificate[]): Uint8Array {
  return toBytes(electionsSchema, elections);
}

/** The elections that a database holds. A record that is damaged justifies nothing: none. */
export function storedElections(database: Database): readonly LeaderCertificate[] {
  try {
    const stored = database.get(KEYS.elections);
    return stored === undefined ? [] : fromBytes(electionsSchema, stored, ELECTIONS_SIZE_BYTES_MAX);
  } catch (error) {
    if (error instanceof StorageError && error.code === "RECORD_DAMAGED") return [];
    throw error;
  }
}

/** One stretch for the blocks of each term: what entitles to one of them may not entitle to the others. */
function stretchesOf(blocks: readonly LogEnd[]): Stretch[] {
  const byTerm = new Map<number, Stretch>();
  for (const { term, height } of blocks) {
    const to = { term, height };
    byTerm.set(term, { from: byTerm.get(term)?.from ?? to, to });
  }
  return [...byTerm.values()];
}

function spanOf(a: Stretch, b: Stretch): Stretch {
  return {
    from: isBehind(a.from, b.from) ? a.from : b.from,
    to: isBehind(a.to, b.to) ? b.to : a.to,
  };
}

function entitlesToAll(
  election: LeaderCertificate,
  { from, to }: Stretch,
  candidacy: Pick<LeaderCertificate, "term" | "membershipHash">,
): boolean {
  return entitles(election, from, candidacy) && entitles(election, to, candidacy);
}
