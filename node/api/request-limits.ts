/** Bounds of every request. */
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";

/** Largest body, bytes: the largest transaction as hexadecimal in JSON, or some 400 payments. */
export const BODY_SIZE_BYTES_MAX: number = 2 * TRANSACTION_SIZE_BYTES_MAX + 1024;
