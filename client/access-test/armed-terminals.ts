/** Terminals made ready for an access test: each with its signed ping, before the instant at which all fire. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ClientError } from "../client-fault.ts";
import { messageOf, readText } from "../files.ts";
import { signDraft } from "../sdk/transaction-builder.ts";
import { TerminalKey } from "../terminal/terminal-key.ts";

const KEY_FILE_ENDING = ".pem";

/** A terminal with its key. */
export interface EnrolledTerminal {
  /** Its name in the ledger. */
  readonly terminal: string;
  readonly key: TerminalKey;
}

/** A terminal that has only to send. */
export interface ArmedTerminal {
  readonly terminal: string;
  /** Hexadecimal id of its ping. */
  readonly id: string;
  /** The signed ping. */
  readonly bytes: Uint8Array;
}

/** What all terminals of a test share. */
export interface AccessTest {
  readonly networkId: Uint8Array;
  /** The name under which the governors announced it. */
  readonly test: string;
  /** When all fire, ms since 1970. */
  readonly atMs: number;
}

/**
 * The terminals whose keys are in a folder: `<terminal>.pem`, PKCS#8, as a terminal keeps its own.
 * @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`.
 */
export function readTerminals(folder: string): EnrolledTerminal[] {
  const files = keyFilesIn(folder);
  return files.map((file) => {
    const pem = readText(join(folder, file));
    try {
      return { terminal: basename(file, KEY_FILE_ENDING), key: TerminalKey.fromPem(pem) };
    } catch (error) {
      const problem = messageOf(error);
      throw new ClientError("FILE_MALFORMED", { file: join(folder, file), problem, cause: error });
    }
  });
}

function keyFilesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(KEY_FILE_ENDING));
    if (files.length === 0) throw new Error(`no ${KEY_FILE_ENDING} in it`);
    return files.sort((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    const problem = messageOf(error);
    throw new ClientError("FILE_UNREADABLE", { file: folder, problem, cause: error });
  }
}

/** Signs each terminal's ping; it is created at the instant of the test, so it lives for two minutes from then. */
export function armTerminals(
  terminals: readonly EnrolledTerminal[],
  { networkId, test, atMs }: AccessTest,
): Promise<ArmedTerminal[]> {
  return Promise.all(
    terminals.map(async ({ terminal, key }) => {
      const draft = { type: "LOADTEST_PING", public: {}, private: { test, terminal } };
      const signed = await signDraft(draft, [key], { networkId, nowMs: atMs });
      return { terminal, ...signed };
    }),
  );
}
