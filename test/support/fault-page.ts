/**
 * `docs/faults.md`, made from the registry: `node dist/test/support/fault-page.js > docs/faults.md` writes it, and
 * test/ledger/faults.test.ts holds the file equal to it.
 */
import { pathToFileURL } from "node:url";
import { CLIENT_FAULTS } from "../../client/client-fault.ts";
import { FAULTS } from "../../ledger/faults.ts";

const INTRODUCTION = `# Faults

Every code with which something from outside is refused: by the API (as \`code\` of a problem document, RFC 9457), by the
command line, by the auditor's tool, and, for transactions that are in a block, as their result for ever.

Programs act on the code and never on the text. Codes are never reused. *Again* says whether the same request may
succeed later without a change; after the time in \`Retry-After\`, if there is one. The last column is what a person at a
counter is told, which is no more than is needed to go on.

This page is made from \`ledger/faults.ts\` and \`client/client-fault.ts\`.

## What nodes and auditors refuse

| Code | When | 日本語 | HTTP | Again | At the counter |
|---|---|---|---|---|---|
`;

const CLIENT_INTRODUCTION = `
## What the command line says of itself

Files, processes and connections on the caller's side. \`node start\` and the commands end with 1. What a card
refuses has codes of its own: \`client/card/card-faults.ts\`.

| Code | When | 日本語 |
|---|---|---|
`;

/** The whole page. */
export function faultPage(): string {
  const rows = Object.entries(FAULTS).map(([code, { status, retryable, en, ja, counter }]) => {
    const again = retryable ? "yes" : "no";
    return `| \`${code}\` | ${en} | ${ja} | ${status} | ${again} | ${counter.ja}<br>${counter.en} |\n`;
  });
  const clientRows = Object.entries(CLIENT_FAULTS).map(
    ([code, { en, ja }]) => `| \`${code}\` | ${en} | ${ja} |\n`,
  );
  return [INTRODUCTION, ...rows, CLIENT_INTRODUCTION, ...clientRows].join("");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.stdout.write(faultPage());
