/** Many residents on a network of real nodes: each opens a wallet, is granted points, chooses a MyKey ID and pays. */
import { createPrivateKey, createPublicKey, randomBytes, sign, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assembleCast, type Cast, MUNICIPALITY } from "../../client/demo/cast.ts";
import { waitForAll } from "../../client/demo/evidence.ts";
import { PAYMENT, PREPARATION } from "../../client/demo/story.ts";
import type { LocalNetwork } from "../../client/network/local-network.ts";
import { parseAuthCertificate } from "../../client/pki/profile.ts";
import { generateRsaKey, publicKeyOf } from "../../client/pki/rsa-key.ts";
import {
  createTestCa,
  issueCertificate,
  type TestAuthority,
  type TestCa,
} from "../../client/pki/test-ca.ts";
import { authCertificateRequest } from "../../client/pki/test-certificates.ts";
import { issueCrl } from "../../client/pki/test-crl.ts";
import { loadTrustAnchors, type TrustAnchors } from "../../client/pki/trust-anchors.ts";
import { ProvenCard } from "../../client/registrar/card-login.ts";
import { LocalRegistrar } from "../../client/registrar/local-registrar.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import {
  type Draft,
  signDraft,
  type TransactionSigner,
} from "../../client/sdk/transaction-builder.ts";
import { CertificateList } from "../../client/verifier/certificate-list.ts";
import { stateContinuity } from "../../client/verifier/continuity.ts";
import { examineAll } from "../../client/verifier/verifier.ts";
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { Enrolled } from "./secrets-of.ts";

/** Residents who do something at once. */
const AT_ONCE = 16;
/** Every so many residents one renews his card, and one is revoked. */
const EVERY = 10;
const DAY_MS = 86_400_000;

interface Resident extends Enrolled {
  readonly signer: TransactionSigner;
}

/** A town whose residents live through everything that touches their cards. */
export class Town {
  readonly #network: LocalNetwork;
  readonly #ca: TestCa;
  readonly #anchors: TrustAnchors;
  readonly #registrar: LocalRegistrar;
  readonly #cast: Cast;

  private constructor(network: LocalNetwork, ca: TestCa, cast: Cast) {
    this.#network = network;
    this.#ca = ca;
    this.#cast = cast;
    this.#registrar = cast.registrar;
    this.#anchors = loadTrustAnchors([derOf(ca.userAuthentication.certificatePem)]);
  }

  /** @param directories of the network, and of the registrar. */
  static async found(
    network: LocalNetwork,
    directories: { readonly network: string; readonly registrar: string },
  ): Promise<Town> {
    const ca = await createTestCa();
    const anchor = derOf(ca.userAuthentication.certificatePem);
    const demo = await assembleCast(directories.network);
    const registrar = new LocalRegistrar({
      storeFile: join(directories.registrar, "registrar.journal"),
      municipality: MUNICIPALITY,
      anchors: loadTrustAnchors([anchor]),
    });
    writeFileSync(join(directories.registrar, "ca.pem"), ca.userAuthentication.certificatePem);
    const town = new Town(network, ca, { ...demo, registrar });
    await waitForAll(network, "a leader", (all) => all.every(({ leader }) => leader !== null));
    // The story's resident has a software card with a PIN, and his own registrar.
    for (const step of [...PREPARATION, PAYMENT]) {
      await town.#submit((await step.sign(demo, town.#context())).bytes);
    }
    return town;
  }

  /** Enrols so many residents, who pay; some renew their cards, some lose theirs. @returns all cards that ever were. */
  async live(count: number): Promise<Enrolled[]> {
    const residents: Resident[] = [];
    for (let first = 0; first < count; first += AT_ONCE) {
      const group = Math.min(AT_ONCE, count - first);
      residents.push(...(await Promise.all(Array.from({ length: group }, () => this.#enrol()))));
    }
    const renewed = await Promise.all(
      residents.filter((_, i) => i % EVERY === 1).map((resident) => this.#renew(resident)),
    );
    await this.#attest(residents.filter((_, i) => i % EVERY === 2));
    return [...residents, ...renewed];
  }

  async #enrol(): Promise<Resident> {
    const resident = await this.#newCard();
    const { certificate, signer, myKeyId } = resident;
    const opening = this.#registrar.draftOpening(certificate, Date.now());
    await this.#sign(opening, [signer, ...this.#offices("registrar", "verifier")]);
    const proven = new ProvenCard(parseAuthCertificate(certificate));
    this.#registrar.chooseMyKeyId(proven, myKeyId);
    const wallet = toHex(this.#registrar.walletOf(certificate, Date.now()).handle);
    await this.#sign(grantTo(wallet), this.#offices("clerk", "approver"));
    await this.#pay(resident);
    return resident;
  }

  async #pay({ certificate, signer }: Resident): Promise<void> {
    const { municipality, handle, cardSalt } = this.#registrar.walletOf(certificate, Date.now());
    const wallet = { municipality, wallet: toHex(handle), cardSalt: toHex(cardSalt) };
    const at = {
      merchant: "sugamo-bakery",
      terminal: "sugamo-bakery-1",
      amountPt: 30,
      campaign: null,
    };
    const draft = { type: "PAY", public: {}, private: { ...wallet, ...at } };
    await this.#sign(draft, [signer, this.#cast.terminalKey]);
  }

  async #renew(old: Resident): Promise<Resident> {
    const renewed = await this.#newCard();
    const [oldCertificate, newCertificate] = [old.certificate, renewed.certificate];
    const succession = {
      old: parseAuthCertificate(oldCertificate),
      new: parseAuthCertificate(newCertificate),
    };
    const continuity = stateContinuity(this.#ca.userAuthentication, succession, Date.now());
    const renewal = { oldCertificate, newCertificate, continuity };
    const draft = this.#registrar.draftRebinding(renewal, Date.now());
    await this.#sign(draft, [renewed.signer, ...this.#offices("registrar", "verifier")]);
    await this.#pay(renewed);
    return renewed;
  }

  /** The verifier goes through all cards with a list of these. */
  async #attest(revoked: readonly Resident[]): Promise<void> {
    const thisUpdate = new Date(Math.floor(Date.now() / 1000) * 1000);
    const der = await issueCrl(this.#ca.userAuthentication, {
      revocations: revoked.map(({ certificate }) => {
        return { serialHex: parseAuthCertificate(certificate).serialHex, revokedAt: thisUpdate };
      }),
      thisUpdate,
      nextUpdate: new Date(thisUpdate.getTime() + DAY_MS),
    });
    const list = CertificateList.read(der, this.#anchors);
    const cards = this.#registrar.watchedCards();
    const found = await examineAll(MUNICIPALITY, cards, [list], Date.now());
    if (found.unusable !== revoked.length) throw new Error(`${found.unusable} cards are revoked`);
    await this.#sign(found.attestation, this.#offices("verifier"));
  }

  async #newCard(): Promise<Resident> {
    const keyPem = await generateRsaKey();
    const pem = await issueLongSerial(this.#ca.userAuthentication, publicKeyOf(keyPem));
    const key = createPrivateKey(keyPem);
    const der = createPublicKey(key).export({ format: "der", type: "pkcs1" });
    const publicKey = new Uint8Array(der);
    const signer: TransactionSigner = {
      authorise: (message) => ({
        kind: "card",
        algorithm: "jpki-rsa2048-sha256",
        publicKey,
        signature: new Uint8Array(sign("sha256", message, key)),
      }),
    };
    // In letters: twelve digits could pass for a My Number, which no MyKey ID may hold.
    const letters = [...randomBytes(6).toString("hex")].map(
      (digit) => "ghijklmnopqrstuv"[parseInt(digit, 16)],
    );
    const myKeyId = `鍵-${letters.join("")}`;
    return { certificate: derOf(pem), myKeyId, signer };
  }

  #offices(...roles: readonly ("clerk" | "approver" | "registrar" | "verifier")[]) {
    return roles.map((role) => this.#cast.officer(MUNICIPALITY, role));
  }

  #context() {
    return { networkId: networkIdOf(this.#network.genesis), nowMs: Date.now() };
  }

  async #sign(draft: Draft, signers: readonly TransactionSigner[]): Promise<void> {
    await this.#submit((await signDraft(draft, signers, this.#context())).bytes);
  }

  async #submit(bytes: Uint8Array): Promise<void> {
    const { genesis, nodes } = this.#network;
    const clients = nodes.map(({ client }) => client);
    const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
    if (result !== "OK") throw new Error(result);
  }
}

/** Real serials have four bytes, which turn up by chance in so much data; these are looked for instead. */
export async function issueLongSerial(issuer: TestAuthority, spki: Uint8Array): Promise<string> {
  const request = await authCertificateRequest(issuer, spki);
  return issueCertificate(issuer, {
    ...request,
    serialHex: `4${randomBytes(16).toString("hex").slice(1)}`,
  });
}

function grantTo(wallet: string): Draft {
  return {
    type: "POINT_GRANT",
    public: {
      issuer: MUNICIPALITY,
      pointType: "volunteer",
      fiscalYear: fiscalYearOf(civilDateAt(Date.now())),
      budgetCategory: "VOLUNTEER",
      amountPt: 100,
      expiresOn: null,
    },
    private: { wallet },
  };
}

function derOf(pem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(pem).raw);
}
