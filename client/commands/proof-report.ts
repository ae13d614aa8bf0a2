/** What a proof says, for machines and for people. */
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Finding } from "../../ledger/verify-evidence.ts";
import { culpritsOf, findingWords } from "../audit/finding-words.ts";

/** The report of evidence that was found right. */
export function proofReport(
  findings: readonly Finding[],
  genesis: Genesis,
): { readonly value: object; readonly lines: readonly string[] } {
  const culprits = culpritsOf(findings);
  const told = findings.map((finding) => ({ ...finding, ...findingWords(finding, genesis) }));
  const value = {
    ok: culprits.length > 0,
    networkId: toHex(networkIdOf(genesis)),
    culprits,
    findings: told,
  };
  const numbers = culprits.join(", ");
  const verdict =
    culprits.length > 0
      ? [
          `Proven by their own signatures: node ${numbers}.`,
          `本人の署名による証明：ノード ${numbers}`,
        ]
      : ["Nobody is named by what was given.", "与えられた資料では違反者を特定できません。"];
  return { value, lines: [...told.flatMap(({ en, ja }) => [`${en}.`, `${ja}。`]), ...verdict] };
}
