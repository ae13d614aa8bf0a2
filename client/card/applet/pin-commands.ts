import type { CommandApdu } from "../apdu.ts";
import type { CredentialName } from "../software-card-state.ts";
import { SW } from "../status-words.ts";
import { type AppletSession, referencedEf } from "./session.ts";
import { StatusError } from "./status-error.ts";

/** VERIFY: with data it presents a PIN, without data it asks how many tries are left. */
export function verify(session: AppletSession, command: CommandApdu): number {
  const { p1, p2, data, expectedBytes } = command;
  if (p1 !== 0x00) return SW.WRONG_P1_P2;
  if (expectedBytes > 0) return SW.WRONG_LENGTH;
  const name = referencedPin(session, p2);
  return data.length === 0
    ? session.security.triesStatus(name)
    : session.security.present(name, data);
}

/** CHANGE REFERENCE DATA with P1 01: the new PIN alone; the old one must stand verified. */
export function changeReferenceData(session: AppletSession, command: CommandApdu): number {
  const { p1, p2, data, expectedBytes } = command;
  if (p1 !== 0x01) return SW.WRONG_P1_P2;
  if (expectedBytes > 0 || data.length === 0) return SW.WRONG_LENGTH;
  session.security.change(referencedPin(session, p2), data);
  return SW.OK;
}

function referencedPin(session: AppletSession, p2: number): CredentialName {
  const file = referencedEf(session, p2);
  if (file.kind !== "PIN") throw new StatusError(SW.WRONG_FILE_TYPE);
  return file.credential;
}
