/** From the persons of a list to wallets: by the registrar, and each person once unless the list says otherwise. */
import { toHex } from "../../ledger/bytes.ts";
import type { ResolvedLine } from "./grant-batches.ts";
import type { GrantList, Who } from "./grant-list.ts";
import type { LineProblem, LineProblemCode } from "./line-problems.ts";

/** What is asked of the registrar (`LocalRegistrar`). */
export interface MyKeyIdBook {
  handleOfMyKeyId(chosen: string): Uint8Array | undefined;
}

/** How a list is understood. */
export interface Understanding {
  /** Null where the list is to name wallets alone. */
  readonly registrar: MyKeyIdBook | null;
  /** True when every person may stand in the list more than once. */
  readonly mayRepeat: boolean;
}

/** What a list comes to. */
export interface ResolvedList {
  readonly lines: readonly ResolvedLine[];
  readonly problems: readonly LineProblem[];
}

/** The wallets of a list. */
export function resolveList(
  list: GrantList,
  { registrar, mayRepeat }: Understanding,
): ResolvedList {
  const lines: ResolvedLine[] = [];
  const problems: LineProblem[] = [...list.problems];
  const seen = new Set<string>();
  for (const { line, who, amountPt, expiresOn, ...stated } of list.lines) {
    const found = walletOf(who, registrar);
    if ("problem" in found) {
      problems.push({ line, column: "", code: found.problem });
      continue;
    }
    const { handleHex } = found;
    if (seen.has(handleHex) && !(mayRepeat || stated.mayRepeat)) {
      problems.push({ line, column: "", code: "REPEATED" });
    }
    seen.add(handleHex);
    lines.push({ line, handleHex, amountPt, expiresOn });
  }
  return { lines, problems };
}

function walletOf(
  who: Who,
  registrar: MyKeyIdBook | null,
): { readonly handleHex: string } | { readonly problem: LineProblemCode } {
  if (who.kind === "wallet") return who;
  if (registrar === null) return { problem: "REGISTRAR_NEEDED" };
  const handle = registrar.handleOfMyKeyId(who.text);
  return handle === undefined ? { problem: "MYKEY_ID_UNKNOWN" } : { handleHex: toHex(handle) };
}
