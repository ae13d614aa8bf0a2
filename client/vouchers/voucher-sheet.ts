/**
 * Vouchers between the ledger and the printer.
 *
 * Rule P1: their secrets, and the transaction that makes them, are on disk before it is sent. Points whose vouchers nobody has would
 *          be lost.
 * Rule P2: they are printed only when a receipt proves that the ledger has made them. Sending the same transaction again is harmless,
 *          so that is also how one finds out after a power cut. A sheet goes only when it is proven that they will never be.
 */
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { shortName } from "../../contracts/fields/fields.ts";
import { municipalityCode } from "../../contracts/fields/municipality-code.ts";
import { VOUCHERS_AT_ONCE_MAX } from "../../contracts/vouchers/voucher.ts";
import { voucherIssue } from "../../contracts/vouchers/voucher-issue.ts";
import { toHex, utf8 } from "../../ledger/bytes.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { bytes, type Infer, list, record, uint } from "../../ledger/schema.ts";
import { expectNewFile } from "../files.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import { SYSTEM_DISK } from "../terminal/disk.ts";
import type { WalletOfCard } from "../terminal/till.ts";
import { signerOfVoucher, VOUCHER_SECRET_SIZE_BYTES } from "./voucher-code.ts";

/** The vouchers of one transaction. The file is worth what they are worth. */
export const voucherSheetSchema = record({
  version: uint(1, 1),
  networkId: bytes(32),
  issuer: municipalityCode,
  series: shortName,
  secrets: list(bytes(VOUCHER_SECRET_SIZE_BYTES), VOUCHERS_AT_ONCE_MAX, 1),
  /** The signed VOUCHER_ISSUE. */
  transaction: bytes(1, TRANSACTION_SIZE_BYTES_MAX),
});
/** The vouchers of one transaction. */
export type VoucherSheet = Infer<typeof voucherSheetSchema>;

/** Vouchers that a resident wants. */
export interface VoucherOrder {
  readonly issuer: string;
  readonly series: string;
  readonly secrets: readonly Uint8Array[];
}

/** Secrets for so many vouchers. */
export function newSecrets(count: number): Uint8Array[] {
  return Array.from(
    { length: count },
    () => new Uint8Array(randomBytes(VOUCHER_SECRET_SIZE_BYTES)),
  );
}

/** The draft that the resident's card signs. */
export function issueDraft(
  { issuer, series, secrets }: VoucherOrder,
  { municipality, handle, cardSalt }: WalletOfCard,
  networkId: Uint8Array,
): Draft {
  const vouchers = secrets.map((secret) => toHex(signerOfVoucher(secret, networkId).publicKey));
  const holder = { municipality, wallet: toHex(handle), cardSalt: toHex(cardSalt) };
  return { type: voucherIssue.type, public: {}, private: { ...holder, issuer, series, vouchers } };
}

/** Keeps a sheet durably (rule P1), for its owner alone. @throws ClientError `FILE_EXISTS`; the system's error. */
export function keepSheet(file: string, sheet: VoucherSheet): void {
  expectNewFile(file);
  SYSTEM_DISK.write(file, utf8(`${JSON.stringify(voucherSheetSchema.toJson(sheet))}\n`));
  SYSTEM_DISK.syncFile(file);
  SYSTEM_DISK.syncDirectory(dirname(file));
}
