/**
 * What a municipality sets up, as its officers write it: one YAML file, in Japanese or English words. Read strictly, with
 * the place of what is wrong; every value is one that the ledger's own schemas take.
 */
import type { ParsedNode } from "yaml";
import {
  displayName,
  PER_GRANT_CAP_DEFAULT_PT,
  PER_USE_CAP_DEFAULT_PT,
} from "../../contracts/fields/fields.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { KeyRole } from "../../ledger/genesis.ts";
import { Misreading } from "../scenario/misreading.ts";
import { type NameKind, Names } from "../scenario/names.ts";
import {
  field,
  listOf,
  mapping,
  offsetOf,
  oneOfWords,
  optional,
  type Reader,
  scalar,
} from "../scenario/reader.ts";
import {
  amount,
  expiryRule,
  grantCategory,
  legalClass,
  merchantCategory,
  municipalityCode,
  shortId,
} from "../scenario/values.ts";
import { readYaml } from "../scenario/yaml-file.ts";

/** A name as the ledger takes it: no My Number, and not too long. */
const name: Reader<string> = scalar({ ja: "名前", en: "a name" }, (text) => {
  try {
    return displayName.fromJson(text);
  } catch (error) {
    if (error instanceof LedgerFault) return null;
    throw error;
  }
});

const publicKey: Reader<string> = scalar(
  { ja: "公開鍵（十六進六十四桁）", en: "a public key, 64 hexadecimal digits" },
  (text) => (/^[0-9a-f]{64}$/.test(text) ? text : null),
);

const role: Reader<KeyRole> = oneOfWords([
  [{ ja: "担当者", en: "clerk" }, "clerk"],
  [{ ja: "承認者", en: "approver" }, "approver"],
  [{ ja: "会計", en: "accountant" }, "accountant"],
  [{ ja: "登録", en: "registrar" }, "registrar"],
  [{ ja: "確認", en: "verifier" }, "verifier"],
] as const);

/** A short id that nothing else of its kind in the file has. */
function newId(kind: NameKind): Reader<string> {
  return {
    means: shortId.means,
    read: (node: ParsedNode, names: Names) => {
      const id = shortId.read(node, names);
      return names.define(kind, id, offsetOf(node), id).id;
    },
  };
}

const townEntries = mapping({
  municipality: field(
    "municipality",
    "自治体",
    mapping({
      id: field("code", "番号", municipalityCode),
      nameJa: field("name", "名前", name),
      nameEn: field("English name", "英語名", name),
    }),
  ),
  officers: field(
    "officers",
    "職員",
    listOf(
      mapping({
        roles: field("roles", "役割", listOf(role)),
        publicKey: field("key", "鍵", publicKey),
      }),
    ),
  ),
  pointTypes: field(
    "points",
    "ポイント",
    listOf(
      mapping({
        pointType: field("id", "略称", newId("points")),
        nameJa: field("name", "名前", name),
        nameEn: field("English name", "英語名", name),
        category: field("for", "目的", grantCategory),
        legalClass: optional("legal class", "法的区分", legalClass, "LOCAL_GOVERNMENT" as const),
        expiryRule: field("expires", "期限", expiryRule),
        perGrantCapPt: optional("cap per grant", "付与上限", amount, PER_GRANT_CAP_DEFAULT_PT),
        perUseCapPt: optional("cap per payment", "利用上限", amount, PER_USE_CAP_DEFAULT_PT),
        restrictedTo: optional("only at", "使える店", listOf(merchantCategory), []),
      }),
    ),
  ),
  budgets: field(
    "budgets",
    "予算",
    listOf(
      mapping({
        fiscalYear: field("fiscal year", "年度", amount),
        category: field("for", "目的", grantCategory),
        amountPt: field("amount", "額", amount),
      }),
    ),
  ),
  merchants: optional(
    "shops",
    "加盟店",
    listOf(
      mapping({
        merchant: field("id", "略称", newId("shop")),
        nameJa: field("name", "名前", name),
        nameEn: field("English name", "英語名", name),
        category: optional("kind", "種類", merchantCategory, "SHOP" as const),
      }),
    ),
    [],
  ),
});

/** What a municipality sets up. */
export type Town = ReturnType<typeof townEntries.read>;

/**
 * Reads the file. @param file its name, for people.
 * @throws ClientError `SET_UP_MALFORMED` with line, column and what is wrong.
 */
export function readTown(text: string, file: string): Town {
  return readYaml(text, { file, fault: "SET_UP_MALFORMED" }, (root) => {
    const town = townEntries.read(root, new Names());
    assertTwoPersons(town, offsetOf(root));
    return town;
  });
}

/** Value takes two persons: one file names both. */
function assertTwoPersons({ officers }: Town, offset: number) {
  const keysOf = (wanted: KeyRole) =>
    officers.filter(({ roles }) => roles.includes(wanted)).map((officer) => officer.publicKey);
  const clerks = keysOf("clerk");
  if (keysOf("approver").some((key) => clerks.some((other) => other !== key))) return;
  throw new Misreading(
    offset,
    "担当者と承認者は、鍵の異なる二人が必要です",
    "a clerk and an approver with different keys are needed",
  );
}
