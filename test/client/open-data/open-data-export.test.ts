/** What the public sees of a real chain. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { toHex } from "../../../ledger/bytes.ts";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { AT_MS, TOSHIMA, WALLET_HANDLE } from "../../support/ledger-world.ts";
import { noonOf, november } from "../../support/november.ts";
import { runCommand } from "../../support/run-command.ts";
import { makeTemporaryDirectory } from "../../support/temporary-directory.ts";

const TOWN_NAMES = { nameJa: "<b>劇場&広場", nameEn: "Theatre" };
const DAY_MS = 86_400_000;

const campaign = {
  ...{ issuer: TOSHIMA, pointType: "health", fiscalYear: 2026, budgetCategory: "HEALTH" },
  ...{ rateBp: 10_000, checkinPt: 100, trigger: "CHECKIN", opensAtMs: 0, restrictedTo: [] },
  ...{ walletCapPt: 100, dayCapPt: 1000, totalCapPt: 1000, premiumExpiresOn: null },
};

describe("open data", function () {
  this.timeout(120_000);
  const folder = makeTemporaryDirectory();
  const out = join(folder.path, "public");
  const file = (name: string) => readFileSync(join(out, name), "utf8");

  before(async () => {
    useSha256(nativeSha256);
    const town = november();
    const [shop, late] = [{ issuer: TOSHIMA, merchant: "theatre" }, noonOf(11, 25)];
    town.act("MERCHANT_REGISTER", { ...shop, ...TOWN_NAMES, category: "SHOP" }, late);
    const place = { municipality: TOSHIMA, facility: "gallery", merchant: "museum" };
    town.act("FACILITY_REGISTER", { ...place, nameJa: "区民美術館", nameEn: "Gallery" }, late);
    const terms = { municipality: TOSHIMA, facility: "gallery", termMonths: 0, attesters: [] };
    const art = { service: "art", category: "MUSEUM", sensitive: false, nameJa: "入館" };
    const fees = [{ fee: "adult", amountPt: 300 }];
    town.act("SERVICE_DEFINE", { ...terms, ...art, nameEn: "Entry", fees }, late);
    const clinic = { service: "clinic", category: "HOSPITAL", sensitive: true, nameJa: "診察券" };
    town.act("SERVICE_DEFINE", { ...terms, ...clinic, nameEn: "Clinic", fees: [] }, late);
    const soon = { campaign: "walk", nameJa: "健康ウォーク", closesAtMs: AT_MS + 100 * DAY_MS };
    town.act("CAMPAIGN_OPEN", { ...campaign, ...soon, nameEn: "Walk" }, late);
    const over = { campaign: "gone", nameJa: "終わった催し", closesAtMs: late + DAY_MS };
    town.act("CAMPAIGN_OPEN", { ...campaign, ...over, nameEn: "Gone" }, late);
    town.act("CAMPAIGN_ADJUST", adjustment, noonOf(12, 2));
    town.writeBundle(join(folder.path, "bundle"));
    const { code, stdout, stderr } = await runCommand(
      ["open-data", "export", "bundle", "--out", "public"],
      folder.path,
    );
    assert.equal(code, 0, stdout + stderr);
  });

  after(() => folder.remove());

  it("has every table as CSV and as JSON, each column described", () => {
    const data = JSON.parse(file("data.json"));
    const { resources } = JSON.parse(file("datapackage.json"));
    assert.equal(resources.length, 9);
    for (const { name, path, schema } of resources) {
      const [head = ""] = file(path).replace("\uFEFF", "").split("\r\n");
      const fields: { name: string; description: string }[] = schema.fields;
      assert.deepEqual(
        head.split(","),
        fields.map((field) => field.name),
      );
      for (const row of data[name]) {
        assert.deepEqual(
          Object.keys(row),
          fields.map(({ description }) => description),
        );
      }
    }
    assert.deepEqual(data.fees, [
      { facility: "gallery", service: "art", fee: "adult", amountPt: 300 },
    ]);
  });

  it("tells no figure that a single wallet stands behind", () => {
    const { months, campaigns } = JSON.parse(file("data.json"));
    assert.deepEqual(months, []);
    assert.ok(campaigns.every(({ givenPt }: { readonly givenPt: unknown }) => givenPt === ""));
  });

  it("holds no pseudonym and nothing of sensitive services", () => {
    for (const name of readdirSync(out)) {
      assert.ok(!file(name).includes(toHex(WALLET_HANDLE)), name);
      assert.doesNotMatch(file(name), /[0-9a-f]{32}/);
      assert.ok(!file(name).includes("診察券"), name);
    }
  });

  it("has three pages in Japanese that link to one another, without scripts", () => {
    for (const [name, title] of [
      ["points.html", "自治体ポイントナビ"],
      ["museums.html", "美術館ナビ"],
      ["living.html", "移住ナビ"],
    ] as const) {
      const text = file(name);
      assert.ok(text.includes('<html lang="ja">') && text.includes(`<title>${title} / `), name);
      assert.ok(text.includes('href="museums.html"') && !/<script|https?:/.test(text), name);
    }
    assert.match(file("museums.html"), /区民美術館[\s\S]*入館[\s\S]*adult 300 pt/);
    assert.match(file("living.html"), /健康ポイント[\s\S]*健康ウォーク[\s\S]*区民美術館/);
  });

  it("shows names as text, and no campaign that is over", () => {
    assert.ok(file("points.html").includes("&lt;b&gt;劇場&amp;広場"));
    assert.ok(file("points.html").includes("健康ウォーク"));
    assert.ok(!file("points.html").includes("終わった催し"));
    assert.ok(file("campaigns.csv").includes("終わった催し"));
  });
});

const adjustment = {
  ...{ issuer: TOSHIMA, pointType: "health", campaign: "walk", fiscalYear: 2026 },
  ...{ budgetCategory: "HEALTH", walletCapPt: 100, dayCapPt: 1000, totalCapPt: 2000 },
  closesAtMs: AT_MS + 100 * DAY_MS,
};
