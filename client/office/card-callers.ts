/** Residents as callers of an office: the card signs the request, with its PIN, and shows its certificate (RFC 9440). */
import { createHash } from "node:crypto";
import { toHex } from "../../ledger/bytes.ts";
import { checkAuthCertificate, parseAuthCertificate } from "../pki/profile.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";
import type { UnlockedCard } from "../terminal/card-signer.ts";
import type { FindCaller } from "./callers.ts";
import type { OfficeClientOptions } from "./office-client.ts";

/**
 * Finds the key in the certificate that came with the request. Whether the card was lost or revoked is for its wallet to say.
 * @throws CertificateError.
 */
export function callersWithCards(anchors: TrustAnchors): FindCaller {
  return async ({ keyId, certificate: der }, nowMs) => {
    if (der === null || keyId !== nameOf(der)) return null;
    const certificate = parseAuthCertificate(der);
    checkAuthCertificate(certificate, anchors, nowMs);
    const { publicKeyPkcs1: publicKey } = certificate;
    return { caller: { kind: "card", certificate: der }, algorithm: "rsa2048-sha256", publicKey };
  };
}

/** A card that asks. */
export function asCaller(
  card: UnlockedCard,
): Required<Pick<OfficeClientOptions, "keyId" | "signer" | "certificate">> {
  const { certificate } = card;
  return { keyId: nameOf(certificate), signer: card, certificate };
}

function nameOf(certificate: Uint8Array): string {
  return `card/${toHex(createHash("sha256").update(certificate).digest())}`;
}
