import type { Command } from "commander";
import { decodeLinkProof } from "../facility/link-proof.ts";
import { expectNewFile, readDecoded, readGenesis, writeNewFile } from "../files.ts";
import { LINKED_SERVICES } from "../services/questions.ts";
import { ofLedger, ofProof, servicesHtml, servicesLines } from "../services/services-page.ts";
import { leafCommand, perform } from "./command.ts";
import { askByCard, type OfficeChoice, withOfficeOptions } from "./services-options.ts";

interface Options extends OfficeChoice {
  readonly proof?: readonly string[];
  readonly out?: string;
}

/** `services show`: everything that the holder of the card is linked to, on one page. */
export function servicesShowCommand(): Command {
  const command = leafCommand(
    "show",
    "カードで登録しているサービスをすべて見る / Show all services that your card is linked to",
    [
      "services show --office http://127.0.0.1:8203 --municipality 131164 --genesis genesis.json",
      "services show --office http://127.0.0.1:8203 --municipality 131164 --genesis genesis.json \\\n" +
        "      --proof hospital.link --out services.html",
    ],
  )
    .option(
      "--proof <file...>",
      "your own proofs, of hospitals and the like: shown, and sent nowhere",
    )
    .option("--out <file>", "also as a page to read or print (HTML)");
  withOfficeOptions(command);
  return perform<Options>(command, async (output, options) => {
    const { proof: files = [], out } = options;
    if (out !== undefined) expectNewFile(out);
    const genesis = readGenesis(options.genesis);
    const proofs = files.map((file) => readDecoded(file, "a member's proof", decodeLinkProof));
    const { answer, certificate } = await askByCard(options, LINKED_SERVICES, {});
    const nowMs = Date.now();
    const services = [
      ...answer.services.map(ofLedger),
      ...proofs.map((proof) => ofProof(proof, certificate, { genesis, nowMs })),
    ];
    if (out !== undefined) writeNewFile(out, servicesHtml(services, nowMs), "secret");
    output.result({ services }, servicesLines(services));
    return true;
  });
}
