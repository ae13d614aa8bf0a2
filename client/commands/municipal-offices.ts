/** What commands of a municipality's registrar and verifier have in common. */
import { X509Certificate } from "node:crypto";
import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { ClientError } from "../client-fault.ts";
import { readDecoded, readKeyFile } from "../files.ts";
import { loadTrustAnchors, type TrustAnchors } from "../pki/trust-anchors.ts";
import { LocalRegistrar } from "../registrar/local-registrar.ts";
import type { WalletState } from "../sdk/answers.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { type Never, settle } from "../sdk/settle.ts";
import { type Decision, submitTransaction } from "../sdk/submit.ts";
import {
  type Draft,
  officer,
  signDraft,
  type TransactionSigner,
} from "../sdk/transaction-builder.ts";
import { genesisOption, nodeOption } from "./command.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

/** How a command line names a municipality's registrar. */
export interface RegistrarChoice {
  readonly municipality: string;
  readonly store: string;
  readonly custody?: string;
  readonly anchor: readonly string[];
}

/** How it names the ledger. */
export interface LedgerChoice {
  readonly node: readonly string[];
  readonly genesis?: string;
}

/** Longer than what a card signs is valid, ms: then it is known for good. */
const SETTLE_MS = 180_000;

/** Adds the options of `RegistrarChoice`. */
export function withRegistrarOptions(command: Command): Command {
  return command
    .requiredOption("--municipality <code>", "six-digit code")
    .requiredOption("--store <file>", "the registrar's sealed journal")
    .option("--custody <file>", "its secret (default: beside the journal)")
    .requiredOption("--anchor <file...>", "certificates of the authority that issues the cards");
}

/** Adds the options of `LedgerChoice`. */
export function withLedgerOptions(command: Command): Command {
  return command.addOption(nodeOption()).addOption(genesisOption());
}

/**
 * The registrar of a command line. @param showsCertificates as the network's policy wants it, for drafts that may hold one.
 * @throws ClientError, CertificateError.
 */
export function openRegistrar(choice: RegistrarChoice, showsCertificates = false): LocalRegistrar {
  const { municipality, store: storeFile, custody } = choice;
  const anchors = readAnchors(choice.anchor);
  const place = custody === undefined ? { storeFile } : { storeFile, custodyFile: custody };
  return new LocalRegistrar({ ...place, municipality, anchors, showsCertificates });
}

/** Trust anchors in PEM or DER files. @throws ClientError, CertificateError. */
export function readAnchors(files: readonly string[]): TrustAnchors {
  return loadTrustAnchors(
    files.map((file) =>
      readDecoded(file, "a certificate", (bytes) => new Uint8Array(new X509Certificate(bytes).raw)),
    ),
  );
}

/** The ledger of a command line, for an office with its key. */
export class OfficeDesk {
  /** The nodes that it asks. */
  readonly nodes: readonly LedgerClient[];
  readonly #genesis: Genesis;

  private constructor(nodes: readonly LedgerClient[], genesis: Genesis) {
    this.nodes = nodes;
    this.#genesis = genesis;
  }

  /** @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`, `NODE_UNREACHABLE`. */
  static async open({ node, genesis: file }: LedgerChoice): Promise<OfficeDesk> {
    const nodes = node.map((url) => new LedgerClient(url));
    return new OfficeDesk(nodes, await trustedGenesis(file, nodes));
  }

  /** The network's id. */
  get networkId(): Uint8Array {
    return networkIdOf(this.#genesis);
  }

  /** Whether every node checks the certificates of cards (docs/decisions/0017). */
  get takesCertificates(): boolean {
    return this.#genesis.cardAnchors.length > 0;
  }

  /** What the ledger has under a pseudonym. @throws LedgerFault `NOT_FOUND`. */
  wallet(handle: Uint8Array): Promise<WalletState> {
    return firstAnswer(this.nodes, (node) => node.wallet(toHex(handle)));
  }

  /** Signs a draft, by cards and the keys of files in their order, and submits it; `ok` when it was accepted. */
  async submit(
    draft: Draft,
    ...by: readonly (TransactionSigner | string)[]
  ): Promise<Decision & { readonly ok: boolean }> {
    const signers = by.map((one) => (typeof one === "string" ? officer(readKeyFile(one)) : one));
    const context = { networkId: this.networkId, nowMs: Date.now() };
    const { bytes } = await signDraft(draft, signers, context);
    const decision = await submitTransaction(bytes, { nodes: this.nodes, genesis: this.#genesis });
    return { ...decision, ok: decision.result === ACCEPTED };
  }

  /**
   * Finds out what became of a transaction that may have been sent, and believes no single node that it did not happen.
   * @throws ClientError `UNDECIDED` when it takes too long.
   */
  async settle(transactionBytes: Uint8Array): Promise<Decision | Never> {
    const signal = AbortSignal.timeout(SETTLE_MS);
    const context = { nodes: this.nodes, genesis: this.#genesis, signal };
    return settle(transactionBytes, context).catch((cause: unknown) => {
      throw signal.aborted ? new ClientError("UNDECIDED", { cause }) : cause;
    });
  }
}
