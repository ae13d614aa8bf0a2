/** The page of attacks, made of the attacks that are tried. */
import { ATTACKS } from "./attacks.ts";

/** `docs/attacks.md`. */
export function attacksPage(): string {
  const sections = ATTACKS.map(({ en, ja, attacks }) => {
    const rows = attacks.map((attack) => {
      return `| ${attack.ja}<br>${attack.en} | \`${attack.answer}\` | ${attack.why} |`;
    });
    return [`## ${ja} / ${en}`, "", "| Attack | Answer | Because |", "|---|---|---|", ...rows];
  });
  return `${[...HEAD, ...sections.flatMap((lines) => ["", ...lines])].join("\n")}\n`;
}

const HEAD = [
  "# Attacks",
  "",
  "What somebody may try with a card, a terminal or an office's key, and what it comes to. Each row is tried by",
  "`test/contracts/attacks.test.ts`, and this page is made of the same rows: `node dist/test/support/write-attacks-page.js`.",
  "What a code means: [faults.md](faults.md).",
] as const;
