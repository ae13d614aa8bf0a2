/** The reference page of all transaction types, made from the registry: docs/transactions.md. */
import { isGoverned, type SignerRule, type TransactionType } from "../../contracts/declaration.ts";
import { TRANSACTION_TYPES } from "../../contracts/registry.ts";
import { RULE_VERSION } from "../../contracts/rule-version.ts";
import { COMMON_FAULTS } from "../../contracts/signers.ts";
import { KEY_SPACES } from "../../contracts/state/key-spaces.ts";
import { FAULTS, type FaultCode } from "../../ledger/faults.ts";
import type { JsonSchema, JsonValue, RecordSchema } from "../../ledger/schema.ts";

/** How long a request may be valid, in words. */
function validityOf(declared: TransactionType): string {
  if (declared.validity === "card") return "card: up to 2 minutes (本人のカード：2分以内)";
  return isGoverned(declared)
    ? "governing organisations: up to 7 days (運営団体：7日以内)"
    : "organisation: up to 24 hours (団体：24時間以内)";
}

const INTRODUCTION = `# Transactions (取引の種類)

Made from \`contracts/registry.ts\` by \`test/support/write-transactions-page.ts\`; a test holds the two equal.
Rule version in force: ${RULE_VERSION}.

Amounts are points (1 pt = ¥1), dates are dates in Japan, byte strings are hexadecimal in JSON. Public
fields stay for ever; private fields and signatures are destroyed on every node after the dispute window.
Signatures stand in the order given here, and no key signs twice. Whatever its type, a transaction may be
refused with ${COMMON_FAULTS.map((code) => `\`${code}\``).join(", ")}.`;

/** The whole page. */
export function transactionsPage(): string {
  const contents = TRANSACTION_TYPES.map(
    ({ type, title }) => `| [${type}](#${type.toLowerCase()}) | ${title.ja} | ${title.en} |`,
  );
  const spaces = KEY_SPACES.map(({ name, form }) => `- \`${name}/${form}\``);
  return [
    INTRODUCTION,
    ["| Type | 日本語 | English |", "|---|---|---|", ...contents].join("\n"),
    ...TRANSACTION_TYPES.map(section),
    `## State\n\nThe keys of all records (\`contracts/state/key-spaces.ts\`).\n\n${spaces.join("\n")}`,
    "",
  ]
    .join("\n\n")
    .replace(/\n{2,}$/, "\n");
}

function section(declared: TransactionType): string {
  const { type, title, summary, since, signers, faults } = declared;
  return [
    `## ${type}`,
    `**${title.ja}** · ${title.en}`,
    `${summary.ja}\n${summary.en}`,
    [
      `- Since rule version ${since}`,
      `- Validity: ${validityOf(declared)}`,
      `- Signed by: ${signers.map(describeSigner).join(", ")}`,
    ].join("\n"),
    `Public fields${fieldTable(declared.public)}`,
    `Private fields${fieldTable(declared.private)}`,
    ["| Refused with | 日本語 | English |", "|---|---|---|", ...faults.map(faultRow)].join("\n"),
  ].join("\n\n");
}

function describeSigner(rule: SignerRule): string {
  switch (rule.kind) {
    case "officer":
      return `${rule.role} of \`${rule.of}\``;
    case "holder":
      return `the holder of the key \`${rule.of}\` (その鍵の保持者)`;
    case "governors":
      return "a governor of each of as many governing organisations as decide (運営団体)";
    case "card":
      return "the resident's card (本人のカード)";
    case "terminal":
      return "the terminal (端末)";
  }
}

function faultRow(code: FaultCode): string {
  return `| \`${code}\` | ${FAULTS[code].ja} | ${FAULTS[code].en} |`;
}

function fieldTable(schema: RecordSchema<unknown> | null): string {
  if (schema === null || schema.fieldNames.length === 0) return ": none";
  const { properties } = schema.jsonSchema;
  const rows = Object.entries(properties as JsonSchema).map(
    ([name, field]) => `| \`${name}\` | ${describe(field as JsonSchema)} |`,
  );
  return `\n\n| Field | Values |\n|---|---|\n${rows.join("\n")}`;
}

/** A schema in words. */
function describe(schema: JsonSchema): string {
  const { type, description, pattern, enum: words, anyOf, items, properties } = schema;
  const { minimum, maximum, minLength, maxLength } = schema;
  if (Array.isArray(words)) return words.map(String).join(" \\| ");
  if (Array.isArray(anyOf)) return `${describe(anyOf[0] as JsonSchema)}, or null`;
  if (type === "integer") return `integer, ${digits(minimum)} to ${digits(maximum)}`;
  if (type === "array") return `list of: ${describe(items as JsonSchema)}`;
  if (type === "object") return describeRecord(properties as JsonSchema);
  if (typeof description === "string") return description;
  if (pattern === undefined) return `text, up to ${digits(maxLength)} characters`;
  const sizes = [minLength, maxLength].map((length) => digits(Number(length) / 2));
  return `${[...new Set(sizes)].join(" to ")} bytes`;
}

function describeRecord(properties: JsonSchema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `\`${name}\`: ${describe(schema as JsonSchema)}`,
  );
  return `{ ${fields.join("; ")} }`;
}

/** Thousands in groups, but for what may be a year. */
function digits(value: JsonValue | undefined): string {
  return Number(value) < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
