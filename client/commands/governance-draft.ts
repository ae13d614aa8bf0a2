import { type Command, Option } from "commander";
import { isGoverned, type TransactionType } from "../../contracts/declaration.ts";
import { TRANSACTION_TYPES, transactionType } from "../../contracts/registry.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { JsonSchema, JsonValue } from "../../ledger/schema.ts";
import { readGenesis, readKeyFile } from "../files.ts";
import { countersign, readPartlySigned } from "../sdk/countersign.ts";
import { officer, signDraft } from "../sdk/transaction-builder.ts";
import { genesisOption, groupCommand, keyOption, leafCommand, perform } from "./command.ts";
import { handOn } from "./hand-on.ts";

interface Options {
  readonly genesis: string;
  readonly key: readonly string[];
  readonly out: string;
  /** The fields of the type. */
  readonly [field: string]: unknown;
}

/** What the examples fill in. */
const EXAMPLES: { readonly [field: string]: string } = {
  organisation: "142051",
  kind: "municipality",
  nameJa: "藤沢市",
  nameEn: "Fujisawa",
  keys: `'[{ "publicKey": "<hex>", "roles": ["clerk"] }]'`,
  organisations: `'["072028", "131164"]'`,
  roles: `'["clerk"]'`,
  threshold: "2",
  number: "3",
  newNumber: "4",
  publicKey: "<hex>",
  test: "autumn-2026",
  opensAtMs: "1795482000000",
  closesAtMs: "1795485600000",
  address: "/dns4/node.example/tcp/7101",
  role: "voter",
  parameter: "RESERVE_DAYS",
  value: "21",
  effectiveOn: "2027-04-01",
  partner: "card-company",
  exposureCapYen: "10000000",
  funding: "POST",
};

/** `governance draft TYPE`: a form for each type that those who govern sign, made from the registry. */
export function governanceDraftCommand(): Command {
  const forms = TRANSACTION_TYPES.filter(
    (declared) => isGoverned(declared) && transactionType(declared.type) === declared,
  );
  return groupCommand("draft", "Write down what is to be signed", forms.map(formOf));
}

function formOf({ type, title, public: schema }: TransactionType): Command {
  const name = type.toLowerCase().replaceAll("_", "-");
  const { properties } = schema.jsonSchema;
  const fields = Object.entries(properties as { readonly [field: string]: JsonSchema });
  const filledIn = fields
    .filter(([field]) => field in EXAMPLES)
    .map(([field]) => `--${kebab(field)} ${EXAMPLES[field]}`);
  const command = leafCommand(name, `${title.en} / ${title.ja}`, [
    `governance draft ${name} ${filledIn.join(" ")} \\\n` +
      `      --genesis genesis.json --out ${name}.transaction`,
  ]);
  for (const [field, fieldSchema] of fields) {
    command.addOption(fieldOption(field, fieldSchema));
  }
  command
    .addOption(genesisOption().makeOptionMandatory())
    .addOption(keyOption())
    .requiredOption("--out <file>", "where the transaction goes; nothing is overwritten");
  return perform<Options>(command, async (output, options) => {
    const { genesis: genesisFile, key, out, ...given } = options;
    const genesis = readGenesis(genesisFile);
    const body = Object.fromEntries(
      fields.map(([field, fieldSchema]) => [field, fieldValue(given[field], fieldSchema)]),
    );
    const networkId = networkIdOf(genesis);
    const draft = { type, public: body, private: null };
    const unsigned = await signDraft(draft, [], { networkId, nowMs: Date.now() });
    const signers = key.map((file) => officer(readKeyFile(file)));
    const signed = await countersign([readPartlySigned(unsigned.bytes, networkId)], signers);
    handOn(output, signed, { genesis, file: out });
    return true;
  });
}

/** An option for a field. What it must be exactly, the schema says when the form is filled in. */
function fieldOption(field: string, schema: JsonSchema): Option {
  const { type, enum: words } = schema;
  const flag = `--${kebab(field)}`;
  if (type === "boolean") return new Option(flag, "true; without it false").default(false);
  const value = Array.isArray(words) ? words.join("|") : "value";
  return new Option(`${flag} <${value}>`, describe(schema)).makeOptionMandatory();
}

function describe({ type, description, pattern, minLength, maxLength }: JsonSchema): string {
  if (typeof description === "string") return description;
  if (type === "array") return "a list in JSON";
  const isHex = typeof pattern === "string" && pattern.includes("0-9a-f");
  return isHex && minLength === maxLength ? `${maxLength} hexadecimal digits` : "";
}

/** What was typed, as the schema's JSON has it. */
function fieldValue(typed: unknown, { type }: JsonSchema): JsonValue {
  const isJson = typeof typed === "string" && (type === "integer" || type === "array");
  if (!isJson) return typed as JsonValue;
  try {
    return JSON.parse(typed) as JsonValue;
  } catch {
    // The schema, which wants no text here, says it with the field's name.
    return typed;
  }
}

function kebab(camelCase: string): string {
  return camelCase.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
