import type { Command } from "commander";
import { openFacility } from "../facility/facility-folder.ts";
import { leafCommand, perform } from "./command.ts";
import { facilityOption } from "./facility-options.ts";

/** `facility leave`: a member is forgotten. */
export function facilityLeaveCommand(): Command {
  const command = leafCommand(
    "leave",
    "利用者の登録を消す / Forget a member; commit again afterwards",
    ["facility leave --dir hospital --member 4711"],
  )
    .addOption(facilityOption())
    .requiredOption("--member <number>", "as the facility numbers its members");
  return perform<{ dir: string; member: string }>(command, async (output, { dir, member }) => {
    const { register } = await openFacility(dir);
    register.forget(member);
    output.result({ member, members: register.size }, [
      `${member}: 消しました。要約を記録し直すまで、ほかの利用者の証明も渡せません`,
      `${member}: forgotten. Until the next commitment nobody gets a proof`,
      `次 / next: mykey-ledger facility commit --dir ${dir} --key clerk.key`,
    ]);
    return true;
  });
}
