/**
 * Strict readers of YAML nodes: what is unknown, missing, doubled or of another form is a `Misreading` at its place.
 * Every word is accepted in Japanese and in English.
 */
import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import type { Wording } from "../../contracts/declaration.ts";
import { Misreading } from "./misreading.ts";
import type { Named, NameKind, Names } from "./names.ts";
import { NAME_KINDS } from "./names.ts";

/** Reads one kind of value. */
export interface Reader<T> {
  /** What may stand there, for people. */
  readonly means: Wording;
  /** @throws Misreading. */
  read(node: ParsedNode, names: Names): T;
}

/** An entry of a mapping. */
export interface Field<T> {
  readonly words: Wording;
  readonly reader: Reader<T>;
  /** What counts when the entry is not there; null: it must be there. */
  readonly otherwise: { readonly value: T } | null;
}
/** The entries of a mapping, by the name that the program has for them. */
export type Fields = { readonly [name: string]: Field<unknown> };
/** What a mapping says. */
export type Entries<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** An entry that must be there. */
export function field<T>(en: string, ja: string, reader: Reader<T>): Field<T> {
  return { words: { ja, en }, reader, otherwise: null };
}

/** An entry that may be left out. */
export function optional<T, D>(en: string, ja: string, reader: Reader<T>, value: D): Field<T | D> {
  return { words: { ja, en }, reader, otherwise: { value } };
}

/** Where a node begins. */
export function offsetOf(node: ParsedNode): number {
  return node.range[0];
}

/** The text of a scalar. @throws Misreading when it is something else or empty. */
export function textOf(node: ParsedNode): string {
  if (isScalar(node) && typeof node.value === "string" && node.value !== "") return node.value;
  throw new Misreading(offsetOf(node), "値が必要です", "a value is needed here");
}

/** A scalar as `parse` understands it. @param parse null when it does not. */
export function scalar<T>(means: Wording, parse: (text: string) => T | null): Reader<T> {
  return {
    means,
    read(node) {
      const text = textOf(node);
      const value = parse(text);
      if (value !== null) return value;
      const { ja, en } = means;
      throw new Misreading(
        offsetOf(node),
        `「${text}」は使えません。${ja}を書いてください`,
        `"${text}" cannot stand here: ${en} is needed`,
      );
    },
  };
}

/** Any text. */
export const anyText: Reader<string> = scalar({ ja: "文字", en: "text" }, (text) => text);

/** One of several words, each with its value. */
export function oneOfWords<T>(words: readonly (readonly [Wording, T])[]): Reader<T> {
  const list = (language: keyof Wording) => words.map(([word]) => word[language]).join(" | ");
  return scalar({ ja: list("ja"), en: list("en") }, (text) => {
    const found = words.find(([{ ja, en }]) => text === ja || text === en);
    return found === undefined ? null : found[1];
  });
}

/** A name that is defined here. */
export function newName(kind: NameKind): Reader<Named> {
  const { ja, en } = NAME_KINDS[kind];
  return {
    means: { ja: `新しい${ja}の名前`, en: `${en}, by a new name` },
    read: (node, names) => names.define(kind, textOf(node), offsetOf(node)),
  };
}

/** A name that was defined before. */
export function nameOf(kind: NameKind): Reader<Named> {
  const { ja, en } = NAME_KINDS[kind];
  return {
    means: { ja: `${ja}の名前`, en: `${en}, by its name` },
    read: (node, names) => names.find(kind, textOf(node), offsetOf(node)),
  };
}

/** One or more values of a kind; a single one needs no list. */
export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return {
    means: { ja: `${item.means.ja}（いくつでも）`, en: `${item.means.en}, any number` },
    read: (node, names) =>
      isSeq(node)
        ? node.items.map((each) => item.read(each as ParsedNode, names))
        : [item.read(node, names)],
  };
}

/** A mapping with exactly these entries. */
export function mapping<F extends Fields>(fields: F): Reader<Entries<F>> {
  const each = Object.entries(fields);
  const list = (language: keyof Wording) => each.map(([, { words }]) => words[language]).join(", ");
  const means = { ja: `項目 ${list("ja")}`, en: `the entries ${list("en")}` };
  return {
    means,
    read(node, names) {
      const given = entriesOf(node, means);
      const known = given.map(({ key, ...entry }) => {
        const found = each.find(([, { words }]) => key === words.ja || key === words.en);
        if (found !== undefined) return { ...entry, name: found[0] };
        throw new Misreading(
          entry.offset,
          `「${key}」という項目はありません（${list("ja")}）`,
          `there is no entry "${key}" (${list("en")})`,
        );
      });
      const values = each.map(([name, { words, reader, otherwise }]) => {
        const [first, second] = known.filter((entry) => entry.name === name);
        if (second !== undefined) throw doubled(second.offset, words);
        if (first !== undefined) return [name, reader.read(first.value, names)];
        if (otherwise !== null) return [name, otherwise.value];
        throw new Misreading(
          offsetOf(node),
          `項目「${words.ja}」がありません`,
          `the entry "${words.en}" is missing`,
        );
      });
      return Object.fromEntries(values) as Entries<F>;
    },
  };
}

/** An entry of a mapping as it is written. */
export interface WrittenEntry {
  readonly key: string;
  /** Where the key stands. */
  readonly offset: number;
  readonly value: ParsedNode;
}

/** The entries of a mapping. @throws Misreading when it is something else. */
export function entriesOf(node: ParsedNode, means: Wording): readonly WrittenEntry[] {
  if (!isMap(node)) {
    throw new Misreading(offsetOf(node), `${means.ja}が必要です`, `${means.en} are needed here`);
  }
  return node.items.map(({ key, value }) => {
    const offset = offsetOf(key);
    if (value === null) throw new Misreading(offset, "値が必要です", "a value is needed here");
    return { key: textOf(key), offset, value };
  });
}

/** An entry that is there in both languages. (The same word twice is refused by the YAML parser.) */
function doubled(offset: number, { ja, en }: Wording): Misreading {
  return new Misreading(offset, `項目「${ja}」が二度あります`, `the entry "${en}" is there twice`);
}
