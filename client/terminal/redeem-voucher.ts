/** Takes a voucher (VOUCHER_REDEEM): voucher and terminal sign, no card is needed. The rules are those of voucher-slot.ts. */
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { voucherRedeem } from "../../contracts/vouchers/voucher-redeem.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ClientError } from "../client-fault.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { settle } from "../sdk/settle.ts";
import { officer, signDraft } from "../sdk/transaction-builder.ts";
import { decodeVoucherCode, signerOfVoucher } from "../vouchers/voucher-code.ts";
import { askNetworkTime } from "./network-time.ts";
import type { Terminal } from "./terminal-folder.ts";

/** How long the transaction is valid, ms. */
const VALIDITY_MS = 60_000;
/** How long a shop waits for the outcome, ms: after its validity it is known for good. */
export const VOUCHER_WAIT_MS = 90_000;

/** What a terminal needs to take vouchers. */
export type VoucherTill = Pick<Terminal, "till" | "genesis" | "nodes" | "journal" | "vouchers">;

/** What became of a voucher. */
export interface VoucherEnding {
  /** The voucher's public key. */
  readonly voucher: Uint8Array;
  /** Id of the transaction. */
  readonly id: string;
  readonly facePt: number;
  /** `OK` or a fault. */
  readonly result: string;
}

/**
 * Takes the voucher with the code that was scanned or typed.
 * @throws ClientError `VOUCHER_CODE_WRONG`, `NODE_UNREACHABLE`, `JOURNAL_DAMAGED`; LedgerFault `UNKNOWN_SERIES`; ClientError
 *   `UNDECIDED` when the signal aborts: then the next call finds out.
 */
export async function redeemVoucher(
  parts: VoucherTill,
  typed: string,
  signal: AbortSignal,
): Promise<VoucherEnding> {
  const { till, genesis, nodes, vouchers } = parts;
  const { issuer, series, secret } = decodeVoucherCode(typed);
  const networkId = networkIdOf(genesis);
  const signer = signerOfVoucher(secret, networkId);
  // Rule V3.
  const last = await settleVoucher(parts, signal);
  const isSame = last !== null && equalBytes(last.voucher, signer.publicKey);
  if (isSame && last.result === ACCEPTED) return last;
  await faceOf(parts, issuer, series);
  const { merchant, terminal } = till;
  const draft = {
    type: voucherRedeem.type,
    public: { issuer, series, voucher: toHex(signer.publicKey) },
    private: { merchant, terminal },
  };
  const nowMs = (await askNetworkTime(nodes)).nowMs();
  const context = { networkId, nowMs, validityMs: VALIDITY_MS };
  const { bytes } = await signDraft(draft, [officer(signer), till.key], context);
  // Rule V1: from here on it may be sent.
  vouchers.begin(bytes);
  return fateOf(parts, bytes, signal);
}

/** Finds out what became of the voucher that was under way; null when there is none. @throws as `redeemVoucher`. */
export async function settleVoucher(
  parts: VoucherTill,
  signal: AbortSignal,
): Promise<VoucherEnding | null> {
  const bytes = parts.vouchers.pending();
  return bytes === null ? null : fateOf(parts, bytes, signal);
}

async function fateOf(
  parts: VoucherTill,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<VoucherEnding> {
  const { genesis, nodes, journal, vouchers } = parts;
  const { issuer, series, voucher } = voucherIn(bytes, parts);
  const facePt = await faceOf(parts, issuer, series);
  const fate = await settle(bytes, { nodes, genesis, signal }).catch((cause: unknown) => {
    throw signal.aborted ? new ClientError("UNDECIDED", { voucher: toHex(voucher), cause }) : cause;
  });
  const { id, result } = fate;
  if (fate.status === "committed") {
    const { height, timestampMs: atMs } = fate;
    journal.note({ id, amountPt: facePt, outcome: "PAID", atMs, height });
  }
  // Rule V2.
  vouchers.end();
  return { voucher, id, facePt, result };
}

/** @throws ClientError `JOURNAL_DAMAGED`. */
function voucherIn(bytes: Uint8Array, { genesis, till }: VoucherTill) {
  try {
    const { content } = checkTransaction(decodeTransaction(bytes), networkIdOf(genesis));
    return content.public as { issuer: string; series: string; voucher: Uint8Array };
  } catch (cause) {
    throw new ClientError("JOURNAL_DAMAGED", { terminal: till.terminal, cause });
  }
}

/** What the voucher is worth, as a node says it: what counts is what the ledger books. @throws LedgerFault `UNKNOWN_SERIES`. */
async function faceOf({ nodes }: VoucherTill, issuer: string, series: string): Promise<number> {
  try {
    return (await firstAnswer(nodes, (node) => node.voucherSeries(issuer, series))).facePt;
  } catch (cause) {
    const isUnknown = cause instanceof LedgerFault && cause.code === "NOT_FOUND";
    throw isUnknown ? new LedgerFault("UNKNOWN_SERIES", { issuer, series }) : cause;
  }
}
