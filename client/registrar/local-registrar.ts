/**
 * Registrar and verifier of one municipality, for local networks: who is behind a pseudonym is known here
 * and nowhere else. A city runs services of its own that give the same answers.
 */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { commitToCard } from "../../contracts/card-commitment.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { bytes, type Infer, list, record, uint } from "../../ledger/schema.ts";
import { readJson } from "../files.ts";
import {
  type AuthCertificate,
  checkAuthCertificate,
  parseAuthCertificate,
} from "../pki/profile.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import type { WalletOfCard } from "../terminal/till.ts";

const KEY_SIZE_BYTES = 32;

const storeSchema = record({
  version: uint(1, 1),
  /** Without it no pseudonym can be recomputed from a certificate. */
  pseudonymKey: bytes(KEY_SIZE_BYTES),
  wallets: list(record({ handle: bytes(32), cardSalt: bytes(32) }), 100_000),
});
type Store = Infer<typeof storeSchema>;

/** Where the registrar keeps its secrets, for whom it answers, and which cards it takes. */
export interface RegistrarOptions {
  /** Made when it is not there; readable by its owner alone. */
  readonly storeFile: string;
  /** Six-digit code. */
  readonly municipality: string;
  readonly anchors: TrustAnchors;
}

/** Knows the wallet of a card. */
export class LocalRegistrar {
  readonly #options: RegistrarOptions;
  #store: Store;

  /** @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#store = existsSync(options.storeFile)
      ? readJson(options.storeFile, storeSchema)
      : { version: 1, pseudonymKey: new Uint8Array(randomBytes(KEY_SIZE_BYTES)), wallets: [] };
  }

  /**
   * Checks the certificate (DER) of a resident who asks for a wallet, and drafts the opening. Whoever asks
   * twice gets the same pseudonym, so that the ledger refuses the second wallet.
   * @throws CertificateError.
   */
  draftOpening(certificateDer: Uint8Array, nowMs: number): Draft {
    const certificate = this.#examine(certificateDer, nowMs);
    const handle = this.#pseudonymOf(certificate);
    const { cardSalt } = this.#find(handle) ?? this.#add(handle);
    const { municipality } = this.#options;
    const cardCommit = toHex(commitToCard(cardSalt, certificate.publicKeyPkcs1));
    return {
      type: "WALLET_OPEN",
      public: { municipality, handle: toHex(handle), cardCommit },
      private: { cardSalt: toHex(cardSalt), statusAsOfMs: nowMs, certificate: null },
    };
  }

  /**
   * The wallet of the card with this certificate (DER).
   * @throws CertificateError; LedgerFault `UNKNOWN_WALLET`.
   */
  walletOf(certificateDer: Uint8Array, nowMs: number): WalletOfCard {
    const wallet = this.#find(this.#pseudonymOf(this.#examine(certificateDer, nowMs)));
    if (wallet === undefined) throw new LedgerFault("UNKNOWN_WALLET");
    return { municipality: this.#options.municipality, ...wallet };
  }

  #examine(certificateDer: Uint8Array, nowMs: number): AuthCertificate {
    const certificate = parseAuthCertificate(certificateDer);
    checkAuthCertificate(certificate, this.#options.anchors, nowMs);
    return certificate;
  }

  /** Keyed, because the certificate is no secret: shops see it. Another one for each municipality. */
  #pseudonymOf({ publicKeyPkcs1 }: AuthCertificate): Uint8Array {
    const mac = createHmac("sha256", this.#store.pseudonymKey)
      .update(`wallet-handle\0${this.#options.municipality}\0`)
      .update(publicKeyPkcs1);
    return new Uint8Array(mac.digest());
  }

  #find(handle: Uint8Array): Omit<WalletOfCard, "municipality"> | undefined {
    return this.#store.wallets.find((wallet) => equalBytes(wallet.handle, handle));
  }

  /** On disk before anybody hears of it: a lost salt is a wallet that can never pay. */
  #add(handle: Uint8Array): Omit<WalletOfCard, "municipality"> {
    const wallet = { handle, cardSalt: new Uint8Array(randomBytes(32)) };
    this.#store = { ...this.#store, wallets: [...this.#store.wallets, wallet] };
    const { storeFile } = this.#options;
    const draft = `${storeFile}.draft`;
    const text = JSON.stringify(storeSchema.toJson(this.#store), null, 2);
    writeFileSync(draft, `${text}\n`, { mode: 0o600, flush: true });
    renameSync(draft, storeFile);
    return wallet;
  }
}
