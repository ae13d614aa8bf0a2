/** Whether the terminal that signs is the merchant's. */
import { equalBytes } from "../ledger/bytes.ts";
import { type Content, signingKey, type View } from "./declaration.ts";
import { TERMINAL } from "./state-records.ts";

/** Why that terminal may not act for the merchant, or null. The view must hold the terminal. */
export function terminalFault(
  view: View,
  content: Content<unknown, unknown>,
  { merchant, terminal }: { readonly merchant: string; readonly terminal: string },
): "UNKNOWN_TERMINAL" | "TERMINAL_REVOKED" | "SIGNER_NOT_AUTHORISED" | null {
  const device = view.get(TERMINAL.key(terminal));
  if (device?.merchant !== merchant) return "UNKNOWN_TERMINAL";
  if (device.status !== "ACTIVE") return "TERMINAL_REVOKED";
  const isItsKey = equalBytes(device.publicKey, signingKey(content, "terminal"));
  return isItsKey ? null : "SIGNER_NOT_AUTHORISED";
}
