/** What a scheme costs and earns beside its points: a small file that the municipality keeps, for the ledger knows no such yen. */
import { parse } from "yaml";
import { fiscalYear, totalYen } from "../../contracts/fields/fields.ts";
import { type Infer, type JsonValue, list, record, text } from "../../ledger/schema.ts";
import { readDecoded } from "../files.ts";

/** Lines of one file. */
const LINES_MAX = 1000;

const lines = list(record({ name: text(100), amountYen: totalYen }), LINES_MAX);
const costLinesSchema = record({ fiscalYear, costs: lines, income: lines });
/** Costs and income of a fiscal year, yen. */
export type CostLines = Infer<typeof costLinesSchema>;

/** Words that may stand in the file. */
const WORDS: Readonly<Record<string, string>> = {
  年度: "fiscalYear",
  費用: "costs",
  収入: "income",
  名称: "name",
  額: "amountYen",
};

/** The lines of a file in YAML. @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
export function readCostLines(file: string): CostLines {
  return readDecoded(file, "costs of a fiscal year (YAML)", (bytes) => {
    const written = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return costLinesSchema.fromJson(inEnglish(parse(written, { schema: "core" }) as JsonValue));
  });
}

function inEnglish(json: JsonValue): JsonValue {
  if (Array.isArray(json)) return json.map(inEnglish);
  if (json === null || typeof json !== "object") return json;
  const entries = Object.entries(json).map(([key, value]) => [WORDS[key] ?? key, inEnglish(value)]);
  return Object.fromEntries(entries) as JsonValue;
}
