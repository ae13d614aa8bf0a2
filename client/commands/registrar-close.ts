import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { resultText } from "../error-report.ts";
import { draftClosing } from "../registrar/closing.ts";
import type { LocalRegistrar } from "../registrar/local-registrar.ts";
import type { UnlockedCard } from "../terminal/card-signer.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";
import { OfficeDesk, openRegistrar } from "./municipal-offices.ts";
import {
  type ResidentCardChoice,
  withResidentCard,
  withResidentCardOptions,
} from "./resident-card.ts";

interface Options extends ResidentCardChoice {
  readonly forfeit?: number;
  readonly key?: string;
}

/** `registrar close`: the resident whose card is on the reader leaves. */
export function registrarCloseCommand(): Command {
  const command = leafCommand(
    "close",
    "Close the wallet of the card on the reader, and forget who had it",
    [
      "registrar close --forfeit 120 --municipality 131164 --store registrar.journal \\\n" +
        "      --anchor ca.pem --key registrar.key --node http://127.0.0.1:8101",
    ],
  )
    .option("--forfeit <pt>", "the points that the resident gives up", countUpTo(999_999_999))
    .option("--key <file>", "the registrar's key, which gives his MyKey ID up");
  withResidentCardOptions(command);
  return perform<Options>(command, async (output, options) => {
    const registrar = openRegistrar(options);
    const desk = await OfficeDesk.open(options);
    const { ok, result } = await withResidentCard(options, (unlocked) =>
      close({ registrar, desk, unlocked }, options),
    );
    const done =
      "ウォレットを閉じ、登録を消しました / the wallet is closed, and its holder forgotten";
    output.result({ ok, result }, [ok ? done : resultText(result)]);
    return ok;
  });
}

/** Who takes part: the resident's card, and the office that forgets him. */
interface Parting {
  readonly registrar: LocalRegistrar;
  readonly desk: OfficeDesk;
  readonly unlocked: UnlockedCard;
}

async function close(
  { registrar, desk, unlocked }: Parting,
  { forfeit = 0, key }: Options,
): Promise<{ readonly ok: boolean; readonly result: string }> {
  const wallet = registrar.walletOf(unlocked.certificate, Date.now());
  const state = await desk.wallet(wallet.handle);
  // Closed, but not forgotten: an earlier run was interrupted.
  const isClosed = state.status === "CLOSED";
  const { ok, result } = isClosed
    ? { ok: true, result: ACCEPTED }
    : await desk.submit(draftClosing(wallet, state, forfeit), unlocked);
  if (!ok) return { ok, result };
  const myKeyId = registrar.myKeyIdOfWallet(wallet.handle);
  if (myKeyId !== null && key !== undefined) {
    await desk.submit(registrar.draftMyKeyId("MYKEY_ID_RELEASE", myKeyId), key);
  }
  registrar.erase(wallet.handle);
  return { ok, result };
}
