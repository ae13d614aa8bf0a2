import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { FAULTS } from "../../ledger/faults.ts";
import { genesisText } from "../../ledger/genesis.ts";
import { encodeReceipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ChainBuilder, testTransaction } from "../support/chain-builder.ts";
import { fakeNodes, sendJson } from "../support/fake-node.ts";
import { LedgerWorld } from "../support/ledger-world.ts";
import { runCommand } from "../support/run-command.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

describe("submit", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  const startNode = fakeNodes();

  /** A folder with a genesis, a draft and its key, and the start of the command that submits it. */
  function draftIn(directory: string): string[] {
    writeFileSync(join(directory, "genesis.json"), genesisText(new LedgerWorld().genesis));
    writeFileSync(join(directory, "clerk.key"), `${"01".repeat(32)}\n`);
    const draft = { type: "ISSUER_OPEN", public: { issuer: "131164" }, private: null };
    writeFileSync(join(directory, "open.json"), JSON.stringify(draft));
    const key = ["--key", "clerk.key", "--genesis", "genesis.json", "--json"];
    return ["submit", "open.json", ...key, "--node", "http://127.0.0.1:1", "--wait", "1"];
  }

  /** A folder with a genesis and a signed transaction, and the command that submits it to a node. */
  async function signedIn(
    directory: string,
    result: string,
    beforeReceipt: () => void = () => undefined,
  ): Promise<string[]> {
    const chain = new ChainBuilder();
    const ours = testTransaction({ networkId: chain.networkId, label: "ours" });
    chain.append({ transactions: [ours], results: [result] });
    const node = await startNode(({ method }, response) => {
      if (method === "GET") {
        beforeReceipt();
        response.end(encodeReceipt(chain.receipt(1, 0)));
        return;
      }
      const id = "00".repeat(16);
      sendJson(response, 200, { id, status: "committed", result: "OK", height: 1, index: 0 });
    });
    writeFileSync(join(directory, "genesis.json"), genesisText(chain.genesis));
    writeFileSync(join(directory, "ours.transaction"), ours);
    return ["submit", "ours.transaction", "--genesis", "genesis.json", "--node", node];
  }

  it("keeps the signed bytes of a draft whose fate is unknown, and says why it is", async () => {
    const directory = newDirectory();
    const { code, stdout } = await runCommand(draftIn(directory), directory);
    const { code: fault, facts } = JSON.parse(stdout);
    assert.deepEqual([code, fault], [1, "UNDECIDED"]);
    assert.match(facts.why, /^NODE_UNREACHABLE: .*http:\/\/127\.0\.0\.1:1\b/);
    const kept = readFileSync(join(directory, facts.submitAgain));
    const { id, envelope } = decodeTransaction(new Uint8Array(kept));
    assert.deepEqual([id, envelope.type], [facts.id, "ISSUER_OPEN"]);
  });

  const unusable = [
    { id: "is there already", receipt: "old.receipt", fault: "FILE_EXISTS" },
    { id: "lies under a file", receipt: "old.receipt/new.receipt", fault: "FILE_UNWRITABLE" },
  ];
  for (const { id, receipt, fault } of unusable) {
    it(`signs and sends nothing when the receipt's file ${id}`, async () => {
      const directory = newDirectory();
      const submit = draftIn(directory);
      writeFileSync(join(directory, "old.receipt"), "");
      const { code, stdout } = await runCommand([...submit, "--receipt", receipt], directory);
      assert.deepEqual([code, JSON.parse(stdout).code], [1, fault]);
      const kept = readdirSync(directory).filter((name) => name.endsWith(".transaction"));
      assert.deepEqual(kept, []);
    });
  }

  it("says in both languages why a transaction was refused", async () => {
    const directory = newDirectory();
    const submit = await signedIn(directory, "BALANCE_INSUFFICIENT");
    const { code, stdout } = await runCommand(submit, directory);
    assert.equal(code, 1);
    const { en, ja } = FAULTS.BALANCE_INSUFFICIENT;
    assert.ok(
      stdout.includes(`: refused (BALANCE_INSUFFICIENT: ${en} / ${ja}) at height 1`),
      stdout,
    );
  });

  it("tells what was decided even when the receipt cannot be kept any more", async () => {
    const directory = newDirectory();
    const at = (name: string) => join(directory, name);
    const takeReceiptFile = () => writeFileSync(at("ours.receipt"), "taken in the meantime");
    const submit = await signedIn(directory, "OK", takeReceiptFile);
    const { code, stdout } = await runCommand(
      [...submit, "--receipt", "ours.receipt", "--json"],
      directory,
    );
    const { status, height, receiptFault } = JSON.parse(stdout);
    assert.deepEqual([code, status, height], [1, "committed", 1]);
    assert.equal(receiptFault.code, "FILE_EXISTS");
    assert.ok(existsSync(at("ours.transaction")));
  });
});
