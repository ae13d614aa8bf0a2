/** The clerk's part: the list is made into transactions, signed by him, for another officer to approve. */
import { addDays, type CivilDate } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { makeTransactionId, TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { ClientError } from "../client-fault.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { officer, signDraft } from "../sdk/transaction-builder.ts";
import { draftOf, type GrantBatch, type GrantTerms } from "./grant-batches.ts";
import { encodeGrantsFile } from "./grants-file.ts";
import { ImportMark } from "./import-mark.ts";

/** How far back a list is looked for: a little more than a year, for gifts that come every year. */
const KNOWN_DAYS = 400;
const DAY_MS = 86_400_000;

/** An import, ready to be signed. */
export interface Preparation {
  readonly networkId: Uint8Array;
  readonly listHash: Uint8Array;
  readonly terms: GrantTerms;
  readonly batches: readonly GrantBatch[];
  /** How often the same list was granted on purpose before. */
  readonly again: number;
}

/** The file for the approver: for the same import and clerk always the same bytes. */
export async function signImport(
  { networkId, listHash, terms, batches, again }: Preparation,
  clerk: Signer,
): Promise<Uint8Array> {
  const mark = new ImportMark(clerk, { listHash, terms, again });
  const signed = [];
  for (const [number, batch] of batches.entries()) {
    const { bytes: transaction } = await signDraft(draftOf(terms, batch), [officer(clerk)], {
      networkId,
      // From midnight to midnight in Japan: so the ids of a day are known, and no batch crosses 31 March.
      nowMs: startOfDayMs(terms.day),
      validityMs: DAY_MS,
      bytesFor: (what, sizeBytes) => mark.bytesFor(what, number, sizeBytes),
    });
    signed.push({ transaction, lines: batch.lines });
  }
  return encodeGrantsFile(listHash, signed);
}

/**
 * Looks whether the list was sent on another day: its ids would be those of that day.
 * @throws ClientError `GRANT_LIST_KNOWN`.
 */
export async function expectNewList(
  { listHash, terms, again }: Pick<Preparation, "listHash" | "terms" | "again">,
  clerk: Signer,
  nodes: readonly LedgerClient[],
): Promise<void> {
  const mark = new ImportMark(clerk, { listHash, terms, again });
  const idBytes = mark.bytesFor("id", 0, TRANSACTION_ID_SIZE_BYTES);
  for (let daysAgo = 1; daysAgo <= KNOWN_DAYS; daysAgo += 1) {
    const day = addDays(terms.day, -daysAgo);
    const id = toHex(makeTransactionId("organisation", startOfDayMs(day), idBytes));
    if (await isKnown(id, nodes)) throw new ClientError("GRANT_LIST_KNOWN", { day, id });
  }
}

/** Midnight in Japan, at which a day begins. */
export function startOfDayMs(day: CivilDate): number {
  return Date.parse(`${day}T00:00:00+09:00`);
}

async function isKnown(id: string, nodes: readonly LedgerClient[]): Promise<boolean> {
  try {
    await firstAnswer(nodes, (node) => node.transaction(id));
    return true;
  } catch (error) {
    if (error instanceof LedgerFault && error.code === "NOT_FOUND") return false;
    throw error;
  }
}
