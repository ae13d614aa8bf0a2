import type { Command } from "commander";
import { parseAuthCertificate } from "../pki/profile.ts";
import { type CardChoice, withCard } from "../terminal/choose-card.ts";
import { cardOption, leafCommand, perform, readerOption, waitOption } from "./command.ts";

/** `card info`: what a card says without its PIN. */
export function cardInfoCommand(): Command {
  const command = leafCommand("info", "Show what a card says without its PIN", [
    "card info",
    "card info --card local/hanako.card",
  ])
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(cardOption());
  return perform<CardChoice>(command, async (output, choice) => {
    const { triesLeft, certificate } = await withCard(choice, async (card) => ({
      triesLeft: await card.triesLeft(),
      certificate: parseAuthCertificate(await card.readAuthCertificate()),
    }));
    const { notBeforeMs, notAfterMs, issuer } = certificate;
    const issuerName = issuer.attributes.map(([type, value]) => `${type}=${value}`).join(", ");
    output.result({ triesLeft, issuer: issuerName, notBeforeMs, notAfterMs }, [
      `Tries left for the PIN / 暗証番号の残り回数: ${triesLeft}`,
      `Certificate for user authentication / 利用者証明用電子証明書:`,
      `  issuer      ${issuerName}`,
      `  valid from  ${new Date(notBeforeMs).toISOString()}`,
      `  valid until ${new Date(notAfterMs).toISOString()}`,
    ]);
    return true;
  });
}
