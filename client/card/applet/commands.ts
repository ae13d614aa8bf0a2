import { randomBytes } from "node:crypto";
import type { CommandApdu, ResponseApdu } from "../apdu.ts";
import { INS } from "../jpki-application.ts";
import { SW } from "../status-words.ts";
import { computeSignature } from "./compute-signature.ts";
import { changeReferenceData, verify } from "./pin-commands.ts";
import { readBinary, readRecord } from "./read-binary.ts";
import { select } from "./select.ts";
import { type AppletSession, referencedEf } from "./session.ts";
import { StatusError } from "./status-error.ts";

/** Runs a command; a bare number is an answer without data. May throw a `StatusError`. */
type Handler = (session: AppletSession, command: CommandApdu) => ResponseApdu | number;

const INTERINDUSTRY: Readonly<Record<number, Handler>> = {
  [INS.VERIFY]: verify,
  [INS.CHANGE_REFERENCE_DATA]: changeReferenceData,
  [INS.GET_CHALLENGE]: getChallenge,
  [INS.INTERNAL_AUTHENTICATE]: internalAuthenticate,
  [INS.SELECT]: select,
  [INS.READ_BINARY]: readBinary,
  [INS.READ_RECORD]: readRecord,
  [INS.GET_DATA]: () => SW.OBJECT_NOT_FOUND,
};

const PROPRIETARY: Readonly<Record<number, Handler>> = {
  [INS.COMPUTE_SIGNATURE]: computeSignature,
  // Known to exist, but not how they are spoken to: each refuses as the surveyed card did.
  [INS.SET_PUBLIC_IC_KEY]: () => SW.WRONG_P1_P2,
  [INS.SET_SESSION_KEY]: () => SW.SECURITY_NOT_SATISFIED,
  [INS.LAST_COMMAND]: () => SW.WRONG_LENGTH,
};

/** Answers a command: class first, then instruction, then what the instruction finds. */
export function execute(session: AppletSession, command: CommandApdu): ResponseApdu {
  const refusal = refusedClass(command.cla);
  if (refusal !== undefined) return withoutData(refusal);
  const handler = (command.cla === 0x80 ? PROPRIETARY : INTERINDUSTRY)[command.ins];
  if (!handler) return withoutData(SW.INS_NOT_SUPPORTED);
  try {
    const answer = handler(session, command);
    return typeof answer === "number" ? withoutData(answer) : answer;
  } catch (error) {
    if (error instanceof StatusError) return withoutData(error.statusWord);
    throw error;
  }
}

/** An answer that is a status word alone. */
export function withoutData(statusWord: number): ResponseApdu {
  return { data: new Uint8Array(0), statusWord };
}

/** Class 0X or 8X, of which only logical channel 0 without secure messaging is served. */
function refusedClass(cla: number): number | undefined {
  if ((cla & 0x70) !== 0) return SW.CLA_NOT_SUPPORTED;
  if ((cla & 0x03) !== 0) return SW.CHANNEL_NOT_SUPPORTED;
  return (cla & 0x0c) === 0 ? undefined : SW.SECURE_MESSAGING_REFUSED;
}

function getChallenge(_session: AppletSession, command: CommandApdu): ResponseApdu {
  const { p1, p2, data, expectedBytes } = command;
  if (p1 !== 0 || p2 !== 0) throw new StatusError(SW.WRONG_P1_P2);
  if (data.length > 0 || expectedBytes === 0) throw new StatusError(SW.WRONG_LENGTH);
  if (expectedBytes > 256) throw new StatusError(SW.CONDITIONS_NOT_SATISFIED);
  return { data: randomBytes(expectedBytes), statusWord: SW.OK };
}

/** The keys of this application do not serve INTERNAL AUTHENTICATE, with the PIN or without. */
function internalAuthenticate(session: AppletSession, command: CommandApdu): number {
  const file = referencedEf(session, command.p2);
  if (file.kind !== "KEY") return SW.WRONG_FILE_TYPE;
  session.security.require(file.credential);
  return SW.CONDITIONS_NOT_SATISFIED;
}
