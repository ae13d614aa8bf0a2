import type { Command } from "commander";
import { resultText } from "../error-report.ts";
import { leafCommand, perform } from "./command.ts";
import { submitWitnessed, type WitnessedChoice, withWitnessedOptions } from "./witnessed-card.ts";

/** `registrar enrol`: the resident whose card is on the reader opens a wallet. */
export function registrarEnrolCommand(): Command {
  const command = leafCommand(
    "enrol",
    "Open a wallet for the resident whose card is on the reader",
    [
      "registrar enrol --municipality 131164 --store registrar.journal --anchor ca.pem \\\n" +
        "      --ocsp http://127.0.0.1:2560 --key registrar.key --verifier-key verifier.key \\\n" +
        "      --node http://127.0.0.1:8101",
    ],
  );
  withWitnessedOptions(command);
  return perform<WitnessedChoice>(command, async (output, options) => {
    const { ok, result } = await submitWitnessed(
      options,
      ({ registrar, certificate, nowMs, statusAsOfMs }) =>
        registrar.draftOpening(certificate, nowMs, statusAsOfMs),
    );
    const done = "ウォレットを開きました / the wallet is open";
    output.result({ ok, result }, [ok ? done : resultText(result)]);
    return ok;
  });
}
