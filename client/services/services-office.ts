/**
 * What a municipality's office for services answers its residents. The registrar's custody says under which pseudonyms somebody
 * would be linked, the ledger whether he is; sensitive services are neither asked for nor answered (facility/link-proof.ts).
 */
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { ELIGIBILITY_MS_MAX, signEligibility } from "../../ledger/eligibility.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import type { Caller } from "../office/callers.ts";
import type { Answering } from "../office/question.ts";
import type { LocalRegistrar } from "../registrar/local-registrar.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import {
  ELIGIBILITY,
  LINKED_SERVICES,
  type LinkedService,
  type SignedWord,
  type WordRequest,
} from "./questions.ts";
import { demandUsable, isOver, knownLinks } from "./usable-link.ts";

/** What the office is made of. */
export interface ServicesOffice {
  readonly municipality: string;
  readonly networkId: Uint8Array;
  /** The registrar as it is now. */
  readonly registrar: () => Pick<LocalRegistrar, "walletOf" | "linkOf" | "pseudonymFor">;
  /** Nodes of the municipality's own. */
  readonly nodes: readonly LedgerClient[];
  /** Signs words: a key that the ledger knows as the municipality's. */
  readonly signer: Signer;
}

/** The answers of the office. */
export function servicesAnswers(office: ServicesOffice) {
  const mayAsk = (caller: Caller) => caller.kind === "card";
  const linked: Answering<object, { readonly services: readonly LinkedService[] }> = {
    question: LINKED_SERVICES,
    mayAsk,
    answer: async (_, nowMs, caller) => {
      const certificate = await goodCard(office, caller, nowMs);
      return { services: await linkedServices(office, certificate, nowMs) };
    },
  };
  const eligibility: Answering<WordRequest, SignedWord> = {
    question: ELIGIBILITY,
    mayAsk,
    answer: async (asked, nowMs, caller) =>
      wordFor(office, asked, await goodCard(office, caller, nowMs), nowMs),
  };
  return [linked, eligibility];
}

/** Everything that the ledger has a card's holder linked to, in the order of facility and service. */
async function linkedServices(
  { municipality, registrar, nodes }: ServicesOffice,
  certificate: Uint8Array,
  nowMs: number,
): Promise<readonly LinkedService[]> {
  const offered = await firstAnswer(nodes, (node) => node.services(municipality));
  const asking = registrar();
  const candidates = offered
    .filter(({ sensitive }) => !sensitive)
    .map((service) => ({ service, link: asking.linkOf(certificate, service, nowMs) }));
  const known = await knownLinks(
    candidates.map(({ link }) => toHex(link.link)),
    nodes,
  );
  const today = civilDateAt(nowMs);
  return candidates.flatMap(({ service: { category: _, sensitive: __, ...service }, link }) => {
    const found = known.get(toHex(link.link));
    if (found === undefined || found.status === "REMOVED") return [];
    const { validTo } = found;
    const isOwn = equalBytes(found.cardCommit, link.cardCommit);
    const isPast = found.status === "ACTIVE" && isOver(validTo, today);
    const status = isOwn ? (isPast ? "EXPIRED" : found.status) : "OTHER_CARD";
    return [{ ...service, status, validTo }];
  });
}

/** @throws LedgerFault `UNKNOWN_LINK`, `CARD_MISMATCH`, `LINK_SUSPENDED`, `RENEWAL_REQUIRED`. */
async function wordFor(
  { networkId, registrar, nodes, signer }: ServicesOffice,
  { facility, service, audience, challenge }: WordRequest,
  certificate: Uint8Array,
  nowMs: number,
): Promise<SignedWord> {
  const asking = registrar();
  const place = { facility, service };
  const link = asking.linkOf(certificate, place, nowMs);
  await demandUsable(link, place, { nodes, nowMs });
  const claims = {
    version: 1,
    networkId,
    ...place,
    audience,
    subject: asking.pseudonymFor(link.link, "system", audience),
    challenge,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + ELIGIBILITY_MS_MAX,
  };
  return { word: signEligibility(claims, signer), publicKey: signer.publicKey };
}

/** The card that asks: lost or revoked, its wallet is stopped, and it is answered no more. @throws LedgerFault `WALLET_SUSPENDED`. */
async function goodCard(
  { registrar, nodes }: ServicesOffice,
  caller: Caller,
  nowMs: number,
): Promise<Uint8Array> {
  if (caller.kind !== "card") throw new LedgerFault("SIGNER_NOT_AUTHORISED");
  const { handle } = registrar().walletOf(caller.certificate, nowMs);
  const { status } = await firstAnswer(nodes, (node) => node.wallet(toHex(handle)));
  if (status !== "ACTIVE") throw new LedgerFault("WALLET_SUSPENDED");
  return caller.certificate;
}
