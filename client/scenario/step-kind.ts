/**
 * The form in which a kind of step is declared: its words, its entries, and what it does. From it come the reader, the
 * list of words (`scenario words`) and the run.
 */
import type { ParsedNode } from "yaml";
import type { Wording } from "../../contracts/declaration.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import type { Named, Names } from "./names.ts";
import type { Order, Play } from "./play.ts";
import { type Entries, type Fields, mapping } from "./reader.ts";

/** What may stand beside any step that makes a transaction. */
export interface Asked {
  /** `OK`, or the code with which it is to be refused. */
  readonly result: string;
  /** The name of the step, for later ones. */
  readonly as: Named | null;
}

/** What came of a step. */
export interface Verdict {
  readonly ok: boolean;
  readonly expected: string;
  readonly found: string;
}

/** Does what a step says. */
export type Perform = (play: Play, asked: Asked) => Promise<Verdict>;

/** A kind of step. */
export interface StepKind {
  /** The word that begins the step. */
  readonly words: Wording;
  /** What it does, in a sentence. */
  readonly says: Wording;
  /** `action` makes a transaction, `expectation` looks at the ledger, `clock` lets time pass. */
  readonly family: "action" | "expectation" | "clock";
  /** Its entries; null when it is a single value. */
  readonly fields: Fields | null;
  /** What follows the word. @throws Misreading. */
  read(node: ParsedNode, names: Names): Perform;
}

/** What the declarations below have in common. */
interface Declared<F extends Fields> {
  readonly words: Wording;
  readonly says: Wording;
  readonly fields: F;
}

/** Declares a step that makes transactions: the last is the one that is judged, those before must be accepted. */
export function action<F extends Fields>(
  declared: Declared<F> & {
    orders(entries: Entries<NoInfer<F>>, play: Play): Promise<readonly Order[]> | readonly Order[];
  },
): StepKind {
  const { words, says, fields } = declared;
  const reader = mapping(fields);
  return {
    words,
    says,
    fields,
    family: "action",
    read(node, names) {
      const entries = reader.read(node, names);
      return async (play, asked) => makeAll(await declared.orders(entries, play), play, asked);
    },
  };
}

async function makeAll(orders: readonly Order[], play: Play, asked: Asked): Promise<Verdict> {
  const last = orders.at(-1);
  if (last === undefined) throw new RangeError("an action makes a transaction");
  for (const order of orders.slice(0, -1)) {
    const { result, told } = await play.make(order);
    if (result !== ACCEPTED) {
      return { ok: false, expected: ACCEPTED, found: `${order.type} ${told}` };
    }
  }
  const made = await play.make(last);
  if (asked.as !== null) play.remember(asked.as, made);
  return { ok: made.result === asked.result, expected: asked.result, found: made.told };
}

/** What was expected beside what was found, told alike. */
export interface Comparison {
  readonly expected: string | number;
  readonly found: string | number;
}

/** Declares a step that looks at the ledger. */
export function expectation<F extends Fields>(
  declared: Declared<F> & {
    compare(entries: Entries<NoInfer<F>>, play: Play): Promise<Comparison>;
  },
): StepKind {
  const { words, says, fields } = declared;
  const reader = mapping(fields);
  return {
    words,
    says,
    fields,
    family: "expectation",
    read(node, names) {
      const entries = reader.read(node, names);
      return async (play) => {
        const { expected, found } = await declared.compare(entries, play);
        return verdict(String(expected), String(found));
      };
    },
  };
}

/** It is right when both are the same. */
export function verdict(expected: string, found: string): Verdict {
  return { ok: expected === found, expected, found };
}
