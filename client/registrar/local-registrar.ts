/**
 * The registrar of one municipality: who is behind a pseudonym is known here and nowhere else. It keeps certificates and MyKey
 * IDs in a sealed journal; pseudonyms and salts it computes from its custody, so that another member with the same custody gives
 * the same answers, and a lost journal loses no wallet (`recover`).
 */
import { randomBytes } from "node:crypto";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { ClientError } from "../client-fault.ts";
import {
  type AuthCertificate,
  checkAuthCertificate,
  parseAuthCertificate,
} from "../pki/profile.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import type { WalletOfCard } from "../terminal/till.ts";
import { demandContinuity, evidenceHashOf } from "../verifier/continuity.ts";
import type { ProvenCard } from "./card-login.ts";
import { Custody } from "./custody.ts";
import { normaliseMyKeyId } from "./mykey-id.ts";
import { RegistrarStore, type ResidentRecord } from "./registrar-store.ts";

/** Where the registrar keeps its secrets, for whom it answers, and which cards it takes. */
export interface RegistrarOptions {
  /** The sealed journal. Made when it is not there; readable by its owner alone. */
  readonly storeFile: string;
  /** The custody's secret; by default beside the journal. */
  readonly custodyFile?: string;
  /** The secret that all registrars of the network share, for tags of MyKey IDs; by default the custody's own. */
  readonly directoryFile?: string;
  /** Six-digit code. */
  readonly municipality: string;
  readonly anchors: TrustAnchors;
  /** True where the genesis has every node check the certificates (`replicated`); else none leaves this office. */
  readonly showsCertificates?: boolean;
}

/** A new card for a resident whose wallet is known by the old one. */
export interface Renewal {
  /** DER of the certificates. */
  readonly oldCertificate: Uint8Array;
  readonly newCertificate: Uint8Array;
  /** The issuer's statement that the one follows the other (continuity.ts), or null when there is none. */
  readonly continuity: Uint8Array | null;
}

/** A resident as the verifier has to know him: his card, and the wallet that it would stop. */
export interface WatchedCard {
  readonly handle: Uint8Array;
  readonly cardCommit: Uint8Array;
  readonly certificate: AuthCertificate;
}

/** A service of a facility. */
export interface ServicePlace {
  readonly facility: string;
  readonly service: string;
}

/** A resident's link to a service: his pseudonym there, and what binds it to his card. */
export interface LinkOfCard {
  readonly link: Uint8Array;
  readonly cardSalt: Uint8Array;
  readonly cardCommit: Uint8Array;
}

/** Knows the wallet of a card. */
export class LocalRegistrar {
  readonly #options: RegistrarOptions;
  readonly #custody: Custody;
  readonly #directory: Custody;
  readonly #store: RegistrarStore;

  /** @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
  constructor(options: RegistrarOptions) {
    const { storeFile, custodyFile = `${storeFile}.custody` } = options;
    this.#options = options;
    const kept = Custody.ofFile(custodyFile);
    this.#custody = kept ?? new Custody();
    this.#directory = directoryOf(options.directoryFile) ?? this.#custody;
    this.#store = new RegistrarStore(storeFile, this.#custody.derive("journal-key"), () => {
      // Before the first record: what is sealed with a secret that nobody has is lost.
      if (kept === undefined) this.#custody.keep(custodyFile);
    });
  }

  /**
   * Checks the certificate (DER) of a resident who asks for a wallet, and drafts the opening. Whoever asks
   * twice gets the same pseudonym, so that the ledger refuses the second wallet.
   * @param statusAsOfMs as of when a verifier found the certificate good. Test cards, which nobody revokes: now.
   * @throws CertificateError.
   */
  draftOpening(certificateDer: Uint8Array, nowMs: number, statusAsOfMs: number = nowMs): Draft {
    const certificate = this.#examine(certificateDer, nowMs);
    const { cardSalt, cardCommit } = this.#secretsOf(certificate);
    const { handle } = this.#store.byCommit(cardCommit) ?? this.#enrol(certificate);
    return {
      type: "WALLET_OPEN",
      public: {
        municipality: this.#options.municipality,
        handle: toHex(handle),
        cardCommit: toHex(cardCommit),
      },
      private: {
        cardSalt: toHex(cardSalt),
        statusAsOfMs,
        certificate: this.#shown(certificateDer),
      },
    };
  }

  /**
   * Checks that a new card is that of the wallet's holder, and drafts its binding. The store knows both cards from then on, and
   * the ledger which of them pays.
   * @throws LedgerFault `UNKNOWN_WALLET`, `CONTINUITY_UNPROVEN`; CertificateError for the new card.
   */
  draftRebinding(renewal: Renewal, nowMs: number, statusAsOfMs: number = nowMs): Draft {
    const certificate = this.#examine(renewal.newCertificate, nowMs);
    // The old one may have run out or be revoked: it is who he was, not what he signs with.
    const old = parseAuthCertificate(renewal.oldCertificate);
    const { cardCommit: oldCardCommit } = this.#secretsOf(old);
    const resident = this.#store.byCommit(oldCardCommit);
    if (resident === undefined) throw new LedgerFault("UNKNOWN_WALLET");
    const succession = { old, new: certificate };
    const { anchors } = this.#options;
    const statement = demandContinuity(renewal.continuity, succession, anchors, nowMs);
    const salt = new Uint8Array(randomBytes(32));
    const { cardSalt, cardCommit } = this.#secretsOf(certificate);
    const others = resident.cards.filter(({ commit }) => !equalBytes(commit, cardCommit));
    this.#store.put({
      ...resident,
      cards: [...others, { commit: cardCommit, certificate: renewal.newCertificate }],
      evidence: [...resident.evidence, { salt, statement }],
    });
    return {
      type: "CARD_REBIND",
      public: { municipality: this.#options.municipality },
      private: {
        wallet: toHex(resident.handle),
        oldCardCommit: toHex(oldCardCommit),
        cardCommit: toHex(cardCommit),
        cardSalt: toHex(cardSalt),
        statusAsOfMs,
        evidenceHash: toHex(evidenceHashOf(salt, statement)),
        certificate: this.#shown(renewal.newCertificate),
      },
    };
  }

  /**
   * The wallet of the card with this certificate (DER).
   * @throws CertificateError; LedgerFault `UNKNOWN_WALLET`.
   */
  walletOf(certificateDer: Uint8Array, nowMs: number): WalletOfCard {
    const certificate = this.#examine(certificateDer, nowMs);
    const { cardSalt, cardCommit } = this.#secretsOf(certificate);
    const { handle } = this.#store.byCommit(cardCommit) ?? unknownWallet();
    return { municipality: this.#options.municipality, handle, cardSalt };
  }

  /**
   * Knows a card again whose record is lost: custody and card give the commitment, and the ledger has the wallet with it.
   * @param wallets all wallets of the ledger's state.
   * @throws CertificateError; LedgerFault `UNKNOWN_WALLET`.
   */
  recover(
    certificateDer: Uint8Array,
    wallets: Iterable<{ readonly handle: Uint8Array; readonly cardCommit: Uint8Array }>,
    nowMs: number,
  ): WalletOfCard {
    const { cardCommit } = this.#secretsOf(this.#examine(certificateDer, nowMs));
    for (const wallet of wallets) {
      if (!equalBytes(wallet.cardCommit, cardCommit)) continue;
      const cards = [{ commit: cardCommit, certificate: certificateDer }];
      this.#store.put({ handle: wallet.handle, cards, evidence: [], myKeyId: null });
      return this.walletOf(certificateDer, nowMs);
    }
    return unknownWallet();
  }

  /** A resident's card as the verifier has to know it. @throws CertificateError; LedgerFault `UNKNOWN_WALLET`. */
  watchedCard(certificateDer: Uint8Array, nowMs: number): WatchedCard {
    const certificate = this.#examine(certificateDer, nowMs);
    const { cardCommit } = this.#secretsOf(certificate);
    return { handle: this.#residentOf(certificate).handle, cardCommit, certificate };
  }

  /** Everybody's wallet. */
  handles(): Uint8Array[] {
    return this.#store.residents.map(({ handle }) => handle);
  }

  /** Everybody's newest card: what a verifier goes through. */
  watchedCards(): WatchedCard[] {
    return this.#store.residents.flatMap(({ handle, cards }) => {
      const newest = cards.at(-1);
      if (newest === undefined) return [];
      const certificate = parseAuthCertificate(newest.certificate);
      return [{ handle, cardCommit: newest.commit, certificate }];
    });
  }

  /** A wallet's pseudonym with a facility, partner or system: another one for each, and none leads to another. */
  pseudonymFor(
    handle: Uint8Array,
    kind: "facility" | "partner" | "system",
    id: string,
  ): Uint8Array {
    return this.#custody.derive("service-pseudonym", kind, id, handle);
  }

  /**
   * The link of a card's holder to a service, whether or not he has made it: only the ledger knows that.
   * @throws CertificateError; LedgerFault `UNKNOWN_WALLET`.
   */
  linkOf(
    certificateDer: Uint8Array,
    { facility, service }: ServicePlace,
    nowMs: number,
  ): LinkOfCard {
    const certificate = this.#examine(certificateDer, nowMs);
    const { handle } = this.#residentOf(certificate);
    const { publicKeyPkcs1 } = certificate;
    const place = `${facility}/${service}`;
    // Not the wallet's salt: equal commitments would show that a link and a wallet are of one card.
    const cardSalt = this.#custody.derive(
      "card-salt",
      this.#options.municipality,
      place,
      publicKeyPkcs1,
    );
    const link = this.pseudonymFor(handle, "facility", place);
    return { link, cardSalt, cardCommit: commitToCard(cardSalt, publicKeyPkcs1) };
  }

  /** The MyKey ID of the resident whose card signed, as he chose it; null when he has none. */
  myKeyIdOf({ certificate }: ProvenCard): string | null {
    return this.#residentOf(certificate).myKeyId?.chosen ?? null;
  }

  /**
   * Drafts what makes a MyKey ID the only one in the network, for the registrar to sign; or what gives it up.
   * @throws ClientError `MYKEY_ID_REFUSED`.
   */
  draftMyKeyId(act: "MYKEY_ID_CLAIM" | "MYKEY_ID_RELEASE", chosen: string): Draft {
    const tag = this.#directory.derive("mykey-id", normaliseMyKeyId(chosen));
    const { municipality } = this.#options;
    return { type: act, public: { municipality }, private: { tag: toHex(tag) } };
  }

  /**
   * Gives the resident whose card signed the MyKey ID of his choice, which the ledger has accepted; null takes it away.
   * @throws ClientError `MYKEY_ID_REFUSED`; LedgerFault `MYKEY_ID_TAKEN`, `UNKNOWN_WALLET`.
   */
  chooseMyKeyId({ certificate }: ProvenCard, chosen: string | null): void {
    const resident = this.#residentOf(certificate);
    if (chosen === null) {
      this.#store.put({ ...resident, myKeyId: null });
      return;
    }
    const normal = normaliseMyKeyId(chosen);
    const holder = this.#store.byMyKeyId(normal);
    if (holder !== undefined && !equalBytes(holder.handle, resident.handle)) {
      throw new LedgerFault("MYKEY_ID_TAKEN");
    }
    this.#store.put({ ...resident, myKeyId: { chosen, normal } });
  }

  /** The MyKey ID of a wallet's holder, for the act that closes it. */
  myKeyIdOfWallet(handle: Uint8Array): string | null {
    return this.#store.byHandle(handle)?.myKeyId?.chosen ?? null;
  }

  /** The pseudonym behind a MyKey ID, for offices of the municipality. @throws ClientError `MYKEY_ID_REFUSED`. */
  handleOfMyKeyId(chosen: string): Uint8Array | undefined {
    return this.#store.byMyKeyId(normaliseMyKeyId(chosen))?.handle;
  }

  /** Forgets a resident whose wallet is closed. What is left on the ledger leads nowhere. */
  erase(handle: Uint8Array): void {
    this.#store.erase(handle);
  }

  #examine(certificateDer: Uint8Array, nowMs: number): AuthCertificate {
    const certificate = parseAuthCertificate(certificateDer);
    checkAuthCertificate(certificate, this.#options.anchors, nowMs);
    return certificate;
  }

  /** The certificate as the ledger's policy wants it: in the prunable part, or not at all. */
  #shown(certificateDer: Uint8Array): string | null {
    return this.#options.showsCertificates === true ? toHex(certificateDer) : null;
  }

  /** Keyed, because the certificate is no secret: shops see it. Another one for each municipality. */
  #secretsOf({ publicKeyPkcs1 }: AuthCertificate) {
    const { municipality } = this.#options;
    const cardSalt = this.#custody.derive("card-salt", municipality, publicKeyPkcs1);
    return { cardSalt, cardCommit: commitToCard(cardSalt, publicKeyPkcs1) };
  }

  /** A pseudonym that was erased is never given again, not even to whom it was. */
  #enrol(certificate: AuthCertificate): ResidentRecord {
    const { municipality } = this.#options;
    let handle: Uint8Array;
    let round = 0;
    do {
      const parts = [municipality, certificate.publicKeyPkcs1, String(round)];
      handle = this.#custody.derive("wallet-handle", ...parts);
      round += 1;
    } while (this.#store.byHandle(handle) !== undefined);
    const { cardCommit } = this.#secretsOf(certificate);
    const cards = [{ commit: cardCommit, certificate: certificate.der }];
    const resident = { handle, cards, evidence: [], myKeyId: null };
    this.#store.put(resident);
    return resident;
  }

  #residentOf(certificate: AuthCertificate): ResidentRecord {
    return this.#store.byCommit(this.#secretsOf(certificate).cardCommit) ?? unknownWallet();
  }
}

function directoryOf(file: string | undefined): Custody | undefined {
  if (file === undefined) return undefined;
  const kept = Custody.ofFile(file);
  if (kept === undefined) throw new ClientError("FILE_UNREADABLE", { file });
  return kept;
}

function unknownWallet(): never {
  throw new LedgerFault("UNKNOWN_WALLET");
}
