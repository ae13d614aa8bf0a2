import type { CommandApdu } from "../apdu.ts";
import { JPKI_AID } from "../jpki-application.ts";
import { SW } from "../status-words.ts";
import { type AppletSession, selectEf } from "./session.ts";
import { StatusError } from "./status-error.ts";

const BY_IDENTIFIER = 0x00;
const EF_BY_IDENTIFIER = 0x02;
const BY_NAME = 0x04;

/** SELECT. P2 0C asks for no file control information; with 00 there is none to give either. */
export function select(session: AppletSession, command: CommandApdu): number {
  const { p1, p2, data } = command;
  if (p2 !== 0x00 && p2 !== 0x0c) return SW.WRONG_P1_P2;
  switch (p1) {
    case BY_NAME:
      return selectApplication(session, data);
    case EF_BY_IDENTIFIER:
      return selectElementaryFile(session, data);
    case BY_IDENTIFIER:
      return selectMasterFile(session, command);
    default:
      return SW.WRONG_P1_P2;
  }
}

/** The start of the name will do (JICSAP 1.1 section 4.2). */
function selectApplication(session: AppletSession, name: Uint8Array): number {
  if (name.length === 0 || name.length > 16) return SW.WRONG_LENGTH;
  const matches = name.length <= JPKI_AID.length && name.every((byte, i) => byte === JPKI_AID[i]);
  if (!matches) return SW.FILE_NOT_FOUND;
  session.selected = true;
  session.currentEf = undefined;
  return SW.OK;
}

function selectElementaryFile(session: AppletSession, id: Uint8Array): number {
  const [high, low] = id;
  if (high === undefined || low === undefined || id.length !== 2) {
    throw new StatusError(SW.WRONG_LENGTH);
  }
  selectEf(session, (high << 8) | low);
  return SW.OK;
}

/**
 * As surveyed: 00 A4 00 00 fails before an application is selected, and afterwards answers 9000
 * without selecting anything. By its identifier 3F00 the master file is never found.
 */
function selectMasterFile(session: AppletSession, { p2, data }: CommandApdu): number {
  if (data.length > 0) return SW.FILE_NOT_FOUND;
  return session.selected && p2 === 0x00 ? SW.OK : SW.WRONG_P1_P2;
}
