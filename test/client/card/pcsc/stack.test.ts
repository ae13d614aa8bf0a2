import assert from "node:assert/strict";
import { verify, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import {
  DEFAULT_SIGN_PASSWORD,
  issueSoftwareCard,
} from "../../../../client/card/issue-software-card.ts";
import { saveSoftwareCard } from "../../../../client/card/software-card-state.ts";
import { createNetwork, genesisFileOf } from "../../../../client/network/create-network.ts";
import { localNetworkConfig } from "../../../../client/network/local-network.ts";
import { createTestCa } from "../../../../client/pki/test-ca.ts";
import { verifySignature } from "../../../../ledger/native/verify-signature.ts";
import { decodeTransaction } from "../../../../ledger/transaction.ts";
import { missingForPcsc, on, PcscStack, SLOTS, type Slot } from "../../../support/pcsc-stack.ts";
import { type CommandRun, runCommand } from "../../../support/run-command.ts";
import { makeTemporaryDirectory } from "../../../support/temporary-directory.ts";

const PIN = "1234";
const missing = missingForPcsc();

/** A payment nobody will send: what counts here is who signed it. */
const DRAFT = {
  type: "PAY",
  public: {},
  private: {
    wallet: "11".repeat(32),
    merchant: "bakery",
    terminal: "bakery-1",
    amountPt: 1,
    municipality: "131164",
    cardSalt: "22".repeat(32),
    campaign: null,
  },
};

/** The whole path: our client, pcsclite, Debian's pcscd, a virtual reader, the software card. */
describe(`the PC/SC stack${missing === undefined ? "" : ` (pending: ${missing})`}`, function () {
  this.timeout(120_000);
  const folder = makeTemporaryDirectory();
  const file = (name: string) => join(folder.path, name);
  let stack: PcscStack;
  let fresh = "";

  before(async function startStack() {
    if (missing !== undefined) this.skip();
    await runCommand(["card", "create", "--out", file("fresh.card"), "--pin", PIN]);
    fresh = readFileSync(file("fresh.card"), "utf8");
    createNetwork(localNetworkConfig(3), file("network"), 0);
    writeFileSync(file("draft.json"), JSON.stringify(DRAFT));
    stack = await PcscStack.start();
  });

  afterEach(async () => {
    await stack.endClients();
    await stack.removeCards();
  });

  after(async () => {
    await stack?.stop();
    folder.remove();
  });

  /** Puts a card with some of its state changed on a slot; gives its file. */
  async function place(changes: { tries?: number; blockedAnswer?: string } = {}, slot: Slot = 0) {
    const state = JSON.parse(fresh);
    state.auth.triesLeft = changes.tries ?? 3;
    state.blockedAnswer = changes.blockedAnswer ?? "6984";
    const cardFile = file(`${slot}.card`);
    writeFileSync(cardFile, JSON.stringify(state));
    await stack.place(cardFile, slot);
    return cardFile;
  }

  let drafts = 0;
  /** The command that signs the draft with the card on a reader. */
  function signing(more: readonly string[] = []) {
    const out = file(`${++drafts}.transaction`);
    const genesis = genesisFileOf(file("network"));
    const args = ["card", "sign", file("draft.json"), "--genesis", genesis, "--out", out];
    return { out, args: [...args, "--json", ...more] };
  }

  async function sign(pin: string, more: readonly string[] = []): Promise<CommandRun> {
    return stack.ledger(signing(more).args, `${pin}\n`);
  }

  function faultOf({ code, stdout }: CommandRun): string {
    assert.equal(code, 1, stdout);
    return JSON.parse(stdout).code;
  }

  const triesLeft = (cardFile: string): number =>
    JSON.parse(readFileSync(cardFile, "utf8")).auth.triesLeft;

  describe("our client", () => {
    it("lists readers and cards, reads the certificate, queries the tries", async () => {
      await place();
      const readers = JSON.parse((await stack.ledger(["card", "readers", "--json"])).stdout);
      assert.deepEqual(readers.readers, [
        { name: SLOTS[0], hasCard: true, isInUse: false, atr: "3b888001000005e0b381a1007f" },
        { name: SLOTS[1], hasCard: false, isInUse: false, atr: null },
      ]);
      const info = JSON.parse((await stack.ledger(["card", "info", "--json"])).stdout);
      assert.deepEqual([info.triesLeft, info.issuer.includes("JPKI-TEST")], [3, true]);
    });

    it("signs what every node's verifier accepts, and leaves the card without power", async () => {
      const cardFile = await place();
      const { out, args } = signing();
      const { code, stdout } = await stack.ledger(args, `${PIN}\n`);
      assert.equal(code, 0, stdout);
      const transaction = decodeTransaction(new Uint8Array(readFileSync(out)));
      const [authorisation] = transaction.auth;
      assert.ok(authorisation);
      const message = transaction.signedMessage;
      assert.ok(verifySignature({ ...authorisation, message }));
      const { certificatePem } = JSON.parse(readFileSync(cardFile, "utf8")).auth;
      const { publicKey } = new X509Certificate(certificatePem);
      assert.ok(verify("sha256", message, publicKey, authorisation.signature));
    });

    it("a wrong PIN spends a try; at the last one none is sent; a blocked one says so", async () => {
      const cardFile = await place();
      assert.equal(faultOf(await sign("9999")), "PIN_WRONG");
      assert.equal(triesLeft(cardFile), 2);
      assert.equal(faultOf(await sign("999")), "PIN_MALFORMED");
      assert.equal(faultOf(await sign("9999")), "PIN_WRONG");
      assert.equal(faultOf(await sign(PIN)), "PIN_LAST_TRY");
      assert.equal(triesLeft(cardFile), 1);
    });

    it("a blocked PIN is told by sign, tries and doctor", async () => {
      await place({ tries: 0 });
      assert.equal(faultOf(await sign(PIN)), "PIN_BLOCKED");
      assert.match((await stack.ledger(["card", "tries"])).stdout, /: 0\n.*Blocked/);
      const { code, stdout } = await stack.ledger(["doctor"]);
      assert.equal(code, 1);
      assert.match(stdout, /NG .*PIN_BLOCKED.*municipal office/);
    });

    it("an expired certificate is told by doctor, which is content with a good one", async () => {
      await place();
      const good = JSON.parse((await stack.ledger(["doctor", "--json"])).stdout);
      assert.deepEqual(
        [good.ok, good.findings.map(({ check }: { check: string }) => check)],
        [true, ["SERVICE", "READER", "CARD", "CERTIFICATE", "PIN"]],
      );
      const ca = await createTestCa();
      const old = await issueSoftwareCard({ ca, pin: PIN, issuedAt: new Date("2018-04-01") });
      saveSoftwareCard(file("old.card"), old.state);
      await stack.place(file("old.card"), 1);
      const { stdout } = await stack.ledger(["doctor"]);
      assert.match(stdout, /^NG .*00 01.*CERT_EXPIRED.*2023-04-01.*office renews it$/m);
    });

    it("takes no PIN from the command line for a card on a reader", async () => {
      await place();
      assert.equal(faultOf(await sign("", ["--pin", PIN])), "USAGE");
    });

    for (const [when, atCommand] of [
      ["the certificate is read", "00b0"],
      ["the PIN is verified", "0020008004"],
      ["it signs", "802a"],
    ] as const) {
      it(`a card that is removed while ${when} ends the session`, async () => {
        writeFileSync(file("leaving.card"), fresh);
        await stack.placeLeaving(file("leaving.card"), atCommand);
        assert.equal(faultOf(await sign(PIN)), "CARD_REMOVED");
        assert.equal(triesLeft(file("leaving.card")), 3);
        assert.equal(faultOf(await stack.ledger(["card", "tries", "--json"])), "NO_CARD");
      });
    }

    it("holds the card exclusively while the PIN is awaited; its removal then is noticed", async () => {
      await place();
      const waiting = stack.startLedger(signing().args);
      await stack.inUse();
      assert.equal(faultOf(await stack.ledger(["card", "tries", "--json"])), "CARD_IN_USE");
      await stack.removeCards();
      waiting.process.stdin.end(`${PIN}\n`);
      assert.equal(faultOf(await waiting.done), "CARD_REMOVED");
    });

    it("of two cards it takes the one it is told", async () => {
      await place();
      const second = await place({}, 1);
      const several = await stack.ledger(["card", "tries", "--json"]);
      assert.equal(faultOf(several), "SEVERAL_CARDS");
      for (const name of SLOTS) assert.ok(several.stdout.includes(name));
      assert.equal(faultOf(await sign("9999", on(1))), "PIN_WRONG");
      assert.deepEqual([triesLeft(file("0.card")), triesLeft(second)], [3, 2]);
    });

    it("waits for a card if asked to, and says what is missing if not", async () => {
      assert.equal(faultOf(await stack.ledger(["card", "tries", "--json"])), "NO_CARD");
      const other = await stack.ledger(["card", "tries", "--json", "--reader", "Other"]);
      assert.equal(faultOf(other), "READER_NOT_FOUND");
      const waiting = stack.startLedger(["card", "tries", "--wait", "60", "--json"]);
      await place();
      assert.deepEqual(JSON.parse((await waiting.done).stdout), { triesLeft: 3 });
    });

    it("and for another program to let go of it", async () => {
      await place();
      const holder = stack.startLedger(signing().args);
      await stack.inUse();
      const waiting = stack.startLedger(["card", "tries", "--wait", "60", "--json"]);
      // Longer than it would try without being told to wait.
      await delay(4000);
      holder.process.stdin.end(`${PIN}\n`);
      assert.equal((await holder.done).code, 0);
      assert.deepEqual(JSON.parse((await waiting.done).stdout), { triesLeft: 3 });
    });
  });

  describe("OpenSC", () => {
    const pkcs11 = (...args: string[]) => stack.run("pkcs11-tool", args);

    it("knows the card, its PINs, keys and certificates", async () => {
      await place();
      assert.equal((await stack.run("opensc-tool", ["--name"])).stdout.trim(), "jpki");
      const { stdout } = await stack.run("pkcs15-tool", ["--dump"]);
      assert.equal(stdout.match(/^PIN \[/gm)?.length, 2, stdout);
      assert.deepEqual(
        stdout.match(/Tries left +: \d/g)?.map((line) => line.at(-1)),
        ["3", "5"],
      );
      assert.equal(stdout.match(/^Private RSA Key \[/gm)?.length, 2);
      assert.equal(stdout.match(/^X.509 Certificate \[/gm)?.length, 4);
      const { stdout: objects } = await pkcs11("--slot-index", "0", "--list-objects");
      assert.match(objects, /Certificate Object; type = X.509 cert/);
    });

    const credentials = [
      { name: "auth", id: "01", slot: "0", pin: PIN },
      { name: "sign", id: "02", slot: "1", pin: DEFAULT_SIGN_PASSWORD },
    ] as const;
    for (const { name, id, slot, pin } of credentials) {
      it(`reads the ${name} certificate and signs; openssl verifies`, async () => {
        await place();
        const login = name === "auth" ? [] : ["--verify-pin", "--auth-id", id, "--pin", pin];
        const read = await stack.run("pkcs15-tool", ["--read-certificate", id, ...login]);
        const { publicKey, raw } = new X509Certificate(
          read.stdout.slice(read.stdout.indexOf("---")),
        );
        assert.deepEqual(raw, new X509Certificate(JSON.parse(fresh)[name].certificatePem).raw);
        writeFileSync(file("message"), "a message");
        writeFileSync(file("key.pem"), publicKey.export({ format: "pem", type: "spki" }));
        const how = ["--sign", "--id", id, "--mechanism", "SHA256-RSA-PKCS"];
        const files = ["--input-file", file("message"), "--output-file", file("signature")];
        const signed = await pkcs11(
          "--slot-index",
          slot,
          "--login",
          "--pin",
          pin,
          ...how,
          ...files,
        );
        assert.equal(signed.code, 0, signed.stderr);
        const verified = await stack.run("openssl", [
          ...["dgst", "-sha256", "-verify", file("key.pem")],
          ...["-signature", file("signature"), file("message")],
        ]);
        assert.equal(verified.stdout, "Verified OK\n");
      });
    }

    it("spends a try with a wrong PIN, and sees one that is blocked", async () => {
      const cardFile = await place();
      const wrong = ["--verify-pin", "--auth-id", "01", "--pin", "9999"];
      assert.notEqual((await stack.run("pkcs15-tool", wrong)).code, 0);
      assert.equal(triesLeft(cardFile), 2);
      await stack.removeCards();
      await place({ tries: 0, blockedAnswer: "63C0" });
      assert.match((await stack.run("pkcs15-tool", ["--dump"])).stdout, /Tries left +: 0/);
    });

    it("leaves nothing unlocked for our client, nor our client for it", async () => {
      const cardFile = await place();
      await pkcs11("--slot-index", "0", "--login", "--pin", PIN, "--list-objects");
      const { code } = await sign(PIN);
      assert.deepEqual([code, triesLeft(cardFile)], [0, 3]);
      const unlocked = await stack.run("opensc-tool", ["--card-driver", "jpki", ...SIGN_BY_HAND]);
      assert.match(unlocked.stdout, /SW1=0x69, SW2=0x82/);
    });
  });

  describe("the service", () => {
    it("a service that ends is told, and so is one that is not there", async () => {
      await place();
      const waiting = stack.startLedger(signing().args);
      await stack.inUse();
      await stack.endService();
      waiting.process.stdin.end(`${PIN}\n`);
      assert.equal(faultOf(await waiting.done), "PCSC_NOT_RUNNING");
      assert.match(
        (await stack.ledger(["doctor"])).stdout,
        /NG .*PCSC_NOT_RUNNING.*systemctl start/,
      );
      await stack.stop();
      stack = await PcscStack.start();
    });
  });
});

/** Selects application and key, asks for a signature of one byte. */
const SIGN_BY_HAND = ["00A4040C0AD392F000260100000001", "00A4020C020017", "802A0080013100"].flatMap(
  (apdu) => ["--send-apdu", apdu],
);
