/** What the commands of a partner share: its folder. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { MemberLedger } from "../partner/member-ledger.ts";
import { claimFolder } from "../terminal/terminal-lock.ts";

/** `--dir DIR`: the desk's notes, and the member ledger of a company without a system of its own. */
export function partnerOption(): Option {
  return new Option("--dir <directory>", "the desk's folder").makeOptionMandatory();
}

/** Makes the folder where it is not there, and claims it. @throws ClientError `PARTNER_IN_USE`. */
export async function claimPartner(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await claimFolder(directory, "PARTNER_IN_USE");
}

/** The member ledger of a folder. @throws ClientError `FILE_MALFORMED`. */
export function openMemberLedger(directory: string): MemberLedger {
  return new MemberLedger(join(directory, "members.jsonl"));
}
