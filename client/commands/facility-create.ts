import { X509Certificate } from "node:crypto";
import type { Command } from "commander";
import { makeFacility } from "../facility/facility-folder.ts";
import { readDecoded } from "../files.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { genesisOption, leafCommand, nodeOption, perform } from "./command.ts";
import { facilityOption } from "./facility-options.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly dir: string;
  readonly municipality: string;
  readonly facility: string;
  readonly service: string;
  readonly nameJa: string;
  readonly nameEn: string;
  readonly anchor: readonly string[];
  readonly node: readonly string[];
  readonly genesis?: string;
}

/** `facility create`: the desk of a sensitive service, once. */
export function facilityCreateCommand(): Command {
  const command = leafCommand(
    "create",
    "要配慮サービスの窓口を作る / Make the desk of a sensitive service, once",
    [
      "facility create --dir hospital --municipality 131164 --facility hospital --service card \\\n" +
        "      --name-ja '市民病院 診察券' --name-en 'City Hospital' \\\n" +
        "      --anchor ca.pem --node http://127.0.0.1:8101 --genesis genesis.json",
    ],
  )
    .addOption(facilityOption())
    .requiredOption("--municipality <code>", "six-digit code")
    .requiredOption("--facility <id>", "the facility, as it was registered")
    .requiredOption("--service <id>", "its service, as it was defined: a sensitive one")
    .requiredOption("--name-ja <text>", "what members call it, in Japanese")
    .requiredOption("--name-en <text>", "the same in English")
    .requiredOption("--anchor <file...>", "certificates of the authority that issues the cards")
    .addOption(nodeOption())
    .addOption(genesisOption());
  return perform<Options>(command, async (output, options) => {
    const { dir, municipality, facility, service, nameJa, nameEn, node: nodes } = options;
    const clients = nodes.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(options.genesis, clients);
    const anchors = options.anchor.map((file) => readDecoded(file, "a certificate", derOf));
    const place = { municipality, facility, service, nameJa, nameEn };
    makeFacility(dir, { version: 1, ...place, nodes, anchors }, genesis);
    output.result({ dir, ...place }, [
      `${dir}: 窓口ができました。members.secret を失うと名簿は開けません。控えを安全に保管してください`,
      `${dir}: the desk is made. Keep a copy of members.secret: without it nobody opens the register`,
      `次 / next: mykey-ledger facility enrol --dir ${dir} --member NUMBER`,
    ]);
    return true;
  });
}

function derOf(certificate: Uint8Array): Uint8Array {
  return new Uint8Array(new X509Certificate(certificate).raw);
}
