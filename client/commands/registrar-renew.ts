import type { Command } from "commander";
import { resultText } from "../error-report.ts";
import { readBytes } from "../files.ts";
import { leafCommand, perform } from "./command.ts";
import { submitWitnessed, type WitnessedChoice, withWitnessedOptions } from "./witnessed-card.ts";

interface Options extends WitnessedChoice {
  readonly oldCertificate: string;
  readonly continuity?: string;
}

/** `registrar renew`: the resident has a new card, which lies on the reader, and keeps his wallet. */
export function registrarRenewCommand(): Command {
  const command = leafCommand("renew", "Give a resident's wallet to his new card, on the reader", [
    "registrar renew --old-certificate old.cer --continuity statement.bin \\\n" +
      "      --municipality 131164 --store registrar.journal --anchor ca.pem \\\n" +
      "      --ocsp http://127.0.0.1:2560 --key registrar.key --verifier-key verifier.key \\\n" +
      "      --node http://127.0.0.1:8101",
  ])
    .requiredOption("--old-certificate <file>", "of the card that had the wallet (DER)")
    .option("--continuity <file>", "the issuer's statement that the one follows the other");
  withWitnessedOptions(command);
  return perform<Options>(command, async (output, options) => {
    const { oldCertificate, continuity } = options;
    const renewed = {
      oldCertificate: readBytes(oldCertificate),
      continuity: continuity === undefined ? null : readBytes(continuity),
    };
    const { ok, result } = await submitWitnessed(
      options,
      ({ registrar, certificate, nowMs, statusAsOfMs }) => {
        const renewal = { ...renewed, newCertificate: certificate };
        return registrar.draftRebinding(renewal, nowMs, statusAsOfMs);
      },
    );
    const done = "新しいカードに切り替えました / the new card has the wallet";
    output.result({ ok, result }, [ok ? done : resultText(result)]);
    return ok;
  });
}
