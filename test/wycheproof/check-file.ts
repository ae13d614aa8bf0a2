/** One Wycheproof file checked: counts, and what stands out. */
import { judge, type Standing } from "./verdicts.ts";
import { parseWycheproof, type WycheproofCase } from "./wycheproof-file.ts";

/** What came of a file. */
export interface FileReport {
  readonly cases: number;
  readonly algorithms: readonly string[];
  readonly agreements: number;
  /** One line for each. */
  readonly disagreements: readonly string[];
  /** One line for each reason or open question, with how often and under which flags. */
  readonly apart: readonly string[];
}

/** Judges all cases of a file's text. @throws WycheproofError. */
export async function checkFile(text: string): Promise<FileReport> {
  const cases = parseWycheproof(text);
  const judged: { readonly of: WycheproofCase; readonly standing: Standing }[] = [];
  for (const of of cases) judged.push({ of, standing: await judge(of) });
  const apart = new Map<string, { count: number; flags: Set<string> }>();
  for (const { of, standing } of judged) {
    const why = whyApart(standing);
    if (why === undefined) continue;
    const row = apart.get(why) ?? { count: 0, flags: new Set() };
    row.count += 1;
    for (const flag of of.flags) row.flags.add(flag);
    apart.set(why, row);
  }
  return {
    cases: cases.length,
    algorithms: [...new Set(cases.map(({ signed }) => signed.algorithm))],
    agreements: judged.filter(({ standing }) => standing.kind === "AGREES").length,
    disagreements: judged.flatMap(({ of, standing }) =>
      standing.kind === "DISAGREES" ? [`${of.id} (${of.comment}): ${standing.verdicts}`] : [],
    ),
    apart: [...apart].map(
      ([why, { count, flags }]) => `${count} × ${[...flags].join(", ") || "no flag"}: ${why}`,
    ),
  };
}

function whyApart(standing: Standing): string | undefined {
  switch (standing.kind) {
    case "STRICTER":
      return `valid in the file, refused by our rule: ${standing.reason}`;
    case "LEFT_OPEN":
      return `left open by the file, ${standing.verdict} for us: there is one form only`;
    case "AGREES":
    case "DISAGREES":
      return undefined;
  }
}
