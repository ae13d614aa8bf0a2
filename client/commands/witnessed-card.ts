/** What enrolment and renewal have in common: the card signs, and the municipality's registrar and verifier witness it. */
import type { Command } from "commander";
import { ClientError } from "../client-fault.ts";
import { parseAuthCertificate } from "../pki/profile.ts";
import type { LocalRegistrar } from "../registrar/local-registrar.ts";
import type { Decision } from "../sdk/submit.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import { askOverHttp } from "../verifier/ask-over-http.ts";
import { demandGood } from "../verifier/certificate-status.ts";
import { OcspSource } from "../verifier/ocsp.ts";
import { OfficeDesk, openRegistrar, readAnchors } from "./municipal-offices.ts";
import {
  type ResidentCardChoice,
  withResidentCard,
  withResidentCardOptions,
} from "./resident-card.ts";

/** How a command line names card, witnesses and the issuer's word. */
export interface WitnessedChoice extends ResidentCardChoice {
  readonly key: string;
  readonly verifierKey: string;
  readonly ocsp?: string;
}

/** Adds the options of `WitnessedChoice`. */
export function withWitnessedOptions(command: Command): Command {
  command
    .requiredOption("--key <file>", "the registrar's key")
    .requiredOption("--verifier-key <file>", "the verifier's key")
    .option("--ocsp <url>", "address of the issuer's responder; only test cards need none");
  return withResidentCardOptions(command);
}

/** What a draft is made of. */
export interface WitnessedCard {
  readonly registrar: LocalRegistrar;
  /** The card on the reader, DER. */
  readonly certificate: Uint8Array;
  readonly nowMs: number;
  /** As of when the issuer says that it is good. */
  readonly statusAsOfMs: number;
}

/** Asks the issuer, has the draft signed by card and witnesses, and submits it. */
export async function submitWitnessed(
  options: WitnessedChoice,
  draftOf: (card: WitnessedCard) => Draft,
): Promise<Decision & { readonly ok: boolean }> {
  const desk = await OfficeDesk.open(options);
  const registrar = openRegistrar(options, desk.takesCertificates);
  return withResidentCard(options, async (unlocked) => {
    const { certificate } = unlocked;
    const nowMs = Date.now();
    const statusAsOfMs = await statusOf(certificate, options, nowMs);
    const draft = draftOf({ registrar, certificate, nowMs, statusAsOfMs });
    return desk.submit(draft, unlocked, options.key, options.verifierKey);
  });
}

/** @throws LedgerFault `CERT_REVOKED`, `CERT_STATUS_UNKNOWN`; ClientError. */
function statusOf(
  certificate: Uint8Array,
  { ocsp, anchor }: WitnessedChoice,
  nowMs: number,
): Promise<number> | number {
  const anchors = readAnchors(anchor);
  if (ocsp !== undefined) {
    const source = new OcspSource(askOverHttp(ocsp), anchors);
    return demandGood(source, parseAuthCertificate(certificate), nowMs);
  }
  // Nobody revokes those.
  if (anchors.hierarchy === "JPKI-TEST") return nowMs;
  throw new ClientError("USAGE", { problem: "--ocsp is needed: these are no test cards" });
}
