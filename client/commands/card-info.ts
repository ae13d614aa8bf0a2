import type { Command } from "commander";
import { connectCardFile } from "../local-card/card-file.ts";
import { parseAuthCertificate } from "../pki/profile.ts";
import { cardOption, leafCommand, perform } from "./command.ts";

/** `card info`: what a card says without its PIN. */
export function cardInfoCommand(): Command {
  const command = leafCommand("info", "Show what a card says without its PIN", [
    "card info --card local/hanako.card",
  ]).addOption(cardOption());
  return perform<{ card: string }>(command, async (output, { card: file }) => {
    const card = await connectCardFile(file);
    try {
      const triesLeft = await card.triesLeft();
      const certificate = parseAuthCertificate(await card.readAuthCertificate());
      const { notBeforeMs, notAfterMs, issuer } = certificate;
      const issuerName = issuer.attributes.map(([type, value]) => `${type}=${value}`).join(", ");
      output.result({ triesLeft, issuer: issuerName, notBeforeMs, notAfterMs }, [
        `Tries left for the PIN / 暗証番号の残り回数: ${triesLeft}`,
        `Certificate for user authentication / 利用者証明用電子証明書:`,
        `  issuer      ${issuerName}`,
        `  valid from  ${new Date(notBeforeMs).toISOString()}`,
        `  valid until ${new Date(notAfterMs).toISOString()}`,
      ]);
    } finally {
      await card.disconnect();
    }
    return true;
  });
}
