/** One run of a scenario: the ledger, who signs, and what has happened so far. */
import type { SignerRule } from "../../contracts/declaration.ts";
import { transactionType } from "../../contracts/registry.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { errorLine, errorReport, resultText } from "../error-report.ts";
import {
  officer,
  type SignedTransaction,
  signDraft,
  type TransactionSigner,
} from "../sdk/transaction-builder.ts";
import type { Cast, WhichCard } from "./cast.ts";
import type { Named, Names } from "./names.ts";
import type { ScenarioLedger } from "./scenario-ledger.ts";

/** A transaction to be made: its bodies as docs/transactions.md has them, and whose devices sign. */
export interface Order {
  readonly type: string;
  readonly public: { readonly [field: string]: JsonValue };
  readonly private?: JsonValue;
  /** Whose card signs, where the type wants a card. */
  readonly resident?: Named;
  /** Which of his cards. Default: the one that he has now. */
  readonly card?: WhichCard;
  /** Whose terminal signs, where the type wants a terminal. */
  readonly shop?: Named;
  /** The key of a thing that signs, where the type wants its holder. */
  readonly holder?: Signer;
  /** Who signs instead of those whom the type wants. */
  readonly signers?: readonly TransactionSigner[];
}

/** A wallet whose card is at hand, as private parts have it. */
export interface Cardholder {
  readonly municipality: string;
  readonly wallet: string;
  readonly cardSalt: string;
}

/** What came of an order. */
export interface Made {
  readonly order: Order;
  /** Null when it was not even a transaction. */
  readonly signed: SignedTransaction | null;
  /** `OK`, or the code with which it was refused. */
  readonly result: string;
  /** The same for people. */
  readonly told: string;
}

/** One run of a scenario. */
export class Play {
  readonly ledger: ScenarioLedger;
  readonly cast: Cast;
  readonly names: Names;
  readonly #owners = new Map<string, string>();
  readonly #made = new Map<string, Made>();

  constructor(ledger: ScenarioLedger, cast: Cast, names: Names) {
    this.ledger = ledger;
    this.cast = cast;
    this.names = names;
  }

  /** What a thing belongs to, by its id: an organisation; a campaign, its points. */
  ownerOf({ id, name }: Named): string {
    const owner = this.#owners.get(id);
    if (owner === undefined)
      throw new ClientError("STEP_IMPOSSIBLE", { problem: `${name} belongs to nobody` });
    return owner;
  }

  /** Whether a thing is that organisation's. */
  isOwnedBy({ id }: Named, organisation: Named): boolean {
    return this.#owners.get(id) === organisation.id;
  }

  /** From now on that thing belongs to that other. */
  setOwner(thing: Named, owner: Named): void {
    this.#owners.set(thing.id, owner.id);
  }

  /** The transaction of a step that has a name. @throws ClientError `STEP_IMPOSSIBLE` when it made none. */
  madeBy({ id, name }: Named): SignedTransaction & Pick<Made, "order"> {
    const made = this.#made.get(id);
    if (made?.signed == null)
      throw new ClientError("STEP_IMPOSSIBLE", { problem: `${name} made no transaction` });
    return { ...made.signed, order: made.order };
  }

  /** Remembers a transaction under the name of its step. */
  remember(step: Named, made: Made): void {
    this.#made.set(step.id, made);
  }

  /** The record under a key as it is now, or null. */
  read<T>(key: StateKey<T>): Promise<T | null> {
    return this.ledger.read(key);
  }

  /** A resident's wallet and what opens its commitment to his card, as private parts have them. */
  async cardholder(resident: Named, municipality: string, card?: WhichCard): Promise<Cardholder> {
    const { handle, cardSalt } = await this.cast.walletOf(resident, municipality, card);
    return { municipality, wallet: toHex(handle), cardSalt: toHex(cardSalt) };
  }

  /**
   * Makes, signs and submits a transaction. What is wrong without any state comes into no block: the client or the
   * nodes' edge says so, with a code too.
   */
  async make(order: Order): Promise<Made> {
    let signed: SignedTransaction | null = null;
    try {
      signed = await this.#sign(order);
      const result = await this.ledger.submit(signed.bytes);
      return { order, signed, result, told: resultText(result) };
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      return { order, signed, result: error.code, told: errorLine(errorReport(error)) };
    }
  }

  async #sign(order: Order): Promise<SignedTransaction> {
    const { type, public: publicBody, private: privateBody = null } = order;
    const { networkId, nowMs } = this.ledger;
    const signers = order.signers ?? (await this.#signersOf(order));
    return signDraft({ type, public: publicBody, private: privateBody }, signers, {
      networkId,
      nowMs,
    });
  }

  async #signersOf(order: Order): Promise<TransactionSigner[]> {
    const declaration = transactionType(order.type);
    if (declaration === undefined) throw new LedgerFault("UNKNOWN_TYPE", { type: order.type });
    const signers = await Promise.all(
      declaration.signers.map((rule) => this.#signersBy(rule, order)),
    );
    return signers.flat();
  }

  async #signersBy(rule: SignerRule, order: Order): Promise<readonly TransactionSigner[]> {
    switch (rule.kind) {
      case "officer":
        return [this.cast.officer(String(order.public[rule.of]), rule.role)];
      case "card":
        return order.resident === undefined
          ? []
          : [await this.cast.cardOf(order.resident, order.card)];
      case "terminal":
        return order.shop === undefined ? [] : [await this.cast.terminalOf(order.shop)];
      case "governors":
        return this.names.all("organisation").map(({ id }) => this.cast.officer(id, "governor"));
      case "holder":
        return order.holder === undefined ? [] : [officer(order.holder)];
    }
  }
}
