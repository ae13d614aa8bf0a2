import { X509Certificate } from "node:crypto";
import { EF } from "../jpki-application.ts";
import type { CredentialName, SoftwareCardState } from "../software-card-state.ts";
import { buildTokenInfo } from "./token-info.ts";

/** Who may read a transparent file: anyone, nobody, or whoever presented that PIN. */
export type ReadCondition = "ALWAYS" | "NEVER" | CredentialName;

/** An elementary file of the application. */
export type AppletFile =
  | { readonly kind: "TRANSPARENT"; readonly content: Uint8Array; readonly read: ReadCondition }
  | { readonly kind: "PIN"; readonly credential: CredentialName }
  | { readonly kind: "KEY"; readonly credential: CredentialName }
  | { readonly kind: "TERMINAL_CA_KEY" };

/** The files of the application by their identifiers; no other identifier exists. */
export function buildFiles(state: SoftwareCardState): ReadonlyMap<number, AppletFile> {
  return new Map<number, AppletFile>([
    [EF.SIGN_CERTIFICATE, transparent(der(state.sign.certificatePem), "sign")],
    [EF.SIGN_CA_CERTIFICATE, transparent(der(state.sign.caCertificatePem))],
    [EF.TOKEN_INFO, transparent(buildTokenInfo())],
    [EF.CERTIFICATE_AVAILABILITY, transparent(BOTH_CERTIFICATES_PRESENT)],
    [EF.UNKNOWN_0009, transparent(new Uint8Array(0), "NEVER")],
    [EF.AUTH_CERTIFICATE, transparent(der(state.auth.certificatePem))],
    [EF.AUTH_CA_CERTIFICATE, transparent(der(state.auth.caCertificatePem))],
    [EF.TERMINAL_CA, { kind: "TERMINAL_CA_KEY" }],
    [EF.AUTH_KEY, { kind: "KEY", credential: "auth" }],
    [EF.AUTH_PIN, { kind: "PIN", credential: "auth" }],
    [EF.SIGN_KEY, { kind: "KEY", credential: "sign" }],
    [EF.SIGN_PIN, { kind: "PIN", credential: "sign" }],
  ]);
}

const BOTH_CERTIFICATES_PRESENT = Uint8Array.of(0x8f, 0x8f, 0x00);

function transparent(content: Uint8Array, read: ReadCondition = "ALWAYS"): AppletFile {
  return { kind: "TRANSPARENT", content, read };
}

function der(pem: string): Uint8Array {
  return new X509Certificate(pem).raw;
}
