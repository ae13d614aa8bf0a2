/**
 * A small world for tests: a genesis with three nodes and three organisations, officers with real Ed25519
 * keys, a resident's card and a merchant's terminal with real RSA keys, and signed transactions.
 *
 *     const world = new LedgerWorld();                     // RSA keys take a moment: once for each test file
 *     for (const bytes of world.setUp()) …             // issuer, type, budget, merchant, terminal, wallet, grant
 *     const bytes = world.pay(650);
 *
 * Officers, nodes and ids are the same in every run; the RSA keys are not.
 */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { SignerRule } from "../../contracts/declaration.ts";
import { PER_GRANT_CAP_DEFAULT_PT, PER_USE_CAP_DEFAULT_PT } from "../../contracts/fields/fields.ts";
import { transactionType } from "../../contracts/registry.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import type { CborValue } from "../../ledger/encoding.ts";
import { type Genesis, KEY_ROLES, type KeyRole, networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { type Signer, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import type { Schema } from "../../ledger/schema.ts";
import type { SignatureAlgorithm } from "../../ledger/signature.ts";
import {
  type Authorisation,
  buildTransaction,
  encodeTransaction,
} from "../../ledger/transaction.ts";
import { makeTransactionId, type Validity } from "../../ledger/transaction-id.ts";
import { cardSamples } from "./card-samples.ts";
import { nodeSigner } from "./chain-builder.ts";
import { economySamples } from "./economy-samples.ts";
import { governanceSamples } from "./governance-samples.ts";
import { settlementSamples } from "./settlement-samples.ts";

/** 1 November 2026, 10:00 in Japan, when everything here is created: ms since 1970. */
export const AT_MS: number = Date.UTC(2026, 10, 1, 1);
/** How long the transactions here are valid, ms. */
export const VALID_MS = 60_000;

/** Toshima City (豊島区), the issuer of the samples. */
export const TOSHIMA = "131164";
/** Kawasaki (川崎市), which has issued nothing. */
export const KAWASAKI = "141305";
/** A company of the network. */
export const COMPANY = "card-company";
const ORGANISATIONS = [
  { id: TOSHIMA, kind: "municipality", nameJa: "豊島区", nameEn: "Toshima" },
  { id: KAWASAKI, kind: "municipality", nameJa: "川崎市", nameEn: "Kawasaki" },
  { id: COMPANY, kind: "company", nameJa: "カード会社", nameEn: "Card company" },
] as const;

/** Where the new node of the samples listens. */
const NEW_ADDRESS = "/dns4/node-4.example/tcp/7104";

/** The pseudonym of the sample wallet. */
export const WALLET_HANDLE: Uint8Array = seedOf("wallet handle");
/** The salt of its card commitment. */
export const CARD_SALT: Uint8Array = seedOf("card salt");

/** The resident's pseudonym with the library. */
export const LINK_HANDLE: Uint8Array = seedOf("link handle");
/** The salt of its donation. */
export const DONATION_SALT: Uint8Array = seedOf("donation salt");

/** The salt of every private part here. */
export const PRIVATE_SALT: Uint8Array = seedOf("private salt");

/** The id of the conversion that the samples are about. */
export const CONVERSION_ID: Uint8Array = makeTransactionId(
  "card",
  AT_MS,
  seedOf("conversion").slice(0, 16),
);

/** Someone who signs transactions. */
export interface Party {
  readonly kind: Authorisation["kind"];
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** The bodies of a transaction, as its schemas have them. */
export interface Bodies {
  readonly public: { readonly [field: string]: unknown };
  readonly private: { readonly [field: string]: unknown } | null;
}

/** What a test may want otherwise than usual. */
export interface Overrides {
  readonly signers?: readonly Party[];
  readonly createdAtMs?: number;
  readonly notAfterMs?: number;
  readonly id?: Uint8Array;
  readonly networkId?: Hash;
  readonly salt?: Uint8Array;
}

/** A genesis and everybody who signs in its network. */
export class LedgerWorld {
  readonly genesis: Genesis;
  readonly networkId: Hash;
  /** Node keys, in the order of the members' numbers 1, 2, 3. */
  readonly nodes: readonly Signer[];
  readonly card: Party;
  readonly terminal: Party;
  /**
   * Valid bodies of each type. Up to PAY they set a ledger up, in this order, and pay 250 of 1,000 points; those of
   * governance are each valid after the set-up, the others after what they are about.
   */
  readonly samples: { readonly [type: string]: Bodies };
  #nextId = 1;

  /** @param options how many nodes, and keys that are not to be new ones. */
  constructor(
    options: {
      readonly nodes?: number;
      readonly card?: Party;
      readonly terminal?: Party;
      readonly cardAnchors?: Genesis["cardAnchors"];
    } = {},
  ) {
    const { nodes = 3, card = newCard(), terminal = newTerminal() } = options;
    this.nodes = Array.from({ length: nodes }, (_, i) => nodeSigner(i + 1));
    this.genesis = { ...genesisOf(this.nodes), cardAnchors: options.cardAnchors ?? [] };
    this.networkId = networkIdOf(this.genesis);
    this.card = card;
    this.terminal = terminal;
    this.samples = samplesOf(this.card, this.terminal);
  }

  /** A signed transaction; unless said otherwise, by those whom the type wants, at `AT_MS`. */
  transaction(type: string, bodies: Bodies, overrides: Overrides = {}): Uint8Array {
    const declaration = transactionType(type);
    if (declaration === undefined) throw new Error(`no type ${type}`);
    const signers =
      overrides.signers ??
      declaration.signers.flatMap((rule) => this.#signersBy(rule, bodies.public));
    const createdAtMs = overrides.createdAtMs ?? AT_MS;
    const unsigned = buildTransaction(
      {
        version: 1,
        networkId: overrides.networkId ?? this.networkId,
        type,
        id: overrides.id ?? this.#newId(declaration.validity, createdAtMs),
        createdAtMs,
        notAfterMs: overrides.notAfterMs ?? createdAtMs + VALID_MS,
      },
      declaration.public.toCbor(bodies.public),
      privatePartOf(declaration.private, bodies.private, overrides.salt ?? PRIVATE_SALT),
    );
    return encodeTransaction(
      unsigned,
      signers.map(({ kind, algorithm, publicKey, sign: signMessage }) => {
        return { kind, algorithm, publicKey, signature: signMessage(unsigned.signedMessage) };
      }),
    );
  }

  /** The sample of a type, signed. */
  sample(type: string, overrides: Overrides = {}): Uint8Array {
    const bodies = this.samples[type];
    if (bodies === undefined) throw new Error(`no sample of ${type}`);
    return this.transaction(type, bodies, overrides);
  }

  /** Everything up to a wallet with 1,000 points, in order. */
  setUp(overrides: Overrides = {}): Uint8Array[] {
    return this.setUpTypes.map((type) => this.sample(type, overrides));
  }

  /** The types of the samples before PAY. */
  get setUpTypes(): readonly string[] {
    const types = Object.keys(this.samples);
    return types.slice(0, types.indexOf("PAY"));
  }

  /** A payment at the sample terminal. */
  pay(amountPt: number, overrides: Overrides = {}): Uint8Array {
    const { PAY } = this.samples;
    return this.transaction(
      "PAY",
      { public: {}, private: { ...PAY?.private, amountPt } },
      overrides,
    );
  }

  #signersBy(rule: SignerRule, fields: Bodies["public"]): readonly Party[] {
    if (rule.kind === "governors") return GOVERNORS;
    if (rule.kind === "officer") return [officerOf(String(fields[rule.of]), rule.role)];
    if (rule.kind === "holder")
      return HOLDERS.filter(({ publicKey }) => publicKey === fields[rule.of]);
    return [this[rule.kind]];
  }

  #newId(validity: Validity, createdAtMs: number): Uint8Array {
    const random = seedOf(`transaction ${this.#nextId}`).slice(0, 16);
    this.#nextId += 1;
    return makeTransactionId(validity, createdAtMs, random);
  }
}

/** An officer of an organisation of the genesis, with the one role. */
export function officerOf(organisation: string, role: KeyRole): Party {
  return keyOf(`${organisation} ${role}`);
}

/** The Ed25519 key of a label. */
export function keyOf(label: string): Party {
  return { kind: "organisation", algorithm: "ed25519", ...signerOfSeed(seedOf(label)) };
}

/** The key of a node that is not in the network yet. */
export const NEW_NODE: Party = keyOf("new node");
/** The key of an officer who is not in the network yet. */
export const NEW_OFFICER: Party = keyOf("new officer");
/** An officer of Toshima who hands his roles over, or loses his key. */
export const OLD_OFFICER: Party = officerOf(TOSHIMA, "verifier");
/** The key on a voucher. */
export const VOUCHER: Party = keyOf("voucher");
/** The key on the voucher that replaces it. */
export const NEW_VOUCHER: Party = keyOf("new voucher");
const HOLDERS: readonly Party[] = [NEW_NODE, NEW_OFFICER, OLD_OFFICER, VOUCHER, NEW_VOUCHER];
/** Two of the three organisations that govern: as many as decide. */
export const GOVERNORS: readonly Party[] = [TOSHIMA, KAWASAKI].map((id) =>
  officerOf(id, "governor"),
);

/** A resident's card: RSA-2048, exponent 65537. */
export function newCard(): Party {
  return rsaParty("card", "jpki-rsa2048-sha256", 65_537);
}

/** A terminal: RSA-2048, exponent 3. */
export function newTerminal(): Party {
  return rsaParty("terminal", "rsa2048-sha256", 3);
}

/** 32 bytes that only the label decides. */
export function seedOf(label: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(label).digest());
}

function rsaParty(
  kind: Party["kind"],
  algorithm: SignatureAlgorithm,
  publicExponent: number,
): Party {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicExponent,
  });
  return {
    kind,
    algorithm,
    publicKey: new Uint8Array(publicKey.export({ format: "der", type: "pkcs1" })),
    sign: (message) => new Uint8Array(sign("sha256", message, privateKey)),
  };
}

function genesisOf(nodes: readonly Signer[]): Genesis {
  return {
    version: 1,
    name: "Test network",
    createdAtMs: AT_MS - 1000,
    members: nodes.map(({ publicKey }, i) => ({
      number: i + 1,
      publicKey,
      organisation: ORGANISATIONS[i]?.id ?? TOSHIMA,
      address: `/ip4/127.0.0.1/tcp/${7101 + i}`,
      role: "voter",
    })),
    organisations: ORGANISATIONS,
    keys: ORGANISATIONS.flatMap(({ id }) =>
      KEY_ROLES.map((role) => ({
        organisation: id,
        publicKey: officerOf(id, role).publicKey,
        roles: [role],
      })),
    ),
    cardAnchors: [],
    clock: "world",
  };
}

function privatePartOf(
  schema: Schema<unknown> | null,
  body: Bodies["private"],
  salt: Uint8Array,
): { salt: Uint8Array; body: CborValue } | null {
  if (schema === null) return null;
  return { salt, body: schema.toCbor(body) };
}

function samplesOf(card: Party, terminal: Party): { readonly [type: string]: Bodies } {
  const handle = WALLET_HANDLE;
  const cardSalt = CARD_SALT;
  const cardCommit = commitToCard(cardSalt, card.publicKey);
  const organisational = (body: Bodies["public"]): Bodies => ({ public: body, private: null });
  const payment = {
    municipality: TOSHIMA,
    wallet: handle,
    cardSalt,
    merchant: "museum",
    terminal: "museum-1",
    amountPt: 250,
    campaign: null,
  };
  return {
    ISSUER_OPEN: organisational({ issuer: TOSHIMA }),
    POINT_TYPE_DEFINE: organisational({
      issuer: TOSHIMA,
      pointType: "health",
      nameJa: "健康ポイント",
      nameEn: "Health points",
      category: "HEALTH",
      legalClass: "LOCAL_GOVERNMENT",
      expiryRule: { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null },
      perGrantCapPt: PER_GRANT_CAP_DEFAULT_PT,
      perUseCapPt: PER_USE_CAP_DEFAULT_PT,
      restrictedTo: [],
    }),
    BUDGET_APPROPRIATE: organisational({
      issuer: TOSHIMA,
      fiscalYear: 2026,
      category: "HEALTH",
      amountPt: 1_000_000,
    }),
    MERCHANT_REGISTER: organisational({
      issuer: TOSHIMA,
      merchant: "museum",
      nameJa: "郷土資料館",
      nameEn: "City Museum",
      category: "MUSEUM",
    }),
    TERMINAL_REGISTER: organisational({
      issuer: TOSHIMA,
      merchant: "museum",
      terminal: "museum-1",
      algorithm: "rsa2048-sha256",
      publicKey: terminal.publicKey,
    }),
    WALLET_OPEN: {
      public: { municipality: TOSHIMA, handle, cardCommit },
      private: { cardSalt, statusAsOfMs: AT_MS, certificate: null },
    },
    POINT_GRANT: {
      public: {
        issuer: TOSHIMA,
        pointType: "health",
        fiscalYear: 2026,
        budgetCategory: "HEALTH",
        amountPt: 1000,
        expiresOn: null,
      },
      private: { wallet: handle },
    },
    PAY: { public: {}, private: payment },
    ...governanceSamples({
      town: TOSHIMA,
      other: KAWASAKI,
      newcomer: [keyOf("142051 clerk").publicKey, keyOf("142051 approver").publicKey],
      oldOfficer: OLD_OFFICER.publicKey,
      newOfficer: NEW_OFFICER.publicKey,
      newNode: { publicKey: NEW_NODE.publicKey, address: NEW_ADDRESS },
    }),
    ...cardSamples({
      town: TOSHIMA,
      wallet: handle,
      publicKey: card.publicKey,
      cardSalt,
      atMs: AT_MS,
      tag: seedOf("tag of a MyKey ID"),
    }),
    ...economySamples({
      issuer: TOSHIMA,
      wallet: handle,
      cardSalt,
      payment,
      salt: PRIVATE_SALT,
      partner: COMPANY,
      conversion: CONVERSION_ID,
    }),
    ...settlementSamples({
      town: TOSHIMA,
      other: KAWASAKI,
      cardholder: { municipality: TOSHIMA, wallet: handle, cardSalt },
      voucher: VOUCHER.publicKey,
      newVoucher: NEW_VOUCHER.publicKey,
      donationSalt: DONATION_SALT,
      link: LINK_HANDLE,
      cardCommit,
    }),
    LOADTEST_OPEN: organisational({
      test: "autumn-2026",
      opensAtMs: AT_MS,
      closesAtMs: AT_MS + 3_600_000,
    }),
    LOADTEST_PING: { public: {}, private: { test: "autumn-2026", terminal: "museum-1" } },
    WITNESS_PRUNE: organisational({ organisation: TOSHIMA, keptFrom: "2026-09-17" }),
    PAYMENTS_FORGET: { public: { organisation: TOSHIMA }, private: { wallets: [handle] } },
  };
}
