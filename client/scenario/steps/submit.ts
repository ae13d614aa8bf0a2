/** A step for every transaction that has no words of its own: its bodies as docs/transactions.md has them. */
import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { civilDateAt } from "../../../contracts/fields/dates.ts";
import { transactionType } from "../../../contracts/registry.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { KEY_ROLES, type KeyRole } from "../../../ledger/genesis.ts";
import type { JsonValue } from "../../../ledger/schema.ts";
import type { WalletSecrets } from "../cast.ts";
import { Misreading } from "../misreading.ts";
import { NAME_KINDS, type Named, type NameKind, type Names } from "../names.ts";
import type { Order, Play } from "../play.ts";
import {
  entriesOf,
  field,
  listOf,
  mapping,
  nameOf,
  offsetOf,
  oneOfWords,
  optional,
  type Reader,
  scalar,
  textOf,
} from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";

/** A value that is known when the step is done. */
type Deferred<T> = (play: Play) => Promise<T>;

const BODY = {
  ja: "本文（$ で始まる値は名前を指す）",
  en: "a body; a value that begins with $ names something",
};

/** What has an id that a body may hold. A resident has none: the ledger knows wallets. */
const ID_WORDS = (Object.keys(NAME_KINDS) as NameKind[]).filter(
  (kind) => kind !== "resident" && kind !== "step",
);
/** Those that name a resident's wallet: `$wallet 花子@川崎市`. */
const WALLET_WORDS: Readonly<Record<string, keyof WalletSecrets>> = {
  wallet: "handle",
  "card-salt": "cardSalt",
  "card-commit": "cardCommit",
};

/** A body in YAML. */
const body: Reader<Deferred<JsonValue>> = { means: BODY, read: readValue };

const typeName: Reader<string> = scalar(
  { ja: "取引の種類（docs/transactions.md）", en: "a type of docs/transactions.md" },
  (text) => (transactionType(text) === undefined ? null : text),
);

const roleOf: Reader<KeyRole> = oneOfWords(
  KEY_ROLES.map((role) => [{ ja: role, en: role }, role] as const),
);

/** Any transaction. */
export const submit: StepKind = action({
  words: { ja: "取引", en: "submit" },
  says: {
    ja: "まだ固有の言葉のない取引を、その本文のまま送ります。署名者は、書かなければ取引の種類が求める人です。",
    en: "Submits any transaction by its bodies; signed by those whom its type wants unless told.",
  },
  fields: {
    type: field("type", "種類", typeName),
    public: field("public", "公開", body),
    private: optional("private", "非公開", body, null),
    resident: optional("card of", "カード", nameOf("resident"), null),
    shop: optional("terminal of", "端末", nameOf("shop"), null),
    signers: optional(
      "signed by",
      "署名者",
      listOf(
        mapping({
          organisation: field("organisation", "団体", nameOf("organisation")),
          role: field("role", "役割", roleOf),
        }),
      ),
      null,
    ),
  },
  async orders(wanted, play) {
    const publicBody = await wanted.public(play);
    const order: Order = {
      type: wanted.type,
      public: publicBody as Order["public"],
      private: wanted.private === null ? null : await wanted.private(play),
      ...(wanted.resident === null ? {} : { resident: wanted.resident }),
      ...(wanted.shop === null ? {} : { shop: wanted.shop }),
      ...(wanted.signers === null
        ? {}
        : {
            signers: wanted.signers.map(({ organisation, role }) =>
              play.cast.officer(organisation.id, role),
            ),
          }),
    };
    return [order];
  },
});

function readValue(node: ParsedNode, names: Names): Deferred<JsonValue> {
  if (isMap(node)) {
    const entries = entriesOf(node, BODY).map(
      ({ key, value }) => [key, readValue(value, names)] as const,
    );
    return async (play) =>
      Object.fromEntries(
        await Promise.all(entries.map(async ([key, value]) => [key, await value(play)] as const)),
      );
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => readValue(item as ParsedNode, names));
    return (play) => Promise.all(items.map((item) => item(play)));
  }
  return readScalar(node, names);
}

/** Plain digits are a number and `null`, `true`, `false` themselves, as in JSON; what is quoted is text. */
function readScalar(node: ParsedNode, names: Names): Deferred<JsonValue> {
  const text = textOf(node);
  if (text.startsWith("$")) return readNamed(text.slice(1), node, names);
  const isPlain = isScalar(node) && node.type === "PLAIN";
  const isJson = isPlain && /^(?:0|[1-9][0-9]*|null|true|false)$/.test(text);
  const value = isJson ? (JSON.parse(text) as JsonValue) : text;
  return async () => value;
}

function readNamed(text: string, node: ParsedNode, names: Names): Deferred<JsonValue> {
  const offset = offsetOf(node);
  const space = text.indexOf(" ");
  const word = space < 0 ? text : text.slice(0, space);
  const name = space < 0 ? "" : text.slice(space + 1);
  if (word === "now") return async ({ ledger }) => ledger.nowMs;
  if (word === "today") return async ({ ledger }) => civilDateAt(ledger.nowMs);
  const kind = ID_WORDS.find((each) => each === word);
  if (kind !== undefined) {
    const { id } = names.find(kind, name, offset);
    return async () => id;
  }
  if (word === "step") {
    const step = names.find("step", name, offset);
    return async (play) => play.madeBy(step).id;
  }
  const secret = WALLET_WORDS[word];
  if (secret !== undefined) return readSecret(secret, walletOf(name, offset, names));
  throw new Misreading(
    offset,
    `「$${word}」という指し方はありません`,
    `there is no "$${word}" (${[...ID_WORDS, ...Object.keys(WALLET_WORDS)].join(", ")}, step, now, today)`,
  );
}

interface WalletName {
  readonly resident: Named;
  readonly municipality: Named;
}

function walletOf(name: string, offset: number, names: Names): WalletName {
  const [resident = "", municipality = ""] = name.split("@");
  return {
    resident: names.find("resident", resident, offset),
    municipality: names.find("organisation", municipality, offset),
  };
}

function readSecret(
  secret: keyof WalletSecrets,
  { resident, municipality }: WalletName,
): Deferred<JsonValue> {
  return async ({ cast }) => toHex((await cast.walletOf(resident, municipality.id))[secret]);
}
