import type { CommandApdu, ResponseApdu } from "../apdu.ts";
import { SW } from "../status-words.ts";
import type { AppletFile, ReadCondition } from "./files.ts";
import { type AppletSession, currentEf, referencedEf } from "./session.ts";
import { StatusError } from "./status-error.ts";

/**
 * READ BINARY: from a 15-bit offset of the current EF, or, with the top bit of P1 set, from an
 * 8-bit offset of the EF whose short identifier P1 carries. The last bytes come without complaint
 * when fewer are left than asked for.
 */
export function readBinary(session: AppletSession, command: CommandApdu): ResponseApdu {
  const { p1, p2, data, expectedBytes } = command;
  if (data.length > 0 || expectedBytes === 0) throw new StatusError(SW.WRONG_LENGTH);
  const named = p1 >= 0x80;
  if (p1 === 0x80) throw new StatusError(SW.WRONG_P1_P2);
  const file = named ? referencedEf(session, p1) : currentEf(session);
  const content = readable(session, file);
  const offset = named ? p2 : (p1 << 8) | p2;
  if (offset >= content.length) throw new StatusError(SW.OFFSET_OUT_OF_FILE);
  return { data: content.subarray(offset, offset + expectedBytes), statusWord: SW.OK };
}

/** READ RECORD(S): the application has no record files. */
export function readRecord(session: AppletSession): number {
  currentEf(session);
  return SW.WRONG_FILE_TYPE;
}

function readable(session: AppletSession, file: AppletFile): Uint8Array {
  if (file.kind !== "TRANSPARENT") throw new StatusError(SW.WRONG_FILE_TYPE);
  requireRead(session, file.read);
  return file.content;
}

function requireRead(session: AppletSession, condition: ReadCondition): void {
  if (condition === "ALWAYS") return;
  if (condition === "NEVER") throw new StatusError(SW.SECURITY_NOT_SATISFIED);
  session.security.require(condition);
}
