/**
 * Who signs in a scenario: officers with the keys of the network, residents with their cards, shops with their
 * terminals. Every signature is a real one.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { toHex, utf8 } from "../../ledger/bytes.ts";
import type { KeyRole } from "../../ledger/genesis.ts";
import { sha256 } from "../../ledger/hash.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { ClientError } from "../client-fault.ts";
import { generateRsaKey } from "../pki/rsa-key.ts";
import { officer, type TransactionSigner } from "../sdk/transaction-builder.ts";
import { TerminalKey } from "../terminal/terminal-key.ts";
import { keyNamed } from "./named-keys.ts";
import type { Named } from "./names.ts";

/** The key of a device: a card or a terminal. */
export interface DeviceKey extends TransactionSigner {
  /** PKCS#1 DER. */
  readonly publicKey: Uint8Array;
}

/** Keys of devices by number, from 0. */
export interface DeviceKeys {
  card(n: number): Promise<DeviceKey>;
  terminal(n: number): Promise<DeviceKey & Pick<TerminalKey, "algorithm">>;
}

/** The key of a card, without the card around it: nodes see no more of a card than this. */
class CardKey implements DeviceKey {
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    const der = createPublicKey(privateKey).export({ format: "der", type: "pkcs1" });
    this.publicKey = new Uint8Array(der);
  }

  /** A new key. Takes some 100 ms of another thread. */
  static async generate(): Promise<CardKey> {
    return new CardKey(createPrivateKey(await generateRsaKey()));
  }

  authorise(message: Uint8Array) {
    return {
      kind: "card",
      algorithm: "jpki-rsa2048-sha256",
      publicKey: this.publicKey,
      signature: new Uint8Array(sign("sha256", message, this.#privateKey)),
    } as const;
  }
}

/** RSA keys, made when they are first asked for and used again by the next scenario: they take time. */
export class KeyRing implements DeviceKeys {
  readonly #cards: Promise<CardKey>[] = [];
  readonly #terminals: Promise<TerminalKey>[] = [];

  card(n: number): Promise<CardKey> {
    this.#cards[n] ??= CardKey.generate();
    return this.#cards[n];
  }

  terminal(n: number): Promise<TerminalKey> {
    this.#terminals[n] ??= TerminalKey.generate();
    return this.#terminals[n];
  }
}

/** The key of an organisation's officer in a role. */
export type OfficerKeys = (organisation: string, role: KeyRole) => Signer;

/** A resident's pseudonym in one place, and what opens its commitment to his card. */
export interface WalletSecrets {
  readonly handle: Uint8Array;
  readonly cardSalt: Uint8Array;
  readonly cardCommit: Uint8Array;
}

/** One of a resident's cards. */
export type WhichCard = "present" | "previous";

/** Everybody who signs in one run of a scenario. */
export class Cast {
  readonly #officers: OfficerKeys;
  readonly #ring: DeviceKeys;
  /** Numbers on the ring: of each resident's cards, the latest last, and of each shop's terminal. */
  readonly #cards = new Map<string, number[]>();
  readonly #terminals = new Map<string, number>();
  #cardsGiven = 0;
  #secretsGiven = 0;

  constructor(officers: OfficerKeys, ring: DeviceKeys) {
    this.#officers = officers;
    this.#ring = ring;
  }

  /** An officer or service of an organisation. */
  officer(organisation: string, role: KeyRole): TransactionSigner {
    return officer(this.#officers(organisation, role));
  }

  /** The card that a resident has now, or the one before it. @throws ClientError `STEP_IMPOSSIBLE` when there is none. */
  cardOf(resident: Named, which: WhichCard = "present"): Promise<DeviceKey> {
    if (!this.#cards.has(resident.id)) this.renewCard(resident);
    const n = this.#cards.get(resident.id)?.at(which === "present" ? -1 : -2);
    if (n === undefined)
      throw new ClientError("STEP_IMPOSSIBLE", {
        problem: `${resident.name} has had one card only`,
      });
    return this.#ring.card(n);
  }

  /** Gives a resident a new card. */
  renewCard(resident: Named): void {
    const cards = this.#cards.get(resident.id) ?? [];
    this.#cards.set(resident.id, [...cards, this.#cardsGiven]);
    this.#cardsGiven += 1;
  }

  /** The terminal of a shop. */
  terminalOf(shop: Named): ReturnType<DeviceKeys["terminal"]> {
    const n = this.#terminals.get(shop.id) ?? this.#terminals.size;
    this.#terminals.set(shop.id, n);
    return this.#ring.terminal(n);
  }

  /** The key in a thing that signs by itself: a printed voucher. */
  holderOf({ id }: Named): Signer {
    return keyNamed(`holder ${id}`);
  }

  /** 32 bytes that were never given before. */
  newSecret(): Uint8Array {
    this.#secretsGiven += 1;
    return secretOf("secret", String(this.#secretsGiven));
  }

  /** What a facility's registrar knows: the link of a resident to a service, bound to the card that he has now. */
  async linkOf(resident: Named, service: Named): Promise<WalletSecrets> {
    const { publicKey } = await this.cardOf(resident);
    const cardSalt = secretOf("link salt", service.id, resident.id, toHex(publicKey));
    const handle = secretOf("link handle", service.id, resident.id);
    return { handle, cardSalt, cardCommit: commitToCard(cardSalt, publicKey) };
  }

  /** What a registrar knows: the wallet of a resident, bound to one of his cards. */
  async walletOf(
    resident: Named,
    municipality: string,
    which: WhichCard = "present",
  ): Promise<WalletSecrets> {
    const { publicKey } = await this.cardOf(resident, which);
    const cardSalt = secretOf("card salt", municipality, resident.id, toHex(publicKey));
    const handle = secretOf("wallet handle", municipality, resident.id);
    return { handle, cardSalt, cardCommit: commitToCard(cardSalt, publicKey) };
  }
}

/** 32 bytes that only their names decide: nothing in a scenario is worth guessing. */
function secretOf(...names: readonly string[]): Uint8Array {
  return sha256(utf8(`scenario ${names.join("/")}`));
}
