/** Who acts in the demonstration: officers, a resident with his card, a shop with its terminal. */

import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { KeyRole } from "../../ledger/genesis.ts";
import type { Card } from "../card/card.ts";
import { issueSoftwareCard } from "../card/issue-software-card.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { SoftwareChannel } from "../card/software-channel.ts";
import { readKeyFile } from "../files.ts";
import { keyFileOf } from "../network/create-network.ts";
import { createTestCa } from "../pki/test-ca.ts";
import { loadTrustAnchors } from "../pki/trust-anchors.ts";
import { LocalRegistrar } from "../registrar/local-registrar.ts";
import { officer, type TransactionSigner } from "../sdk/transaction-builder.ts";
import { TerminalKey } from "../terminal/terminal-key.ts";

/** The municipality that issues the points (豊島区). */
export const MUNICIPALITY = "131164";
/** The other municipality (会津若松市). */
export const PARTNER_CITY = "072028";
/** PIN of the resident's software card. */
export const PIN = "1234";

/** Everybody who signs. */
export interface Cast {
  readonly registrar: LocalRegistrar;
  readonly terminalKey: TerminalKey;
  /** The resident's certificate, DER, as the registrar knows it. */
  readonly certificate: Uint8Array;
  /** An officer or service of an organisation. */
  officer(organisation: string, role: KeyRole): TransactionSigner;
  /** Puts the resident's card on a reader: it powers up and forgets what was before. */
  placeCard(): Promise<Card>;
  /** The resident types the PIN. */
  typePin(): Uint8Array;
}

/** Makes cards and keys; officers' keys are those of the network in `directory`. */
export async function assembleCast(directory: string): Promise<Cast> {
  const [ca, terminalKey] = await Promise.all([createTestCa(), TerminalKey.generate()]);
  const card = await issueSoftwareCard({ ca, pin: PIN });
  const anchor = derOf(ca.userAuthentication.certificatePem);
  return {
    registrar: new LocalRegistrar({
      storeFile: join(directory, "registrar.json"),
      municipality: MUNICIPALITY,
      anchors: loadTrustAnchors([anchor]),
    }),
    terminalKey,
    certificate: derOf(card.state.auth.certificatePem),
    officer: (organisation, role) => officer(readKeyFile(keyFileOf(directory, organisation, role))),
    placeCard: () => JpkiCard.connect(new SoftwareChannel(card)),
    typePin: () => new TextEncoder().encode(PIN),
  };
}

function derOf(certificatePem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(certificatePem).raw);
}
