import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { describe, it } from "mocha";
import { CERTIFICATE_FILE } from "../../client/audit/bundle.ts";
import { program } from "../../client/program.ts";
import { toHex } from "../../ledger/bytes.ts";
import { genesisText, networkIdOf } from "../../ledger/genesis.ts";
import { encodeReceipt } from "../../ledger/receipt.ts";
import { AuditChain } from "../support/audit-chain.ts";
import { LedgerWorld } from "../support/ledger-world.ts";
import { MemoryBundle } from "../support/memory-bundle.ts";
import { runCommand } from "../support/run-command.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

/** The commands without children, each with its full name. */
function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  return command.commands.flatMap((child) => {
    const name = [...path, child.name()];
    return child.commands.length > 0 ? leaves(child, name) : [[name.join(" "), child] as const];
  }) as [string, Command][];
}

/** Help as it is printed, examples included. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (piece) => {
      text += piece;
    },
  });
  command.outputHelp();
  return text;
}

const governed = [
  "organisation-admit",
  "org-key-add",
  "governors-set",
  "node-admit",
  "node-promote",
  "node-demote",
  "node-key-rotate",
  "node-replace",
  "node-retire",
  "param-set",
  "partner-register",
  "loadtest-open",
];

describe("the command line", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();

  it("has every command that is promised", () => {
    assert.deepEqual(
      leaves(program()).map(([name]) => name),
      [
        "demo",
        "network create",
        "network up",
        "network members",
        "node create",
        "node start",
        "node rotate-key",
        "key create",
        "card readers",
        "card info",
        "card tries",
        "card sign",
        "card create",
        "card emulate",
        "terminal practice",
        "terminal enrol",
        "terminal install",
        "terminal run",
        "terminal pay",
        "terminal void",
        "terminal voucher",
        "terminal members",
        "terminal member",
        "terminal check-in",
        "terminal today",
        "doctor",
        ...governed.map((type) => `governance draft ${type}`),
        "governance show",
        "governance sign",
        "registrar enrol",
        "registrar renew",
        "registrar mykey-id",
        "registrar link",
        "registrar unlink",
        "registrar close",
        "registrar daily",
        "registrar split",
        "registrar join",
        "registrar recover",
        "registrar serve",
        "municipality template",
        "municipality set-up",
        "grant import",
        "grant approve",
        "grant send",
        "voucher issue",
        "voucher print",
        "verifier attest",
        "verifier ask",
        "verifier serve",
        "partner run",
        "partner members",
        "partner report",
        "services show",
        "services word",
        "services check-word",
        "services serve",
        "facility create",
        "facility enrol",
        "facility commit",
        "facility proof",
        "facility verify",
        "facility leave",
        "street run",
        "scenario run",
        "scenario words",
        "submit",
        "transaction",
        "receipt get",
        "receipt verify",
        "settlement cut",
        "settlement object",
        "settlement approval",
        "settlement bank-file",
        "settlement results",
        "audit export",
        "audit verify",
        "audit report",
        "audit cost-return",
        "audit blame",
        "audit verify-proof",
        "open-data export",
        "access-test fire",
        "access-test report",
      ],
    );
  });

  for (const [name, command] of leaves(program())) {
    it(`${name} --help shows an example that begins with the command`, () => {
      const help = helpOf(command);
      assert.ok(help.includes(`  $ mykey-ledger ${name}`), help);
      assert.match(help, /--json/);
    });
  }

  const wrong = [
    { id: "an unknown command", args: ["fly"] },
    { id: "an unknown option", args: ["audit", "verify", "x", "--fast"] },
    { id: "a missing option", args: ["network", "create"] },
    { id: "a node that is no URL", args: ["transaction", "00", "--node", "here"] },
  ];
  for (const { id, args } of wrong) {
    it(`answers ${id} with one line and a code`, async () => {
      const { code, stdout, stderr } = await runCommand(args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^USAGE: [^\n]+\n$/);
    });
  }

  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    const { code, stdout } = await runCommand(["--version"]);
    assert.deepEqual([code, stdout], [0, `${version}\n`]);
  });

  const misplaced = [
    { args: ["receipt", "verify", "README.md", "--genesis", "genesis.json"], file: "README.md" },
    { args: ["receipt", "verify", "x", "--genesis", "README.md"], file: "README.md" },
    {
      args: ["submit", "README.md", "--genesis", "genesis.json", "--node", "http://127.0.0.1:1"],
      file: "README.md",
    },
    {
      args: ["submit", "draft.json", "--genesis", "genesis.json", "--node", "http://127.0.0.1:1"],
      file: "draft.json",
    },
    { args: ["audit", "verify", "bundle", "--genesis", "draft.json"], file: "draft.json" },
  ];
  for (const { args, file } of misplaced) {
    it(`names the file that is of the wrong kind: ${args.join(" ")}`, async () => {
      const directory = newDirectory();
      writeFileSync(join(directory, "genesis.json"), genesisText(new LedgerWorld().genesis));
      writeFileSync(join(directory, "README.md"), "# Not what is asked for\n");
      writeFileSync(join(directory, "draft.json"), "{}");
      const { code, stdout } = await runCommand([...args, "--json"], directory);
      const { code: fault, facts } = JSON.parse(stdout);
      assert.deepEqual([code, fault, facts.file], [1, "FILE_MALFORMED", file]);
    });
  }

  const missing = [
    ["audit", "verify", "nowhere"],
    ["audit", "verify", "nowhere", "--genesis", "nowhere"],
    ["card", "info", "--card", "nowhere"],
    ["node", "start", "--config", "nowhere"],
  ];
  for (const args of missing) {
    it(`names the file that is not there, in one JSON object: ${args.join(" ")}`, async () => {
      const { code, stdout } = await runCommand([...args, "--json"]);
      const { ok, code: fault, facts } = JSON.parse(stdout);
      assert.deepEqual([code, ok, fault, facts.file], [1, false, "FILE_UNREADABLE", "nowhere"]);
    });
  }

  it("verifies receipts and bundles offline, and finds one flipped byte in either", async () => {
    const directory = newDirectory();
    const at = (name: string) => join(directory, name);
    const audited = new AuditChain(new LedgerWorld());
    audited.append(audited.world.setUp());
    audited.append([audited.world.pay(250)]);
    const receipt = encodeReceipt(audited.chain.receipt(2, 0));
    writeFileSync(at("genesis.json"), genesisText(audited.world.genesis));
    writeFileSync(at("receipt"), receipt);
    writeFileSync(at("flipped"), receipt.with(100, (receipt[100] ?? 0) ^ 1));
    for (const [name, content] of MemoryBundle.of(audited).files) {
      mkdirSync(dirname(at(`bundle/${name}`)), { recursive: true });
      writeFileSync(at(`bundle/${name}`), content);
    }

    const verifyReceipt = ["receipt", "verify", "--genesis", "genesis.json", "--json"];
    const right = await runCommand([...verifyReceipt, "receipt"], directory);
    assert.equal(right.code, 0, right.stderr);
    const { type, result, height, votes } = JSON.parse(right.stdout);
    assert.deepEqual([type, result, height, votes], ["PAY", "OK", 2, 3]);
    assert.equal((await runCommand([...verifyReceipt, "flipped"], directory)).code, 1);

    const verifyBundle = ["audit", "verify", "bundle", "--genesis", "genesis.json"];
    const audit = await runCommand(verifyBundle, directory);
    assert.equal(audit.code, 0, audit.stdout);
    assert.match(audit.stdout, /^verified up to height 2: 8 transactions, 2 card signatures, /);
    assert.doesNotMatch(audit.stdout, /own genesis/);

    const untrusting = await runCommand(["audit", "verify", "bundle"], directory);
    const networkId = toHex(networkIdOf(audited.world.genesis));
    assert.ok(untrusting.stdout.includes(`by the bundle's own genesis ${networkId.slice(0, 16)}…`));
    const { stdout: verdict } = await runCommand(
      ["audit", "verify", "bundle", "--json"],
      directory,
    );
    assert.equal(JSON.parse(verdict).trustedGenesis, false);

    const certificate = readFileSync(at(`bundle/${CERTIFICATE_FILE}`));
    certificate[certificate.length - 1] = (certificate.at(-1) ?? 0) ^ 1;
    writeFileSync(at(`bundle/${CERTIFICATE_FILE}`), certificate);
    const broken = await runCommand(verifyBundle, directory);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /^broken at height 2 in certificate\.cbor: CERTIFICATE_INVALID: /);
  });

  it("makes a card, shows it, and signs with it", async () => {
    const directory = newDirectory();
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCommand([...args, "--json"], directory);
      assert.equal(code, 0, stdout + stderr);
      return JSON.parse(stdout);
    };
    writeFileSync(join(directory, "genesis.json"), genesisText(new LedgerWorld().genesis));
    await run("card", "create", "--out", "hanako.card", "--pin", "1234");
    const { triesLeft, issuer } = await run("card", "info", "--card", "hanako.card");
    assert.equal(triesLeft, 3);
    assert.match(issuer, /O=JPKI-TEST/);
    await run("key", "create", "--terminal", "--out", "till.pem");
    const wallet = "01".repeat(32);
    const card = { municipality: "131164", wallet, cardSalt: wallet };
    const fields = { ...card, merchant: "bakery", terminal: "till", amountPt: 1, campaign: null };
    const draft = { type: "PAY", public: {}, private: fields };
    writeFileSync(join(directory, "pay.json"), JSON.stringify(draft));
    const sign = ["card", "sign", "pay.json", "--card", "hanako.card", "--genesis", "genesis.json"];
    const rest = ["--terminal-key", "till.pem", "--out"];
    const { id } = await run(...sign, "--pin", "1234", ...rest, "pay.transaction");
    assert.match(id, /^[0-9a-f]{32}$/);
    const refused = await runCommand(
      [...sign, "--pin", "0000", ...rest, "other.transaction"],
      directory,
    );
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^PIN_WRONG: /);
    assert.equal((await run("card", "info", "--card", "hanako.card")).triesLeft, 2);
  });
});
