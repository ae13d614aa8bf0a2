/**
 * What this node can show against other members, durably: the two signed things, whatever becomes of the
 * blocks that they are about.
 *
 * Bounded: one piece for each member, kind and term, and a few for each member, so that a liar who signs much
 * does not hide another.
 */
import { type Evidence, evidenceSchema, PROOF_SIZE_BYTES_MAX } from "../../ledger/evidence.ts";
import { fromBytes, toBytes } from "../../ledger/schema.ts";
import type { Finding } from "../../ledger/verify-evidence.ts";
import { KEYS } from "./buckets.ts";
import type { Database } from "./database.ts";
import { StorageError } from "./record.ts";

/** Pieces kept against one member: with the most members that there can be, one proof holds all. */
export const EVIDENCE_PER_MEMBER_MAX = 16;

/** The evidence of one node, in memory and on its disk. */
export class EvidenceStore {
  readonly #database: Database;
  readonly #byKey = new Map<string, Evidence>();

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Reads what is stored; a damaged record is passed over: nothing else rests on it. */
  static async open(database: Database): Promise<EvidenceStore> {
    const store = new EvidenceStore(database);
    for (const key of await database.keys(KEYS.evidenceStart, KEYS.evidenceEnd)) {
      const bytes = readOrPass(database, key);
      if (bytes === undefined) continue;
      store.#byKey.set(key, fromBytes(evidenceSchema, bytes, PROOF_SIZE_BYTES_MAX));
    }
    return store;
  }

  /** All of it, by member. */
  get all(): readonly Evidence[] {
    return [...this.#byKey.keys()].sort().flatMap((key) => this.#byKey.get(key) ?? []);
  }

  /** Members against whom there is evidence, ascending. */
  get culprits(): readonly number[] {
    const numbers = [...this.#byKey.keys()].map((key) => Number(key.split("/")[1]));
    return [...new Set(numbers)].sort((a, b) => a - b);
  }

  /** True when one more piece would not be kept. */
  isKnown(culprit: number, kind: Evidence["kind"], term: number): boolean {
    if (this.#byKey.has(KEYS.evidence(culprit, kind, term))) return true;
    const prefix = `${KEYS.evidenceStart}${culprit}/`;
    const against = [...this.#byKey.keys()].filter((key) => key.startsWith(prefix));
    return against.length >= EVIDENCE_PER_MEMBER_MAX;
  }

  /** Keeps evidence that was found right. Resolves when it is on the disk. @throws StorageError. */
  async add(evidence: Evidence, { culprits, kind, term }: Finding): Promise<void> {
    const [culprit = 0] = culprits;
    if (this.isKnown(culprit, kind, term)) return;
    const key = KEYS.evidence(culprit, kind, term);
    this.#byKey.set(key, evidence);
    await this.#database.batch().put(key, toBytes(evidenceSchema, evidence)).write({ sync: true });
  }
}

function readOrPass(database: Database, key: string): Uint8Array | undefined {
  try {
    return database.get(key);
  } catch (error) {
    if (error instanceof StorageError && error.code === "RECORD_DAMAGED") return undefined;
    throw error;
  }
}
