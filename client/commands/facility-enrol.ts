import type { Command } from "commander";
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { openFacility } from "../facility/facility-folder.ts";
import { leafCommand, perform } from "./command.ts";
import { type FacilityChoice, withMemberOptions } from "./facility-options.ts";
import { proveCard } from "./prove-card.ts";
import { dateArgument } from "./settlement-options.ts";

interface Options extends FacilityChoice {
  readonly member: string;
  readonly validTo?: CivilDate;
}

/** `facility enrol`: the person whose card is on the reader becomes a member. Nothing of it is sent anywhere. */
export function facilityEnrolCommand(): Command {
  const command = leafCommand(
    "enrol",
    "カードの本人を登録する（外には出ません） / Enrol the person whose card is on the reader; it stays here",
    [
      "facility enrol --dir hospital --member 4711",
      "facility enrol --dir hospital --member 4711 --valid-to 2027-03-31 --card hanako.card --pin 1234",
    ],
  )
    .requiredOption("--member <number>", "as the facility numbers its members")
    .option("--valid-to <date>", "the last day; left out: it does not end", dateArgument);
  withMemberOptions(command);
  return perform<Options>(command, async (output, options) => {
    const { dir, member, validTo = null } = options;
    const { register, anchors } = await openFacility(dir);
    const { certificate } = await proveCard(options, anchors);
    register.enrol(member, certificate.publicKeyPkcs1, validTo);
    output.result({ member, validTo, members: register.size }, [
      `${member}: 登録しました。次の要約の記録から証明を渡せます`,
      `${member}: enrolled; there is a proof from the next commitment on`,
      `次 / next: mykey-ledger facility commit --dir ${dir} --key clerk.key`,
    ]);
    return true;
  });
}
