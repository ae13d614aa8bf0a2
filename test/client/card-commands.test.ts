import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { createNetwork, genesisFileOf } from "../../client/network/create-network.ts";
import { localNetworkConfig } from "../../client/network/local-network.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { isAddonBuilt } from "../support/pcsc-stack.ts";
import { PROGRAM, runCommand, startProgram } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

describe("card commands with a software card", function () {
  this.timeout(60_000);
  const folder = makeTemporaryDirectory();
  const run = (...args: string[]) => runCommand(["card", ...args, "--json"], folder.path);
  const ledger = (socket: string, ...args: string[]) =>
    startProgram("env", [socket, process.execPath, PROGRAM, ...args, "--json"]).done;
  const codeOf = (stdout: string): string => JSON.parse(stdout).code;

  before(async () => {
    const { code } = await run("create", "--out", "a.card", "--pin", "1234");
    assert.equal(code, 0);
    createNetwork(localNetworkConfig(3), join(folder.path, "network"), 0);
    const salt = "22".repeat(32);
    const wallet = { municipality: "131164", wallet: salt, cardSalt: salt };
    const body = { ...wallet, merchant: "m", terminal: "t", amountPt: 1, campaign: null };
    const draft = { type: "PAY", public: {}, private: body };
    writeFileSync(join(folder.path, "pay.json"), JSON.stringify(draft));
  });

  after(() => folder.remove());

  it("tries and info spend none", async () => {
    for (const command of ["tries", "info", "tries"]) {
      const { stdout } = await run(command, "--card", "a.card");
      assert.equal(JSON.parse(stdout).triesLeft, 3);
    }
  });

  it("sign takes the PIN of the command line for a software card", async () => {
    const trust = ["--genesis", genesisFileOf(join(folder.path, "network"))];
    const sign = ["sign", "pay.json", ...trust, "--card", "a.card", "--out", "pay.transaction"];
    assert.equal(codeOf((await run(...sign, "--pin", "9999")).stdout), "PIN_WRONG");
    const { code, stdout } = await run(...sign, "--pin", "1234");
    const bytes = new Uint8Array(readFileSync(join(folder.path, "pay.transaction")));
    assert.deepEqual([code, JSON.parse(stdout).id], [0, decodeTransaction(bytes).id]);
    assert.equal(codeOf((await run(...sign, "--pin", "1234")).stdout), "FILE_EXISTS");
  });

  it("a card is in a file or on a reader, not both", async () => {
    const { code, stdout } = await run("tries", "--card", "a.card", "--reader", "x");
    assert.deepEqual([code, codeOf(stdout)], [1, "USAGE"]);
  });

  it("emulate says where no virtual reader is, and what an address looks like", async () => {
    const emulate = ["emulate", "--card", "a.card", "--vpcd"];
    assert.equal(codeOf((await run(...emulate, "127.0.0.1:1")).stdout), "VPCD_UNREACHABLE");
    for (const address of ["127.0.0.1", ":35963", "host:0", "host:65536"]) {
      assert.equal(codeOf((await run(...emulate, address)).stdout), "USAGE");
    }
  });

  it("says what is missing between this computer and a card, and exits with 1", async () => {
    const socket = `PCSCLITE_CSOCK_NAME=${join(folder.path, "no.socket")}`;
    const missing = isAddonBuilt() ? "PCSC_NOT_RUNNING" : "PCSC_NOT_INSTALLED";
    for (const command of [
      ["card", "tries"],
      ["card", "readers"],
    ]) {
      const { code, stdout } = await ledger(socket, ...command);
      assert.deepEqual([code, codeOf(stdout)], [1, missing]);
    }
    const { code, stdout } = await ledger(socket, "doctor");
    const { ok, findings } = JSON.parse(stdout);
    assert.deepEqual([code, ok, findings.length], [1, false, 1]);
    assert.deepEqual([findings[0].check, findings[0].code], ["SERVICE", missing]);
  });
});
