import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { TRANSACTION_TYPES, transactionType } from "../../contracts/registry.ts";
import { KEY_SPACES, parseKey } from "../../contracts/state/key-spaces.ts";
import type { JsonSchema, JsonValue } from "../../ledger/schema.ts";
import { readText, repositoryRoot } from "../support/files.ts";
import { LedgerWorld } from "../support/ledger-world.ts";
import { transactionsPage } from "../support/transactions-page.ts";

/** Paths of the texts that anybody can fill as he likes: neither a pattern nor a list of words. */
function freeTexts(schema: JsonValue | undefined, path: string): string[] {
  if (schema === null || typeof schema !== "object") return [];
  const { type, pattern, properties, items, anyOf } = schema as JsonSchema;
  const own = type === "string" && pattern === undefined ? [path] : [];
  const inner = Object.entries((properties ?? {}) as JsonSchema).flatMap(([name, field]) =>
    freeTexts(field, `${path}.${name}`),
  );
  const choices = Array.isArray(anyOf) ? anyOf.flatMap((choice) => freeTexts(choice, path)) : [];
  return [...own, ...inner, ...freeTexts(items, `${path}[]`), ...choices];
}

const OFFICES: readonly string[] = ["officer", "governors"];

describe("the registry", () => {
  it("has each type once for each rule version", () => {
    const names = TRANSACTION_TYPES.map(({ type, since }) => `${type} ${since}`);
    assert.equal(new Set(names).size, names.length);
  });

  it("knows every key space that a rule declares: an examination reads no other", () => {
    const files = readdirSync(join(repositoryRoot, "contracts"), {
      recursive: true,
      encoding: "utf8",
    });
    const sources = files
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readText(join("contracts", file)));
    const declared = sources.flatMap((source) =>
      [...source.matchAll(/= keySpace\(\s*"([a-z-]+)"/g)].map(([, name]) => name),
    );
    assert.deepEqual(declared.sort(), KEY_SPACES.map(({ name }) => name).sort());
  });

  it("finds every type, and none that is not there", () => {
    for (const declared of TRANSACTION_TYPES) {
      assert.equal(transactionType(declared.type), declared);
      assert.equal(transactionType(declared.type, declared.since - 1), undefined);
    }
    assert.equal(transactionType("GIFT"), undefined);
    assert.equal(transactionType("constructor"), undefined);
  });

  it("takes the latest declaration that the rule version knows, wherever it stands", () => {
    const [declared] = TRANSACTION_TYPES;
    assert.ok(declared);
    const versions = [3, 1, 7].map((since) => ({ ...declared, since }));
    const chosen = [0, 1, 2, 3, 6, 7, 8].map(
      (ruleVersion) => transactionType(declared.type, ruleVersion, versions)?.since,
    );
    assert.deepEqual(chosen, [undefined, 1, 1, 3, 3, 7, 7]);
  });

  it("has a sample of every type in the test world", () => {
    const types = TRANSACTION_TYPES.map(({ type }) => type);
    assert.deepEqual(Object.keys(new LedgerWorld().samples), types);
  });

  it("keeps for ever only ids of what offices sign, and of the objections of shops", () => {
    const signedByNoOffice = TRANSACTION_TYPES.filter(
      ({ validity, signers }) =>
        validity === "organisation" && !signers.some(({ kind }) => OFFICES.includes(kind)),
    );
    assert.deepEqual(
      signedByNoOffice.map(({ type }) => type),
      ["ORG_KEY_ROTATE", "BATCH_OBJECT"],
    );
  });

  it("is what docs/transactions.md says (node dist/test/support/write-transactions-page.js)", () => {
    assert.equal(readText("docs/transactions.md"), transactionsPage());
  });
});

describe("what the ledger cannot hold (R-005, R-006)", () => {
  it("free text but the names that organisations give", () => {
    const found = TRANSACTION_TYPES.flatMap((declared) => [
      ...freeTexts(declared.public.jsonSchema, declared.type),
      ...freeTexts(declared.private?.jsonSchema, `${declared.type} private`),
    ]);
    assert.deepEqual(found, [
      "POINT_TYPE_DEFINE.nameJa",
      "POINT_TYPE_DEFINE.nameEn",
      "MERCHANT_REGISTER.nameJa",
      "MERCHANT_REGISTER.nameEn",
      "ORGANISATION_ADMIT.nameJa",
      "ORGANISATION_ADMIT.nameEn",
      "CAMPAIGN_OPEN.nameJa",
      "CAMPAIGN_OPEN.nameEn",
      "VOUCHER_SERIES_DEFINE.nameJa",
      "VOUCHER_SERIES_DEFINE.nameEn",
      "PROJECT_OPEN.nameJa",
      "PROJECT_OPEN.nameEn",
      "FACILITY_REGISTER.nameJa",
      "FACILITY_REGISTER.nameEn",
      "SERVICE_DEFINE.nameJa",
      "SERVICE_DEFINE.nameEn",
    ]);
  });

  it("anything of what a resident does with points in the public part", () => {
    const types = ["PAY", "FEE_PAY", "PAY_VOID", "PAY_REFUND", "EVENT_CHECKIN"];
    for (const type of [...types, "VOUCHER_ISSUE", "DONATE", "DONATION_REFUND", "LINK_REMOVE"]) {
      assert.deepEqual(transactionType(type)?.public.fieldNames, [], type);
    }
  });

  it("where a voucher was redeemed in its public part", () => {
    const fields = transactionType("VOUCHER_REDEEM")?.public.fieldNames;
    assert.deepEqual(fields, ["issuer", "series", "voucher"]);
  });

  it("a wallet in the public part of anything but its opening", () => {
    const named = TRANSACTION_TYPES.filter((declared) =>
      declared.public.fieldNames.some((field) => /^(wallets?|handle|lot|link)$/.test(field)),
    );
    assert.deepEqual(
      named.map(({ type }) => type),
      ["WALLET_OPEN"],
    );
  });
});

describe("key spaces", () => {
  it("have each name once, and keys lead back to them", () => {
    const names = KEY_SPACES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const space of KEY_SPACES) {
      const key = space.key("131164", 2026, "x");
      assert.deepEqual(parseKey(key.text), key);
    }
    for (const text of ["gift/1", "wallet", "", "/", "constructor/1"]) {
      assert.equal(parseKey(text), null, text);
    }
  });
});
