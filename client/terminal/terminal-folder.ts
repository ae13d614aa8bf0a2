/**
 * What a terminal is: one folder.
 *
 *     DIR/terminal.json            shop, terminal, nodes
 *     DIR/terminal.key             its key, PKCS#8 PEM; made here, and never leaves
 *     DIR/genesis.json             what receipts are checked against
 *     DIR/terminal-register.json   the draft that the municipality's clerk signs
 *     DIR/members.json             the street whose members alone are served; mostly not there
 *     DIR/journal/                 journal.ts, voucher-slot.ts
 */
import { X509Certificate } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { displayName, shortName } from "../../contracts/fields/fields.ts";
import { municipalityCode } from "../../contracts/fields/municipality-code.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, genesisText, networkIdOf } from "../../ledger/genesis.ts";
import { type Infer, list, nullable, record, text, uint, variant } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import {
  expectNewFile,
  readDecoded,
  readGenesis,
  readJson,
  readText,
  writeNewFile,
} from "../files.ts";
import { loadTrustAnchors } from "../pki/trust-anchors.ts";
import { LocalRegistrar, type ServicePlace } from "../registrar/local-registrar.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import { Journal } from "./journal.ts";
import { officesOverHttp } from "./offices-over-http.ts";
import { TerminalKey } from "./terminal-key.ts";
import type { Till } from "./till.ts";
import { VoucherSlot } from "./voucher-slot.ts";

const PATH_LENGTH_MAX = 4096;
const NODES_MAX = 16;
const OFFICE_URLS_MAX = 8;

const terminalSchema = record({
  version: uint(2, 2),
  issuer: municipalityCode,
  merchant: shortName,
  terminal: shortName,
  nameJa: displayName,
  nameEn: displayName,
  nodes: list(text(PATH_LENGTH_MAX), NODES_MAX, 1),
  /** The reader, when the computer has several. */
  reader: nullable(text(PATH_LENGTH_MAX)),
  /** Who knows the wallets of cards, and has the issuer asked about them. */
  offices: variant({
    /** Addresses of the municipality's services, the nearest first. */
    HTTP: record({
      registrar: list(text(PATH_LENGTH_MAX), OFFICE_URLS_MAX, 1),
      verifier: list(text(PATH_LENGTH_MAX), OFFICE_URLS_MAX),
    }),
    /** To practise on one machine: files, looked for from this folder. Nobody is asked about cards. */
    FILES: record({
      registrarFile: text(PATH_LENGTH_MAX),
      /** PEM: the authority whose cards are taken. */
      anchorFile: text(PATH_LENGTH_MAX),
    }),
  }),
});
const membersSchema = record({ facility: shortName, service: shortName });

/** How a terminal is set up. */
export type TerminalSettings = Infer<typeof terminalSchema>;

/** A terminal that was read from its folder. */
export interface Terminal {
  readonly settings: TerminalSettings;
  readonly till: Till;
  readonly genesis: Genesis;
  readonly nodes: readonly LedgerClient[];
  readonly journal: Journal;
  readonly vouchers: VoucherSlot;
}

/** A node that does not answer must not hold up a counter, ms. */
const REQUEST_TIMEOUT_MS = 3000;

/**
 * Makes a terminal: its key, and the draft that registers it.
 * @throws ClientError `FILE_EXISTS`, `FILE_UNWRITABLE`; LedgerFault `INVALID_FIELD`.
 */
export async function makeTerminal(
  directory: string,
  settings: TerminalSettings,
  genesis: Genesis,
): Promise<Draft> {
  const checked = terminalSchema.toJson(terminalSchema.fromJson(terminalSchema.toJson(settings)));
  const settingsFile = join(directory, "terminal.json");
  expectNewFile(settingsFile);
  const key = await TerminalKey.generate();
  const { issuer, merchant, terminal } = settings;
  const { algorithm } = key;
  const publicKey = toHex(key.publicKey);
  const draft = {
    type: "TERMINAL_REGISTER",
    public: { issuer, merchant, terminal, algorithm, publicKey },
    private: null,
  };
  writeNewFile(join(directory, "terminal.key"), key.toPem(), "secret");
  writeNewFile(join(directory, "genesis.json"), genesisText(genesis));
  writeNewFile(registrationFileOf(directory), `${JSON.stringify(draft, null, 2)}\n`);
  // Last: a folder without it is no terminal, and can be made again under another name.
  writeNewFile(settingsFile, `${JSON.stringify(checked, null, 2)}\n`);
  return draft;
}

/** The draft that the municipality's clerk signs. */
export function registrationFileOf(directory: string): string {
  return join(directory, "terminal-register.json");
}

/**
 * From now on only members of a street are served; null: everybody again. A terminal that runs hears of it at its next start.
 * @throws LedgerFault `INVALID_FIELD`; the system's error.
 */
export function serveMembersOf(directory: string, place: ServicePlace | null): void {
  const file = membersFileOf(directory);
  if (place === null) {
    rmSync(file, { force: true });
    return;
  }
  const { facility, service } = membersSchema.fromJson({ ...place });
  writeFileSync(file, `${JSON.stringify({ facility, service }, null, 2)}\n`);
}

function membersFileOf(directory: string): string {
  return join(directory, "members.json");
}

/** Reads a terminal's folder. @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
export function openTerminal(directory: string): Terminal {
  const settingsFile = join(directory, "terminal.json");
  const settings = readJson(settingsFile, terminalSchema);
  const genesis = readGenesis(join(directory, "genesis.json"));
  const { merchant, terminal } = settings;
  const key = TerminalKey.fromPem(readText(join(directory, "terminal.key")));
  return {
    settings,
    genesis,
    till: { merchant, terminal, key, ...officesOf(directory, { settings, key, genesis }) },
    nodes: settings.nodes.map(
      (url) => new LedgerClient(url, { requestTimeoutMs: REQUEST_TIMEOUT_MS }),
    ),
    journal: new Journal(join(directory, "journal"), networkIdOf(genesis)),
    vouchers: new VoucherSlot(join(directory, "journal")),
  };
}

/** Whom the terminal asks about cards. */
function officesOf(
  directory: string,
  {
    settings: { issuer, terminal, offices },
    key,
    genesis,
  }: Pick<Terminal, "settings" | "genesis"> & {
    readonly key: TerminalKey;
  },
): Pick<Till, "walletOf" | "attest" | "memberOf"> {
  const membersFile = membersFileOf(directory);
  const membersOf = existsSync(membersFile) ? readJson(membersFile, membersSchema) : null;
  if (offices.kind === "FILES") {
    // Whoever practises has no service that could tell.
    if (membersOf !== null) throw new ClientError("FILE_MALFORMED", { file: membersFile });
    return { walletOf: walletsInFile(directory, issuer, offices) };
  }
  const { registrar, verifier } = offices;
  const asking = { issuer, terminal, key, networkId: networkIdOf(genesis), membersOf };
  return officesOverHttp({ registrar, verifier }, asking);
}

/** The store is read for each payment, for it may have learned of a card since. */
function walletsInFile(
  directory: string,
  municipality: string,
  files: { readonly registrarFile: string; readonly anchorFile: string },
): Till["walletOf"] {
  const storeFile = resolve(directory, files.registrarFile);
  const anchorFile = resolve(directory, files.anchorFile);
  return (certificate, nowMs) => {
    const anchor = readDecoded(
      anchorFile,
      "a certificate",
      (bytes) => new X509Certificate(bytes).raw,
    );
    const anchors = loadTrustAnchors([new Uint8Array(anchor)]);
    return new LocalRegistrar({ storeFile, municipality, anchors }).walletOf(certificate, nowMs);
  };
}
