import type { Command } from "commander";
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { ClientError } from "../client-fault.ts";
import { decodeLinkProof, isOfCard, verifyLinkProof } from "../facility/link-proof.ts";
import { readDecoded, readGenesis } from "../files.ts";
import { parseAuthCertificate } from "../pki/profile.ts";
import { type CardChoice, withCard } from "../terminal/choose-card.ts";
import {
  cardOption,
  genesisOption,
  leafCommand,
  perform,
  readerOption,
  waitOption,
} from "./command.ts";

interface Options extends CardChoice {
  readonly genesis: string;
  readonly holder?: true;
}

/** `facility verify`: checks a member's proof offline, with the genesis alone. */
export function facilityVerifyCommand(): Command {
  const command = leafCommand(
    "verify",
    "登録の証明を確かめる / Check a member's proof offline, with the genesis alone",
    [
      "facility verify hanako.link --genesis genesis.json",
      "facility verify hanako.link --genesis genesis.json --holder --wait 30",
    ],
  )
    .argument("<file>", "the proof; see: facility proof")
    .addOption(genesisOption().makeOptionMandatory())
    .option("--holder", "also that the card on the reader is the member's; no PIN")
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption());
  return perform<Options>(command, async (output, options, file = "") => {
    const genesis = readGenesis(options.genesis);
    const proof = readDecoded(file, "a member's proof", decodeLinkProof);
    const { leaf, root, committedAtMs } = verifyLinkProof(proof, genesis, verifySignature);
    if (options.holder === true) {
      const certificate = await withCard(options, (card) => card.readAuthCertificate());
      const { publicKeyPkcs1 } = parseAuthCertificate(certificate);
      if (!isOfCard(proof, publicKeyPkcs1)) throw new ClientError("LINK_OF_OTHER");
    }
    const { municipality, facility, service, nameJa, nameEn, validTo } = leaf;
    const committedOn = civilDateAt(committedAtMs);
    const facts = { municipality, facility, service, validTo, committedOn, root: toHex(root) };
    output.result({ ok: true, ...facts, holder: options.holder === true }, [
      `証明済み：${nameJa}（自治体 ${municipality}、${facility}/${service}）、期限 ${validTo ?? "なし"}`,
      `施設は ${committedOn} にこの内容を台帳で約束しました。その後の変更はこの証明では分かりません`,
      `Proven: ${nameEn} (municipality ${municipality}, ${facility}/${service}), valid to ${validTo ?? "no end"},`,
      `committed to on ${committedOn}; of what changed later this proof says nothing`,
    ]);
    return true;
  });
}
