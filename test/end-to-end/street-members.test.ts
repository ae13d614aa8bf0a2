/** The card in place of a street's member card, on real nodes: a shop serves the street's members, and hears who they are there. */
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "mocha";
import { MUNICIPALITY, PIN } from "../../client/demo/cast.ts";
import { encodeReceiptCode } from "../../client/receipt-code.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { PracticeTown } from "../support/practice-town.ts";
import { PROGRAM, type Running, startProgram } from "../support/run-command.ts";

const AMOUNT = ["--amount", "10", "--pin", PIN];

describe("a shop that serves a street's members", function () {
  this.timeout(240_000);
  let town: PracticeTown;
  let registrar: Running;
  let paid = "";
  const dir = () => ["--dir", town.file("till")];

  before(async () => {
    town = await PracticeTown.open();
    const street = { municipality: MUNICIPALITY, facility: "bremen" };
    const names = { nameJa: "ブレーメン商店街", nameEn: "Bremen street" };
    const terms = { ...names, sensitive: false, termMonths: 0, attesters: [], fees: [] };
    for (const [type, body] of [
      ["FACILITY_REGISTER", { ...street, ...names, merchant: null }],
      ["SERVICE_DEFINE", { ...street, service: "member", category: "STREET_MEMBER", ...terms }],
      ["SERVICE_DEFINE", { ...street, service: "books", category: "LIBRARY", ...terms }],
    ] as const) {
      await town.officers({ type, public: body, private: null }, "clerk", "approver");
    }
    const genesis = ["--genesis", town.file("genesis.json")];
    registrar = startProgram(process.execPath, [
      ...[PROGRAM, "registrar", "serve", ...town.registrar, ...town.nodes, ...genesis],
      ...["--listen", "127.0.0.1:0"],
    ]);
    const lines = createInterface(registrar.process.stdout)[Symbol.asyncIterator]();
    const { url } = JSON.parse((await lines.next()).value ?? "{}");
    await town.done(
      ...["terminal", "enrol", ...dir(), "--issuer", MUNICIPALITY, "--merchant", "sugamo-bakery"],
      ...["--terminal", "sugamo-bakery-2", "--name-ja", "巣鴨ベーカリー", "--name-en", "Bakery"],
      ...["--registrar", url, ...town.nodes, ...genesis, "--key", town.key("clerk")],
    );
  });

  after(async () => {
    registrar?.process.kill("SIGTERM");
    await registrar?.done;
    await town?.close();
  });

  const card = () => ["--card", town.practice.card];
  const pay = () => town.run("terminal", "pay", ...dir(), ...AMOUNT, ...card());
  const serve = (...whom: readonly string[]) => town.done("terminal", "members", ...dir(), ...whom);
  const member = () => ["terminal", "member", ...dir(), ...card()];

  it("serves everybody until it is told", async () => {
    const { ok, said } = await pay();
    assert.ok(ok);
    assert.equal(await town.refused(...member()), "USAGE");
    const { id } = said;
    paid = String(id);
  });

  it("gives customers a code by which anybody fetches and checks the receipt", async () => {
    const networkId = networkIdOf(town.network.genesis);
    const get = (network: Uint8Array, out: string) => [
      ...["receipt", "get", encodeReceiptCode({ networkId: network, id: paid })],
      ...["--out", town.file(out), ...town.nodes],
    ];
    await town.done(...get(networkId, "my.receipt"));
    const verify = ["receipt", "verify", town.file("my.receipt"), "--genesis"];
    const { id, type } = await town.done(...verify, town.file("genesis.json"));
    assert.deepEqual([id, type], [paid, "PAY"]);
    assert.equal(await town.refused(...get(new Uint8Array(32), "other.receipt")), "OTHER_NETWORK");
  });

  it("turns away who is no member, before he pays", async () => {
    await serve("--of", "bremen/member");
    const { ok, said } = await pay();
    assert.deepEqual([ok, said], [false, { amountPt: 10, outcome: "STOPPED", by: "NOT_A_MEMBER" }]);
    assert.equal(await town.refused(...member()), "UNKNOWN_LINK");
  });

  it("serves a member, and says under which pseudonym the street knows him", async () => {
    await town.done(
      ...["registrar", "link", "--facility", "bremen", "--service", "member", ...town.registrar],
      ...[...town.card, ...town.nodes, "--key", town.key("registrar")],
      ...["--verifier-key", town.key("verifier")],
    );
    const { ok } = await pay();
    assert.ok(ok);
    const { member: first } = await town.done(...member());
    const { member: second } = await town.done(...member());
    assert.match(String(first), /^[0-9a-f]{64}$/);
    assert.equal(second, first);
  });

  it("hears nothing of other services, and serves everybody again when told", async () => {
    await serve("--of", "bremen/books");
    assert.equal(await town.refused(...member()), "UNKNOWN_SERVICE");
    await serve("--everybody");
    assert.equal(await town.refused(...member()), "USAGE");
  });
});
