import { type Command, InvalidArgumentError } from "commander";
import { countUpTo, leafCommand, perform } from "./command.ts";
import { claimPartner, openMemberLedger, partnerOption } from "./partner-options.ts";

interface Options {
  readonly dir: string;
  readonly credit?: string;
  readonly units: number;
}

/** `partner members`: the member ledger of a company without a system of its own. */
export function partnerMembersCommand(): Command {
  const command = leafCommand("members", "Show or credit the units of a company's members", [
    "partner members --dir desk",
    "partner members --dir desk --credit 9f86d081884c7d65… --units 1200",
  ])
    .addOption(partnerOption())
    .option("--credit <wallet>", "a member's pseudonym, who earned units", walletArgument)
    .option("--units <count>", "how many", countUpTo(999_999_999), 0);
  return perform<Options>(command, async (output, { dir, credit, units }) => {
    await claimPartner(dir);
    const ledger = openMemberLedger(dir);
    if (credit !== undefined) ledger.credit(credit, units);
    const members = [...ledger.members].map(([wallet, has]) => ({ wallet, units: has }));
    const lines = members.map(({ wallet, units: has }) => `${wallet} ${has}`);
    output.result({ members }, lines.length === 0 ? ["会員なし / no members"] : lines);
    return true;
  });
}

function walletArgument(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError("It must be 64 hex digits.");
  return text;
}
