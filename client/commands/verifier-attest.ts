import type { Command } from "commander";
import { ClientError } from "../client-fault.ts";
import { resultText } from "../error-report.ts";
import { readBytes } from "../files.ts";
import type { LocalRegistrar } from "../registrar/local-registrar.ts";
import { CertificateList } from "../verifier/certificate-list.ts";
import { examineAll } from "../verifier/verifier.ts";
import { leafCommand, perform } from "./command.ts";
import {
  type LedgerChoice,
  OfficeDesk,
  openRegistrar,
  type RegistrarChoice,
  readAnchors,
  withLedgerOptions,
  withRegistrarOptions,
} from "./municipal-offices.ts";

interface Options extends RegistrarChoice, LedgerChoice {
  readonly list: readonly string[];
  readonly key: string;
  readonly registrarKey?: string;
}

/** `verifier attest`: goes through all cards with the issuer's lists, once a day. */
export function verifierAttestCommand(): Command {
  const command = leafCommand(
    "attest",
    "Say on the ledger which cards are not revoked, by the issuer's lists; run it for every new list",
    [
      "verifier attest --municipality 131164 --store registrar.journal --anchor ca.pem \\\n" +
        "      --list today.crl --key verifier.key --node http://127.0.0.1:8101",
    ],
  )
    .requiredOption("--list <file...>", "lists of revoked certificates (DER)")
    .requiredOption("--key <file>", "the verifier's key")
    .option("--registrar-key <file>", "the registrar's, when there are very many to suspend");
  withLedgerOptions(withRegistrarOptions(command));
  return perform<Options>(command, async (output, options) => {
    const findings = await examine(openRegistrar(options), options);
    const desk = await OfficeDesk.open(options);
    for (const draft of findings.suspensions) {
      if (options.registrarKey === undefined) {
        throw new ClientError("USAGE", {
          problem: "--registrar-key is needed: too many to suspend",
        });
      }
      await desk.submit(draft, options.registrarKey);
    }
    const { ok, result, height } = await desk.submit(findings.attestation, options.key);
    const { cards, unusable, asOfMs } = findings;
    const asOf = new Date(asOfMs).toISOString();
    output.result({ ok, result, height, cards, unusable, asOfMs }, [
      `カード ${cards} 枚、利用できないもの ${unusable} 枚（${asOf} 時点） / ` +
        `${cards} cards, ${unusable} not usable, as of ${asOf}: ${resultText(result)}`,
    ]);
    return ok;
  });
}

function examine(registrar: LocalRegistrar, { list, anchor, municipality }: Options) {
  const anchors = readAnchors(anchor);
  const lists = list.map((file) => CertificateList.read(readBytes(file), anchors));
  return examineAll(municipality, registrar.watchedCards(), lists, Date.now());
}
