/** A shop to practise with: a network on this machine, a resident with points and a card, and the shop's terminal. */
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { ACCEPTED } from "../../ledger/block.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { issueSoftwareCard } from "../card/issue-software-card.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { saveSoftwareCard } from "../card/software-card-state.ts";
import { SoftwareChannel } from "../card/software-channel.ts";
import { ClientError } from "../client-fault.ts";
import { readKeyFile, readText, writeNewFile } from "../files.ts";
import { openTestCa } from "../local-card/test-ca-file.ts";
import { keyFileOf } from "../network/create-network.ts";
import type { LocalNetwork } from "../network/local-network.ts";
import { loadTrustAnchors } from "../pki/trust-anchors.ts";
import { LocalRegistrar } from "../registrar/local-registrar.ts";
import { submitTransaction } from "../sdk/submit.ts";
import { officer } from "../sdk/transaction-builder.ts";
import { makeTerminal } from "../terminal/terminal-folder.ts";
import { TerminalKey } from "../terminal/terminal-key.ts";
import { type Cast, MUNICIPALITY, PIN } from "./cast.ts";
import { waitForAll } from "./evidence.ts";
import { PREPARATION, SHOP, type Step } from "./story.ts";

/** Where the two things are that a counter needs. */
export interface Practice {
  /** The terminal's folder. */
  readonly dir: string;
  /** The resident's software card. */
  readonly card: string;
}

/**
 * Sets the shop up on a network that is up. @param directory holds the network too.
 * @throws ClientError `DEMO_FAILED` when a step is refused.
 */
export async function setUpPractice(
  network: LocalNetwork,
  directory: string,
  onStep: (step: Step) => void,
): Promise<Practice> {
  const { genesis, nodes } = network;
  const clients = nodes.map(({ client }) => client);
  const practice = { dir: join(directory, "terminal"), card: join(directory, "card") };
  const files = { registrarFile: "../registrar.json", anchorFile: "../card-ca.pem" };
  const offices = { kind: "FILES", ...files } as const;
  const settings = { version: 2, issuer: MUNICIPALITY, ...SHOP, reader: null, offices };
  const urls = clients.map(({ url }) => url);
  await makeTerminal(practice.dir, { ...settings, nodes: urls }, genesis);
  const cast = await practiceCast(directory, practice);
  await waitForAll(network, "a leader", (all) => all.every(({ leader }) => leader !== null));
  for (const step of PREPARATION) {
    const context = { networkId: networkIdOf(genesis), nowMs: Date.now() };
    const { bytes } = await step.sign(cast, context);
    const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
    if (result !== ACCEPTED) throw new ClientError("DEMO_FAILED", { step: step.en, result });
    onStep(step);
  }
  return practice;
}

/** Those who sign, with the card and the key that the terminal will find in files. */
async function practiceCast(directory: string, { dir, card: cardFile }: Practice): Promise<Cast> {
  const ca = await openTestCa(join(directory, "test-ca.json"));
  const card = await issueSoftwareCard({ ca, pin: PIN });
  saveSoftwareCard(cardFile, card.state);
  const { certificatePem } = ca.userAuthentication;
  writeNewFile(join(directory, "card-ca.pem"), certificatePem);
  return {
    registrar: new LocalRegistrar({
      storeFile: join(directory, "registrar.json"),
      municipality: MUNICIPALITY,
      anchors: loadTrustAnchors([derOf(certificatePem)]),
    }),
    terminalKey: TerminalKey.fromPem(readText(join(dir, "terminal.key"))),
    certificate: derOf(card.state.auth.certificatePem),
    officer: (organisation, role) => officer(readKeyFile(keyFileOf(directory, organisation, role))),
    placeCard: () => JpkiCard.connect(new SoftwareChannel(card)),
    typePin: () => new TextEncoder().encode(PIN),
  };
}

function derOf(pem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(pem).raw);
}
