/**
 * Who pays whom: residents with RSA-2048 card keys and shops' terminals. The keys are made here instead of
 * in software cards: a signature is the same, and a node cannot tell.
 */
import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { generateRsaKey } from "../client/pki/rsa-key.ts";
import type { TransactionSigner } from "../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../client/terminal/terminal-key.ts";
import { toHex } from "../ledger/bytes.ts";

/** The municipality of the local network that issues the points (豊島区). */
export const ISSUER = "131164";

/** A resident; plain data, so that worker threads can have it. */
export interface Resident {
  readonly cardKeyPem: string;
  /** Hexadecimal. */
  readonly wallet: string;
  /** Hexadecimal. */
  readonly cardSalt: string;
}

/** A till with its terminal; plain data. */
export interface Shop {
  readonly merchant: string;
  readonly terminal: string;
  readonly terminalKeyPem: string;
}

/** Everybody who takes part in payments. */
export interface Payers {
  readonly residents: readonly Resident[];
  readonly shops: readonly Shop[];
}

/** Makes the keys, which takes some 100 ms each. */
export async function makePayers(residents: number, shops: number): Promise<Payers> {
  return {
    residents: await Promise.all(Array.from({ length: residents }, makeResident)),
    shops: await Promise.all(Array.from({ length: shops }, (_, i) => makeShop(i + 1))),
  };
}

/** The key of a resident's card as a signer. */
export function cardSigner(cardKeyPem: string): TransactionSigner & { publicKey: Uint8Array } {
  const key = createPrivateKey(cardKeyPem);
  const der = createPublicKey(key).export({ format: "der", type: "pkcs1" });
  const publicKey = new Uint8Array(der);
  return {
    publicKey,
    authorise: (message) => ({
      kind: "card",
      algorithm: "jpki-rsa2048-sha256",
      publicKey,
      signature: new Uint8Array(sign("sha256", message, key)),
    }),
  };
}

async function makeResident(): Promise<Resident> {
  const [wallet, cardSalt] = [randomBytes(32), randomBytes(32)];
  return { cardKeyPem: await generateRsaKey(), wallet: toHex(wallet), cardSalt: toHex(cardSalt) };
}

async function makeShop(number: number): Promise<Shop> {
  const merchant = `shop-${number}`;
  const key = await TerminalKey.generate();
  return { merchant, terminal: `${merchant}-1`, terminalKeyPem: key.toPem() };
}
