/**
 * Ends a node whose program does not know the rules that come into force: at midnight of that day it could only disagree with
 * the others (contracts/governance/rule-version.ts, rule V3). Its operator is told from the announcement on.
 */

import { addDays, civilDateAt } from "../contracts/fields/dates.ts";
import { ruleVersionOn } from "../contracts/governance/rule-version.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { BLOCK_TIMESTAMP_AHEAD_MS_MAX } from "../ledger/limits.ts";
import type { NodeLog } from "./logger.ts";

/** Longest notice that is looked ahead for, days. */
const AHEAD_DAYS = 365;

const INSTALL =
  "the consortium announced rules that this program does not know: install the newer version before that day";
const INSTALL_JA =
  "このプログラムが知らない版の規則が予告されました。その日までに新しい版を導入してください";

/** Looks at what is announced. */
export class RulesWatch {
  readonly #log: NodeLog;
  readonly #onFailure: (error: unknown) => void;
  #told = "";

  constructor(log: NodeLog, onFailure: (error: unknown) => void) {
    this.#log = log;
    this.#onFailure = onFailure;
  }

  /** @param record bytes under `RULE_VERSION_KEY`, or null. */
  look(record: Uint8Array | null, nowMs: number): void {
    // A block may be as far ahead of this clock: the node is gone before it has to judge one.
    const today = civilDateAt(nowMs + BLOCK_TIMESTAMP_AHEAD_MS_MAX);
    const unknown = unknownOn(record, today);
    if (unknown !== null) {
      this.#onFailure(unknown);
      return;
    }
    const announced = unknownOn(record, addDays(today, AHEAD_DAYS));
    if (announced === null || this.#told === today) return;
    this.#told = today;
    this.#log.warn("RULES_ANNOUNCED", { ...announced.facts, text: INSTALL, textJa: INSTALL_JA });
  }
}

function unknownOn(record: Uint8Array | null, date: string): LedgerFault | null {
  try {
    ruleVersionOn(record, date);
    return null;
  } catch (error) {
    if (error instanceof LedgerFault && error.code === "RULES_UNKNOWN") return error;
    throw error;
  }
}
