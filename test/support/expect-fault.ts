/** Expectations about faults: programs act on codes, so tests look at codes and never at texts. */
import assert from "node:assert/strict";
import { type FaultCode, LedgerFault } from "../../ledger/faults.ts";

/** The code of the fault that `action` throws, or `null` when it returns. Other errors pass through. */
export function faultCodeOf(action: () => unknown): FaultCode | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof LedgerFault) return error.code;
    throw error;
  }
}

/** Demands that `action` throws a fault with that code. */
export function expectFault(code: FaultCode, action: () => unknown): void {
  assert.equal(faultCodeOf(action), code);
}
