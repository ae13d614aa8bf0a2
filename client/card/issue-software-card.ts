import { generateP384Key, generateRsaKey, publicKeyOf } from "../pki/rsa-key.ts";
import type { TestAuthority, TestCa } from "../pki/test-ca.ts";
import {
  issueAuthCertificate,
  issueSignCertificate,
  type ResidentCertificateOptions,
} from "../pki/test-certificates.ts";
import { SoftwareCard, type SoftwareCardOptions } from "./software-card.ts";
import {
  type BlockedAnswer,
  CARD_FILE_FORMAT,
  type Credential,
  type CredentialName,
  FULL_TRIES,
} from "./software-card-state.ts";

/** What a new software card is to be. */
export interface SoftwareCardRequest {
  readonly ca: TestCa;
  /** User-authentication PIN: four digits. */
  readonly pin: string;
  /** 6 to 16 digits and upper-case letters. Default: `DEFAULT_SIGN_PASSWORD`. */
  readonly signPassword?: string;
  /** Start of validity of both certificates. Default: now. */
  readonly issuedAt?: Date;
  /** Default: 6984, as the card's specification has it. */
  readonly blockedAnswer?: BlockedAnswer;
  readonly options?: SoftwareCardOptions;
  /** Of the key for user authentication. Default: `rsa2048`; the ledger does not take the other yet. */
  readonly profile?: CardProfile;
}

/** The generations of cards. */
export const CARD_PROFILES = ["rsa2048", "p384"] as const;
/** The generation of a card. */
export type CardProfile = (typeof CARD_PROFILES)[number];

/** The signing password of a card for which none was asked: nothing in this project presents it. */
export const DEFAULT_SIGN_PASSWORD = "SOFTCARD1";

/** Makes a card with two fresh keys, certificates under the test CA, and full counters. */
export async function issueSoftwareCard(request: SoftwareCardRequest): Promise<SoftwareCard> {
  const { ca, pin, signPassword = DEFAULT_SIGN_PASSWORD, blockedAnswer = "6984" } = request;
  const [auth, sign] = await Promise.all([
    issueCredential(request, { name: "auth", pin, issuer: ca.userAuthentication }),
    issueCredential(request, { name: "sign", pin: signPassword, issuer: ca.digitalSignature }),
  ]);
  return new SoftwareCard({ format: CARD_FILE_FORMAT, blockedAnswer, auth, sign }, request.options);
}

interface CredentialPlan {
  readonly name: CredentialName;
  readonly pin: string;
  readonly issuer: TestAuthority;
}

const ISSUE = { auth: issueAuthCertificate, sign: issueSignCertificate } as const;

async function issueCredential(
  { issuedAt, profile }: SoftwareCardRequest,
  { name, pin, issuer }: CredentialPlan,
): Promise<Credential> {
  const isNext = name === "auth" && profile === "p384";
  const privateKeyPem = await (isNext ? generateP384Key() : generateRsaKey());
  const options: ResidentCertificateOptions = issuedAt ? { issuedAt } : {};
  return {
    privateKeyPem,
    certificatePem: await ISSUE[name](issuer, publicKeyOf(privateKeyPem), options),
    caCertificatePem: issuer.certificatePem,
    pin,
    triesLeft: FULL_TRIES[name],
  };
}
