import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { governorsOf } from "../../contracts/governance/governors.ts";
import { toHex } from "../../ledger/bytes.ts";
import { genesisText } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import {
  GOVERNORS,
  KAWASAKI,
  LedgerWorld,
  NEW_NODE,
  type Party,
  seedOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { runCommand } from "../support/run-command.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const world = new LedgerWorld();
const NEW_NODE_HEX = toHex(NEW_NODE.publicKey);

describe("governance", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();

  /** A folder with the genesis, two governors' keys and a new node's. */
  function desk(): string {
    const directory = newDirectory();
    const seeds = [
      ["toshima.key", `${TOSHIMA} governor`],
      ["kawasaki.key", `${KAWASAKI} governor`],
      ["node.key", "new node"],
    ] as const;
    for (const [file, label] of seeds) {
      writeFileSync(join(directory, file), `${toHex(seedOf(label))}\n`);
    }
    writeFileSync(join(directory, "genesis.json"), genesisText(world.genesis));
    return directory;
  }

  /** Runs `governance …` with the genesis; the JSON that it answers. */
  async function governance(directory: string, ...args: readonly string[]) {
    const command = ["governance", ...args, "--genesis", "genesis.json", "--json"];
    const { code, stdout } = await runCommand(command, directory);
    return { code, answer: JSON.parse(stdout) };
  }

  const admit = [
    ...["draft", "node-admit", "--organisation", TOSHIMA, "--number", "4"],
    ...["--public-key", NEW_NODE_HEX, "--address", "/dns4/node-4.example/tcp/7104"],
    ...["--role", "learner", "--force"],
  ];

  const transactionIn = (directory: string, file: string) =>
    decodeTransaction(new Uint8Array(readFileSync(join(directory, file))));

  const signersOf = (directory: string, file: string) =>
    transactionIn(directory, file).auth.map(({ publicKey }) => toHex(publicKey));

  const hex = ({ publicKey }: Party) => toHex(publicKey);

  it("goes from desk to desk, and the ledger accepts what comes out", async () => {
    const at = desk();
    const { answer } = await governance(at, ...admit, "--out", "draft");
    assert.deepEqual([answer.type, answer.signatures], ["NODE_ADMIT", []]);
    assert.deepEqual(answer.public, {
      organisation: TOSHIMA,
      number: 4,
      publicKey: NEW_NODE_HEX,
      address: "/dns4/node-4.example/tcp/7104",
      role: "learner",
      force: true,
    });
    await governance(at, "sign", "draft", "--key", "toshima.key", "--out", "first");
    await governance(at, "sign", "first", "--key", "kawasaki.key", "--out", "second");
    await governance(at, "sign", "second", "--key", "node.key", "--out", "third");
    // The node signed last and stands first, where its declaration has it.
    assert.deepEqual(signersOf(at, "third"), [NEW_NODE_HEX, ...GOVERNORS.map(hex)]);
    const run = new LedgerRun(world);
    const { bytes, envelope } = transactionIn(at, "third");
    assert.equal(run.result(bytes, envelope.createdAtMs), "OK");
  });

  it("puts copies together that were signed at the same time", async () => {
    const at = desk();
    await governance(at, ...admit, "--out", "draft");
    await governance(at, "sign", "draft", "--key", "kawasaki.key", "--out", "one");
    await governance(at, "sign", "draft", "--key", "toshima.key", "--out", "other");
    const both = ["sign", "one", "other", "one", "--key", "node.key", "--out", "all"];
    const { answer } = await governance(at, ...both);
    assert.deepEqual(signersOf(at, "all"), [NEW_NODE_HEX, ...GOVERNORS.map(hex).toReversed()]);
    assert.deepEqual(
      answer.signatures.map(({ organisation }: { organisation: string }) => organisation),
      [null, KAWASAKI, TOSHIMA],
    );
  });

  it("drafts and signs at once where all keys are at one desk", async () => {
    const at = desk();
    const keys = ["--key", "toshima.key", "--key", "kawasaki.key"];
    const { code } = await governance(
      at,
      ...["draft", "node-retire", "--number", "3", ...keys, "--out", "retire"],
    );
    assert.equal(code, 0);
    assert.deepEqual(signersOf(at, "retire"), GOVERNORS.map(hex));
  });

  it("shows people what they are about to sign, in both languages, and who has signed", async () => {
    const at = desk();
    const retire = ["draft", "node-retire", "--number", "3", "--key", "toshima.key"];
    await governance(at, ...retire, "--out", "draft");
    const { stdout } = await runCommand(
      ["governance", "show", "draft", "--genesis", "genesis.json"],
      at,
    );
    const { threshold, organisations } = governorsOf(world.genesis);
    for (const said of [
      "NODE_RETIRE  ノードの離脱 / Retire a node",
      "number: 3",
      `${TOSHIMA} (governor)`,
      `1 signed, ${threshold} of ${organisations.length} decide`,
    ]) {
      assert.ok(stdout.includes(said), `${said} in:\n${stdout}`);
    }
  });

  it("refuses copies of two transactions", async () => {
    const at = desk();
    await governance(at, ...admit, "--out", "one");
    await governance(at, ...admit, "--out", "other");
    const { code, answer } = await governance(at, "sign", "one", "other", "--out", "both");
    assert.deepEqual([code, answer.code], [1, "OTHER_TRANSACTION"]);
    assert.ok(!existsSync(join(at, "both")));
  });

  it("refuses to add to a signature that is none", async () => {
    const at = desk();
    const keys = ["--key", "toshima.key"];
    await governance(at, "draft", "node-retire", "--number", "3", ...keys, "--out", "draft");
    const bytes = readFileSync(join(at, "draft"));
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    writeFileSync(join(at, "changed"), bytes);
    const { answer } = await governance(at, "sign", "changed", "--key", "node.key", "--out", "x");
    assert.deepEqual([answer.code, answer.facts.rule], ["FILE_MALFORMED", "SIGNATURE_INVALID"]);
  });

  it("refuses a transaction of another network", async () => {
    const at = desk();
    writeFileSync(join(at, "other"), world.sample("NODE_RETIRE", { networkId: seedOf("other") }));
    const { answer } = await governance(at, "show", "other");
    assert.deepEqual([answer.code, answer.facts.rule], ["FILE_MALFORMED", "WRONG_NETWORK"]);
  });

  const wrong = [
    { id: "a number that is none", field: "number", args: ["node-retire", "--number", "three"] },
    { id: "a number below 1", field: "number", args: ["node-retire", "--number", "0"] },
  ];
  for (const { id, field, args } of wrong) {
    it(`names the field of ${id}`, async () => {
      const { code, answer } = await governance(desk(), "draft", ...args, "--out", "x");
      assert.deepEqual([code, answer.code], [1, "INVALID_FIELD"]);
      assert.equal(answer.facts.path, `public.${field}`);
    });
  }
});
