/** A town on three real nodes for tests of commands: a shop with its terminal, a resident with card and points. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { MUNICIPALITY, PIN } from "../../client/demo/cast.ts";
import { type Practice, setUpPractice } from "../../client/demo/practice.ts";
import { readKeyFile } from "../../client/files.ts";
import { keyFileOf } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import { type Draft, officer, signDraft } from "../../client/sdk/transaction-builder.ts";
import { type KeyRole, networkIdOf } from "../../ledger/genesis.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { runCommand } from "./run-command.ts";
import { makeTemporaryDirectory } from "./temporary-directory.ts";

/** What a command said with `--json`, and how it ended. */
export interface Said {
  readonly ok: boolean;
  readonly said: { readonly [field: string]: JsonValue };
}

/** The town. Its municipality is `MUNICIPALITY`, its shop `SHOP` of the demonstration. */
export class PracticeTown {
  readonly network: LocalNetwork;
  readonly practice: Practice;
  readonly #folder: ReturnType<typeof makeTemporaryDirectory>;

  private constructor(
    network: LocalNetwork,
    practice: Practice,
    folder: ReturnType<typeof makeTemporaryDirectory>,
  ) {
    this.network = network;
    this.practice = practice;
    this.#folder = folder;
  }

  static async open(): Promise<PracticeTown> {
    const folder = makeTemporaryDirectory();
    await ensureLocalNetwork(folder.path, 3);
    const network = await LocalNetwork.open(folder.path, (_, error) => {
      throw error;
    });
    const practice = await setUpPractice(network, folder.path, () => undefined);
    return new PracticeTown(network, practice, folder);
  }

  async close(): Promise<void> {
    await this.network.stop();
    this.#folder.remove();
  }

  /** A file of the town. */
  file(name: string): string {
    return join(this.#folder.path, name);
  }

  /** An officer's key file. */
  key(role: KeyRole): string {
    return keyFileOf(this.#folder.path, MUNICIPALITY, role);
  }

  /** The options of every node. */
  get nodes(): string[] {
    return this.network.nodes.flatMap(({ client }) => ["--node", client.url]);
  }

  /** The options of the resident's card. */
  get card(): string[] {
    return ["--card", this.practice.card, "--pin", PIN];
  }

  /** The options of the registrar's desk. */
  get registrar(): string[] {
    const store = ["--store", this.file("registrar.json"), "--anchor", this.file("card-ca.pem")];
    return ["--municipality", MUNICIPALITY, ...store];
  }

  /** Runs a command in the town's folder. */
  async run(...args: readonly string[]): Promise<Said> {
    const { code, stdout, stderr } = await runCommand([...args, "--json"], this.#folder.path);
    assert.match(stdout, /^\{/, `${args.join(" ")}: ${stderr}`);
    return { ok: code === 0, said: JSON.parse(stdout) };
  }

  /** Runs a command that has to succeed. */
  async done(...args: readonly string[]): Promise<Said["said"]> {
    const { ok, said } = await this.run(...args);
    assert.ok(ok, `${args.join(" ")}: ${JSON.stringify(said)}`);
    return said;
  }

  /** The code with which a command fails. */
  async refused(...args: readonly string[]): Promise<JsonValue> {
    const { ok, said } = await this.run(...args);
    assert.ok(!ok, `${args.join(" ")}: ${JSON.stringify(said)}`);
    const { code, result } = said;
    return code ?? result ?? null;
  }

  /** Officers of the municipality sign, and the ledger accepts. */
  async officers(draft: Draft, ...roles: readonly KeyRole[]): Promise<void> {
    const { genesis, nodes } = this.network;
    const context = { networkId: networkIdOf(genesis), nowMs: Date.now() };
    const signers = roles.map((role) => officer(readKeyFile(this.key(role))));
    const { bytes } = await signDraft(draft, signers, context);
    const clients = nodes.map(({ client }) => client);
    const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
    assert.equal(result, "OK", draft.type);
  }
}
