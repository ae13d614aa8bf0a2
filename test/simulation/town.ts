/**
 * The people of a simulation: a city that grants points, three residents with a card each, a shop. Transactions are
 * signed once for each size of network and used by all runs of a process: a run draws from them.
 */
import { addDays } from "../../contracts/fields/dates.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { toHex } from "../../ledger/bytes.ts";
import { makeTransactionId, TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import {
  AT_MS,
  type Bodies,
  CARD_SALT,
  LedgerWorld,
  type Overrides,
  officerOf,
  seedOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { CARDS, TERMINAL } from "./rsa-keys.ts";

/** What a transaction is about, for whoever judges the answers. */
export interface Order {
  /** Hexadecimal id of the transaction. */
  readonly id: string;
  /** What the id is made of. */
  readonly label: string;
  /** Another one for each order, also for two of one id. */
  readonly name: string;
  /** Whose points. */
  readonly wallet: number;
  /** What it adds to the wallet, pt: a grant more than nothing, a payment less. */
  readonly changePt: number;
  readonly bytes: Uint8Array;
}

/** How long a payment is valid: for all of a run, for its beginning, for its end. */
export type Validity = "long" | "short" | "late";

/** What each wallet holds after the set-up, pt. */
export const OPENING_PT = 1000;
/** Wallets, by number from 0. */
export const WALLETS = CARDS.length;
/** From when until when payments are valid, ms since the run began. */
const VALIDITY_MS: Record<Validity, readonly [from: number, to: number]> = {
  long: [0, 120_000],
  short: [0, 6000],
  late: [30_000, 150_000],
};
/** Payments of each kind by each resident. */
const PAYMENTS: Record<Validity, number> = { long: 24, short: 8, late: 12 };
/** Grants to each resident. */
const GRANTS = 4;
const DAY_MS = 86_400_000;
/** How long after the run it is forgotten, and how often somebody says so. */
export const LATER_DAYS = 100;
const PRUNES = 40;

/** A network's genesis, and everything that its clients will ever sign. */
export class Town {
  readonly world: LedgerWorld;
  /** What comes first, in this order. */
  readonly setUp: readonly Uint8Array[];
  readonly payments: Readonly<Record<Validity, readonly Order[]>>;
  readonly grants: readonly Order[];
  /** That the witness is to be destroyed, of one day more each, long after the run. */
  readonly prunes: readonly Uint8Array[];
  /** Other payments under the id of a long one, by that id. */
  readonly rivals: ReadonlyMap<string, Order>;

  constructor(nodes: number) {
    this.world = new LedgerWorld({ nodes, card: CARDS[0], terminal: TERMINAL });
    this.setUp = this.#setUp();
    this.payments = {
      long: this.#payments("long"),
      short: this.#payments("short"),
      late: this.#payments("late"),
    };
    this.grants = WALLET_NUMBERS.flatMap((wallet) =>
      Array.from({ length: GRANTS }, (_, i) => this.#grant(wallet, `grant ${wallet}.${i}`, 300)),
    );
    this.prunes = Array.from({ length: PRUNES }, (_, i) => this.#prune(i));
    this.rivals = new Map(
      this.payments.long.map(({ wallet, label, id }) => {
        return [id, this.#payment(wallet, label, "long", 7)];
      }),
    );
  }

  #prune(day: number): Uint8Array {
    const keptFrom = addDays("2026-11-02", day);
    const bodies = { public: { organisation: TOSHIMA, keptFrom }, private: null };
    const createdAtMs = AT_MS + LATER_DAYS * DAY_MS;
    return this.world.transaction("WITNESS_PRUNE", bodies, {
      createdAtMs,
      notAfterMs: createdAtMs + DAY_MS,
    });
  }

  #setUp(): Uint8Array[] {
    const rules = [
      ...["ISSUER_OPEN", "POINT_TYPE_DEFINE", "BUDGET_APPROPRIATE"],
      ...["MERCHANT_REGISTER", "TERMINAL_REGISTER"],
    ];
    const wallets = WALLET_NUMBERS.flatMap((wallet) => [
      this.#openWallet(wallet),
      this.#grant(wallet, `opening ${wallet}`, OPENING_PT).bytes,
    ]);
    return [...rules.map((type) => this.world.sample(type)), ...wallets];
  }

  #openWallet(wallet: number): Uint8Array {
    const [card] = CARDS.slice(wallet);
    if (card === undefined) throw new RangeError(`no wallet ${wallet}`);
    const cardCommit = commitToCard(CARD_SALT, card.publicKey);
    const bodies = {
      public: { municipality: TOSHIMA, handle: handleOf(wallet), cardCommit },
      private: { cardSalt: CARD_SALT, statusAsOfMs: AT_MS, certificate: null },
    };
    const attesters = [officerOf(TOSHIMA, "registrar"), officerOf(TOSHIMA, "verifier")];
    return this.world.transaction("WALLET_OPEN", bodies, { signers: [card, ...attesters] });
  }

  #payments(validity: Validity): Order[] {
    return WALLET_NUMBERS.flatMap((wallet) =>
      Array.from({ length: PAYMENTS[validity] }, (_, i) =>
        this.#payment(wallet, `${validity} ${wallet}.${i}`, validity, 20 + ((i * 37) % 180)),
      ),
    );
  }

  /** @param label makes the id; with another amount it is another payment under the same id. */
  #payment(wallet: number, label: string, validity: Validity, amountPt: number): Order {
    const [card] = CARDS.slice(wallet);
    if (card === undefined) throw new RangeError(`no wallet ${wallet}`);
    const [fromMs, toMs] = VALIDITY_MS[validity];
    const body = { ...this.#sample("PAY").private, wallet: handleOf(wallet), amountPt };
    const order = { name: `${label} of ${amountPt}`, label, wallet, changePt: -amountPt };
    return this.#order(
      order,
      "PAY",
      { public: {}, private: body },
      {
        signers: [card, TERMINAL],
        createdAtMs: AT_MS + fromMs,
        notAfterMs: AT_MS + toMs,
      },
    );
  }

  #grant(wallet: number, label: string, amountPt: number): Order {
    const bodies = {
      public: { ...this.#sample("POINT_GRANT").public, amountPt },
      private: { wallet: handleOf(wallet) },
    };
    const order = { name: label, label, wallet, changePt: amountPt };
    return this.#order(order, "POINT_GRANT", bodies, { notAfterMs: AT_MS + DAY_MS });
  }

  #order(
    order: Omit<Order, "id" | "bytes">,
    type: string,
    bodies: Bodies,
    overrides: Overrides,
  ): Order {
    const validity = type === "PAY" ? "card" : "organisation";
    const random = seedOf(order.label).slice(0, TRANSACTION_ID_SIZE_BYTES);
    const id = makeTransactionId(validity, overrides.createdAtMs ?? AT_MS, random);
    const bytes = this.world.transaction(type, bodies, { ...overrides, id });
    return { ...order, id: toHex(id), bytes };
  }

  #sample(type: string): Bodies {
    const bodies = this.world.samples[type];
    if (bodies === undefined) throw new Error(`no sample of ${type}`);
    return bodies;
  }
}

const WALLET_NUMBERS: readonly number[] = CARDS.map((_, wallet) => wallet);

function handleOf(wallet: number): Uint8Array {
  return seedOf(`wallet handle ${wallet}`);
}

const towns = new Map<number, Town>();

/** The town of a network of that many nodes: signing takes a moment, so each is made once. */
export function townOf(nodes: number): Town {
  const town = towns.get(nodes) ?? new Town(nodes);
  towns.set(nodes, town);
  return town;
}
