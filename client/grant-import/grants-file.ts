/**
 * The file that goes from the clerk to the approver and then to the ledger: the signed transactions of one import, and
 * which lines of the list each of them grants. It names wallets by their pseudonyms and nobody by name.
 */
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { GRANT_ITEMS_MAX, TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { bytes, fromBytes, list, record, toBytes, uint } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { readDecoded } from "../files.ts";
import { type PartlySigned, readPartlySigned } from "../sdk/countersign.ts";
import { type GrantTerms, type ResolvedLine, totalPtOf } from "./grant-batches.ts";
import { LINES_MAX } from "./grant-list.ts";

/** A line of a file counts from 1, and a list has a heading. */
const lineNumber = uint(2 ** 31, 1);
const batchesSchema = list(
  record({
    transaction: bytes(1, TRANSACTION_SIZE_BYTES_MAX),
    lines: list(lineNumber, GRANT_ITEMS_MAX, 1),
  }),
  LINES_MAX,
  1,
);
const fileSchema = record({ version: uint(1, 1), listHash: bytes(32), batches: batchesSchema });
const FILE_SIZE_BYTES_MAX: number = 16 * 1024 * 1024;

/** One transaction and its lines. */
export interface SignedBatch {
  readonly partly: PartlySigned;
  readonly lines: readonly ResolvedLine[];
}

/** An import with what has been signed of it. */
export interface GrantsFile {
  /** SHA-256 of the list. */
  readonly listHash: Uint8Array;
  readonly terms: GrantTerms;
  readonly batches: readonly SignedBatch[];
}

/** What officers compare with the decision on paper. */
export interface GrantTotals {
  readonly lines: number;
  readonly wallets: number;
  readonly totalPt: number;
  readonly largestPt: number;
  readonly batches: number;
}

/** The totals of lines in batches. */
export function totalsOf(
  batches: readonly { readonly lines: readonly ResolvedLine[] }[],
): GrantTotals {
  const lines = batches.flatMap((batch) => batch.lines);
  return {
    lines: lines.length,
    wallets: new Set(lines.map(({ handleHex }) => handleHex)).size,
    totalPt: totalPtOf(lines),
    largestPt: lines.reduce((mostPt, { amountPt }) => Math.max(mostPt, amountPt), 0),
    batches: batches.length,
  };
}

/** The bytes of a file. */
export function encodeGrantsFile(
  listHash: Uint8Array,
  batches: readonly { readonly transaction: Uint8Array; readonly lines: readonly ResolvedLine[] }[],
): Uint8Array {
  return toBytes(fileSchema, {
    version: 1,
    listHash,
    batches: batches.map(({ transaction, lines }) => {
      return { transaction, lines: lines.map(({ line }) => line) };
    }),
  });
}

/**
 * The import in a file, every signature in it checked, all batches on one set of terms.
 * @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`.
 */
export function readGrantsFile(file: string, networkId: Uint8Array): GrantsFile {
  return readDecoded(file, "an import of grants", (content) => {
    const { listHash, batches: stored } = fromBytes(fileSchema, content, FILE_SIZE_BYTES_MAX);
    const batches = stored.map(({ transaction, lines }) =>
      batchOf(readPartlySigned(transaction, networkId), lines),
    );
    const [terms, ...others] = batches.map(({ partly }) => termsOf(partly));
    if (terms === undefined) throw new RangeError("it has no batches");
    const isOne = others.every((other) => JSON.stringify(other) === JSON.stringify(terms));
    if (!isOne) throw new RangeError("its batches are not on the same terms");
    return { listHash, terms, batches };
  });
}

interface GrantBody {
  readonly issuer: string;
  readonly pointType: string;
  readonly budgetCategory: string;
  readonly expiresOn: CivilDate | null;
}

interface GrantItems {
  readonly items: readonly { readonly wallet: Uint8Array; readonly amountPt: number }[];
}

function batchOf(partly: PartlySigned, numbers: readonly number[]): SignedBatch {
  const { declaration, transaction } = partly;
  if (declaration.type !== "POINT_GRANT_BATCH" || declaration.private === null) {
    throw new LedgerFault("UNKNOWN_TYPE", { type: declaration.type });
  }
  const { items } = declaration.private.fromCbor(transaction.privateBody, "private") as GrantItems;
  if (items.length !== numbers.length) throw new ClientError("GRANTS_MISMATCH");
  const { expiresOn } = partly.body as GrantBody;
  const lines = items.map(({ wallet, amountPt }, i) => {
    return { line: numbers[i] ?? 0, handleHex: toHex(wallet), amountPt, expiresOn };
  });
  return { partly, lines };
}

function termsOf({ body, transaction }: PartlySigned): GrantTerms {
  const { issuer, pointType, budgetCategory } = body as GrantBody;
  return { issuer, pointType, budgetCategory, day: civilDateAt(transaction.envelope.createdAtMs) };
}
