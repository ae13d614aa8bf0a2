import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "mocha";

/** Inside a `describe`: makes folders that are gone after each test. */
export function temporaryDirectories(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
  });
  return () => {
    const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-test-"));
    made.push(directory);
    return directory;
  };
}

/** A folder that lives until it is removed. */
export function makeTemporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "mykey-ledger-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
