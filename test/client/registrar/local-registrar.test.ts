import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import type { TrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { LocalRegistrar } from "../../../client/registrar/local-registrar.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { newAuthority, Resident } from "../../support/resident.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("local registrar", () => {
  const newDirectory = temporaryDirectories();
  let anchors: TrustAnchors;
  let hanako: Resident;
  let taro: Resident;
  let nowMs: number;

  before(async () => {
    const authority = await newAuthority();
    ({ anchors } = authority);
    [hanako, taro] = await Promise.all([Resident.of(authority.ca), Resident.of(authority.ca)]);
    nowMs = Date.now();
  });

  const registrarIn = (directory: string, municipality = "131164") =>
    new LocalRegistrar({ storeFile: join(directory, "registrar.json"), municipality, anchors });

  it("gives whoever asks twice the same wallet, also after a restart", () => {
    const directory = newDirectory();
    const draft = registrarIn(directory).draftOpening(hanako.certificate, nowMs);
    const again = registrarIn(directory);
    assert.deepEqual(again.draftOpening(hanako.certificate, nowMs), draft);
    const { handle, cardSalt } = again.walletOf(hanako.certificate, nowMs);
    assert.deepEqual(draft.private, {
      cardSalt: toHex(cardSalt),
      statusAsOfMs: nowMs,
      certificate: null,
    });
    assert.equal((draft.public as { handle: string }).handle, toHex(handle));
  });

  it("gives each resident and each municipality another pseudonym and salt", () => {
    const directory = newDirectory();
    const toshima = registrarIn(directory);
    const drafts = [
      toshima.draftOpening(hanako.certificate, nowMs),
      toshima.draftOpening(taro.certificate, nowMs),
      registrarIn(directory, "072028").draftOpening(hanako.certificate, nowMs),
    ];
    const handles = drafts.map((draft) => (draft.public as { handle: string }).handle);
    assert.equal(new Set(handles).size, 3);
    assert.equal(new Set(drafts.map((draft) => JSON.stringify(draft.private))).size, 3);
  });

  it("keeps its secrets for its owner alone, and nothing of the certificate", () => {
    const directory = newDirectory();
    registrarIn(directory).draftOpening(hanako.certificate, nowMs);
    const file = join(directory, "registrar.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, "utf8"))), [
      "version",
      "pseudonymKey",
      "wallets",
    ]);
  });

  it("knows no wallet that was not opened here", () => {
    const registrar = registrarIn(newDirectory());
    registrar.draftOpening(hanako.certificate, nowMs);
    assert.throws(() => registrar.walletOf(taro.certificate, nowMs), { code: "UNKNOWN_WALLET" });
  });

  it("refuses certificates of another authority, expired ones, and what is none", async () => {
    const registrar = registrarIn(newDirectory());
    const stranger = await Resident.of((await newAuthority()).ca);
    const inSixYearsMs = nowMs + 6 * 366 * 86_400_000;
    const rows = [
      { certificate: stranger.certificate, atMs: nowMs, code: "CERT_UNTRUSTED" },
      { certificate: hanako.certificate, atMs: inSixYearsMs, code: "CERT_EXPIRED" },
      { certificate: new Uint8Array(10), atMs: nowMs, code: "CERT_MALFORMED" },
    ];
    for (const { certificate, atMs, code } of rows) {
      assert.throws(() => registrar.draftOpening(certificate, atMs), { code });
      assert.throws(() => registrar.walletOf(certificate, atMs), { code });
    }
  });
});
