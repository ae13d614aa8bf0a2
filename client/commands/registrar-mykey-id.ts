import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { isFaultCode, LedgerFault } from "../../ledger/faults.ts";
import { ClientError } from "../client-fault.ts";
import type { ProvenCard } from "../registrar/card-login.ts";
import type { LocalRegistrar } from "../registrar/local-registrar.ts";
import type { CardChoice } from "../terminal/choose-card.ts";
import {
  cardOption,
  genesisOption,
  leafCommand,
  nodeOption,
  perform,
  pinOption,
  readerOption,
  waitOption,
} from "./command.ts";
import {
  OfficeDesk,
  openRegistrar,
  type RegistrarChoice,
  readAnchors,
  withRegistrarOptions,
} from "./municipal-offices.ts";
import { proveCard } from "./prove-card.ts";

interface Options extends RegistrarChoice, CardChoice {
  readonly node?: readonly string[];
  readonly genesis?: string;
  readonly key?: string;
  readonly pin?: string;
  readonly set?: string;
  readonly delete?: true;
}

/** `registrar mykey-id`: the resident sees, changes or deletes his MyKey ID, by his card and PIN. */
export function registrarMyKeyIdCommand(): Command {
  const command = leafCommand(
    "mykey-id",
    "Show, choose or delete the MyKey ID of the resident whose card is on the reader",
    [
      "registrar mykey-id --municipality 131164 --store registrar.journal --anchor ca.pem",
      "registrar mykey-id --set hanako --municipality 131164 --store registrar.journal --anchor ca.pem",
    ],
  )
    .option("--set <id>", "any string of his own choice")
    .option("--delete", "take it away")
    .addOption(nodeOption().makeOptionMandatory(false))
    .addOption(genesisOption())
    .option("--key <file>", "the registrar's key, which claims the ID in the network")
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(pinOption());
  withRegistrarOptions(command);
  return perform<Options>(command, async (output, options) => {
    if (options.set !== undefined && options.delete === true) {
      throw new ClientError("USAGE", { problem: "either --set or --delete" });
    }
    const registrar = openRegistrar(options);
    const proven = await proveCard(options, readAnchors(options.anchor));
    if (options.set !== undefined) await choose(registrar, proven, options, options.set);
    if (options.delete === true) await choose(registrar, proven, options, null);
    const myKeyId = registrar.myKeyIdOf(proven);
    output.result({ myKeyId }, [`マイキーID / MyKey ID: ${myKeyId ?? "（なし） / none"}`]);
    return true;
  });
}

/** First the network, then the journal; what was given up is free when nobody has it any more. */
async function choose(
  registrar: LocalRegistrar,
  proven: ProvenCard,
  { node, genesis, key }: Options,
  chosen: string | null,
): Promise<void> {
  if (node === undefined || key === undefined) {
    throw new ClientError("USAGE", { problem: "--node and --key are needed to change it" });
  }
  const desk = await OfficeDesk.open(genesis === undefined ? { node } : { node, genesis });
  const before = registrar.myKeyIdOf(proven);
  if (chosen !== null) {
    const { result } = await desk.submit(registrar.draftMyKeyId("MYKEY_ID_CLAIM", chosen), key);
    if (result !== ACCEPTED) throw faultOf(result);
  }
  registrar.chooseMyKeyId(proven, chosen);
  if (before !== null && before !== chosen) {
    await desk.submit(registrar.draftMyKeyId("MYKEY_ID_RELEASE", before), key);
  }
}

function faultOf(result: string): LedgerFault {
  if (isFaultCode(result)) return new LedgerFault(result);
  throw new RangeError(`no such fault: ${result}`);
}
