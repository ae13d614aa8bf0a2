/** Points become paper at the office and are taken at a shop without a card, on real nodes. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { MUNICIPALITY } from "../../client/demo/cast.ts";
import { encodeVoucherCode, groupsOf } from "../../client/vouchers/voucher-code.ts";
import { addDays, civilDateAt } from "../../contracts/fields/dates.ts";
import { PracticeTown } from "../support/practice-town.ts";
import { PROGRAM, startProgram } from "../support/run-command.ts";
import { modulesOfSvg, scanModules } from "../support/scan-qr.ts";

const FACE_PT = 50;
const KILLS_AFTER_MS = [250, 500, 800, 1100];

describe("vouchers on paper", function () {
  this.timeout(240_000);
  let town: PracticeTown;
  let codes: string[] = [];
  const taken: string[] = [];

  before(async () => {
    town = await PracticeTown.open();
    const expiresOn = addDays(civilDateAt(Date.now()), 30);
    for (const [series, restrictedTo] of [
      ["fifty", []],
      ["museums-only", ["MUSEUM"]],
    ] as const) {
      const names = { nameJa: "五十ポイント券", nameEn: "Fifty points" };
      const terms = { facePt: FACE_PT, limitPt: 1000, expiresOn, redeemableUntil: expiresOn };
      const body = { issuer: MUNICIPALITY, series, pointType: "volunteer", ...names, ...terms };
      await town.officers(
        { type: "VOUCHER_SERIES_DEFINE", public: { ...body, restrictedTo }, private: null },
        ...(["clerk", "approver"] as const),
      );
    }
  });

  after(() => town?.close());

  const issue = (series: string, count: number, name: string) => [
    ...["voucher", "issue", "--series", series, "--count", String(count), ...town.registrar],
    ...["--sheet", town.file(`${name}.sheet`), "--out", town.file(`${name}.html`)],
    ...[...town.card, ...town.nodes],
  ];
  const scan = (name: string) =>
    (readFileSync(town.file(`${name}.html`), "utf8").match(/<svg[\s\S]*?<\/svg>/g) ?? []).map(
      (svg) => scanModules(modulesOfSvg(svg)),
    );
  const take = (code: string) => ["terminal", "voucher", "--dir", town.practice.dir, code];
  const today = () => town.done("terminal", "today", "--dir", town.practice.dir);

  it("are made by the resident's card, and printed with codes that a scanner reads", async () => {
    const { vouchers, facePt } = await town.done(...issue("fifty", 5, "hanako"));
    assert.deepEqual([vouchers, facePt], [5, FACE_PT]);
    codes = scan("hanako");
    assert.equal(new Set(codes).size, 5);
  });

  it("are printed again from their sheet, as after a power cut, and not made again", async () => {
    const again = ["voucher", "print", town.file("hanako.sheet"), "--out", town.file("again.html")];
    await town.done(...again, ...town.nodes);
    assert.deepEqual(scan("again"), codes);
  });

  it("leave no sheet when the ledger refuses them", async () => {
    assert.equal(await town.refused(...issue("fifty", 20, "too-many")), "BALANCE_INSUFFICIENT");
    assert.equal(await town.refused(...issue("none", 1, "unknown")), "UNKNOWN_SERIES");
    for (const name of ["too-many", "unknown"]) {
      assert.ok(!existsSync(town.file(`${name}.sheet`)) && !existsSync(town.file(`${name}.html`)));
    }
  });

  it("are taken once, scanned or typed", async () => {
    const [scanned = "", typed = ""] = codes;
    const { facePt, id } = await town.done(...take(scanned));
    assert.equal(facePt, FACE_PT);
    assert.equal(await town.refused(...take(scanned)), "VOUCHER_USED");
    const { id: otherId } = await town.done(...take(groupsOf(typed).toLowerCase()));
    taken.push(String(id), String(otherId));
  });

  it("a forged, a mistyped, an unknown and another shop's voucher are refused, each with its reason", async () => {
    const secret = new Uint8Array(16).fill(9);
    const forged = encodeVoucherCode({ issuer: MUNICIPALITY, series: "fifty", secret });
    assert.equal(await town.refused(...take(forged)), "UNKNOWN_VOUCHER");
    const unknown = encodeVoucherCode({ issuer: MUNICIPALITY, series: "none", secret });
    assert.equal(await town.refused(...take(unknown)), "UNKNOWN_SERIES");
    const [, , third = ""] = codes;
    const slip = third.replace(/.$/, (last) => (last === "0" ? "2" : "0"));
    assert.equal(await town.refused(...take(slip)), "VOUCHER_CODE_WRONG");
    await town.done(...issue("museums-only", 1, "museum"));
    const [elsewhere = ""] = scan("museum");
    assert.equal(await town.refused(...take(elsewhere)), "NOT_ACCEPTED_HERE");
  });

  it("are taken once although the shop's power is cut meanwhile", async () => {
    const [, , code = ""] = codes;
    for (const afterMs of KILLS_AFTER_MS) {
      const { process: child, done } = startProgram(process.execPath, [PROGRAM, ...take(code)]);
      await delay(afterMs);
      child.kill("SIGKILL");
      await done;
    }
    // Either the last one was not sent, or its outcome is found out now, or it is in the day's list already.
    const { ok, said } = await town.run(...take(code));
    const { result } = said;
    assert.ok(ok || result === "VOUCHER_USED", String(result));
    const { entries, payments, totalPt } = await today();
    assert.deepEqual([payments, totalPt], [3, 3 * FACE_PT]);
    const ids = (entries as { id: string }[]).map(({ id }) => id);
    assert.ok(taken.every((id) => ids.includes(id)));
  });

  it("are taken where the terminal asks for an amount", async () => {
    const [, , , code = ""] = codes;
    const running = startProgram(process.execPath, [
      ...[PROGRAM, "terminal", "run", "--dir", town.practice.dir, "--card", town.practice.card],
    ]);
    running.process.stdin.end(`${code}\n${code}\n`);
    const { stdout, code: exit } = await running.done;
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /ポイント券を受け取りました　50 ポイント/);
    assert.match(stdout, /ポイント券は受け取れません　すでに使われたか、取り消された券です/);
    const { payments } = await today();
    assert.equal(payments, 4);
  });

  it("a sheet that is no sheet prints nothing", async () => {
    writeFileSync(town.file("bad.sheet"), "{}");
    const print = ["voucher", "print", town.file("bad.sheet"), "--out", town.file("bad.html")];
    assert.equal(await town.refused(...print, ...town.nodes), "FILE_MALFORMED");
  });
});
