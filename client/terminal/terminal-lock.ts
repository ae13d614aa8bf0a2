/** One process a folder: two would share a journal that has room for one. */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer } from "node:net";
import { ClientError, type ClientFaultCode } from "../client-fault.ts";

/** Claims a terminal's folder. @throws ClientError `TERMINAL_IN_USE`; the system's error when it is not there. */
export function claimTerminal(directory: string): Promise<void> {
  return claimFolder(directory, "TERMINAL_IN_USE");
}

/**
 * Claims a folder until the process ends, however it ends: the claim is a socket in Linux's abstract
 * namespace (unix(7)), which leaves no file behind.
 * @throws ClientError with that code when another process has it; the system's error when it is not there.
 */
export function claimFolder(directory: string, inUse: ClientFaultCode): Promise<void> {
  const name = createHash("sha256").update(realpathSync(directory)).digest("hex");
  const claim = createServer((connection) => connection.destroy());
  return new Promise((resolve, reject) => {
    claim.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(isTaken ? new ClientError(inUse, { directory, cause: error }) : error);
    });
    claim.listen(`\0mykey-ledger-terminal-${name}`, () => {
      // It keeps the claim, not the process.
      claim.unref();
      resolve();
    });
  });
}
