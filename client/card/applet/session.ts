import type { KeyObject } from "node:crypto";
import { CURRENT_EF } from "../jpki-application.ts";
import type { CredentialName } from "../software-card-state.ts";
import { SW } from "../status-words.ts";
import type { AppletFile } from "./files.ts";
import type { SecurityState } from "./security-state.ts";
import { StatusError } from "./status-error.ts";

/** What the applet's commands work on. */
export interface AppletSession {
  readonly files: ReadonlyMap<number, AppletFile>;
  readonly security: SecurityState;
  /** Private keys: RSA-2048, or P-384 on a card of the next generation. */
  readonly keys: Readonly<Record<CredentialName, KeyObject>>;
  /** Whether the application is the current DF. */
  selected: boolean;
  currentEf: AppletFile | undefined;
}

/**
 * Makes the file with that identifier the current EF.
 * @throws StatusError 6A82 when there is none, or no application is selected.
 */
export function selectEf(session: AppletSession, id: number): AppletFile {
  const file = session.selected ? session.files.get(id) : undefined;
  if (!file) throw new StatusError(SW.FILE_NOT_FOUND);
  session.currentEf = file;
  return file;
}

/**
 * The file a P2 names: 80 is the current EF, 81 to 9E carry a short EF identifier.
 * @throws StatusError 6986 without a current EF, 6A82 for no such file, 6A86 for another P2.
 */
export function referencedEf(session: AppletSession, p2: number): AppletFile {
  if (p2 === CURRENT_EF) return currentEf(session);
  if (p2 < 0x81 || p2 > 0x9e) throw new StatusError(SW.WRONG_P1_P2);
  return selectEf(session, p2 & 0x1f);
}

/** @throws StatusError 6986 when no file is current. */
export function currentEf(session: AppletSession): AppletFile {
  if (!session.currentEf) throw new StatusError(SW.NO_CURRENT_EF);
  return session.currentEf;
}
