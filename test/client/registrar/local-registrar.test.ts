import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { parseAuthCertificate } from "../../../client/pki/profile.ts";
import type { TestCa } from "../../../client/pki/test-ca.ts";
import type { TrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { ProvenCard } from "../../../client/registrar/card-login.ts";
import { Custody } from "../../../client/registrar/custody.ts";
import { LocalRegistrar } from "../../../client/registrar/local-registrar.ts";
import { openCustody, sealCustody } from "../../../client/registrar/sealed-custody.ts";
import { stateContinuity } from "../../../client/verifier/continuity.ts";
import { commitToCard } from "../../../contracts/residents/card-commitment.ts";
import { toHex, utf8 } from "../../../ledger/bytes.ts";
import { newAuthority, Resident } from "../../support/resident.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("local registrar", () => {
  const newDirectory = temporaryDirectories();
  let ca: TestCa;
  let anchors: TrustAnchors;
  let hanako: Resident;
  let taro: Resident;
  let nowMs: number;

  before(async () => {
    const authority = await newAuthority();
    ({ ca, anchors } = authority);
    [hanako, taro] = await Promise.all([Resident.of(authority.ca), Resident.of(authority.ca)]);
    nowMs = Date.now();
  });

  const proven = ({ certificate }: Resident) => new ProvenCard(parseAuthCertificate(certificate));
  const statedFor = (old: Resident, renewed: Resident) => ({
    old: parseAuthCertificate(old.certificate),
    new: parseAuthCertificate(renewed.certificate),
  });
  const statement = (old: Resident, renewed: Resident) =>
    stateContinuity(ca.userAuthentication, statedFor(old, renewed), nowMs);
  const renewal = (continuity: Uint8Array | null) => ({
    oldCertificate: hanako.certificate,
    newCertificate: taro.certificate,
    continuity,
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

  it("keeps custody and journal for their owner alone, and seals what it knows", () => {
    const directory = newDirectory();
    const registrar = registrarIn(directory);
    registrar.draftOpening(hanako.certificate, nowMs);
    registrar.chooseMyKeyId(proven(hanako), "hanako-no-kagi");
    const journal = readFileSync(join(directory, "registrar.json"));
    for (const file of ["registrar.json", "registrar.json.custody"]) {
      assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
    }
    const { serialHex, publicKeyPkcs1 } = parseAuthCertificate(hanako.certificate);
    for (const secret of [publicKeyPkcs1, Buffer.from(serialHex, "hex"), utf8("hanako-no-kagi")]) {
      assert.ok(!journal.includes(Buffer.from(secret)));
    }
  });

  it("cannot be opened with another custody", () => {
    const directory = newDirectory();
    registrarIn(directory).draftOpening(hanako.certificate, nowMs);
    writeFileSync(join(directory, "registrar.json.custody"), `${"0".repeat(64)}\n`);
    assert.throws(() => registrarIn(directory), { code: "FILE_MALFORMED" });
  });

  it("is the same with every member that has the custody", () => {
    const [one, two] = [newDirectory(), newDirectory()];
    const draft = registrarIn(one).draftOpening(hanako.certificate, nowMs);
    const custody = "registrar.json.custody";
    // What is handed over is the custody: here by way of shares, any two of three.
    const kept = Custody.ofFile(join(one, custody));
    assert.ok(kept);
    const { sealed, shares } = sealCustody(kept, 2, 3);
    openCustody(sealed, shares.slice(1)).keep(join(two, custody));
    assert.deepEqual(registrarIn(two).draftOpening(hanako.certificate, nowMs), draft);
  });

  it("finds the wallet of a card again whose record is lost", () => {
    const directory = newDirectory();
    const registrar = registrarIn(directory);
    for (const { certificate } of [hanako, taro]) registrar.draftOpening(certificate, nowMs);
    const known = registrar.walletOf(taro.certificate, nowMs);
    const ledger = [taro, hanako].map((who) => {
      const { handle, cardSalt } = registrar.walletOf(who.certificate, nowMs);
      const { publicKeyPkcs1 } = parseAuthCertificate(who.certificate);
      return { handle, cardCommit: commitToCard(cardSalt, publicKeyPkcs1) };
    });
    rmSync(join(directory, "registrar.json"));
    const again = registrarIn(directory);
    assert.throws(() => again.walletOf(taro.certificate, nowMs), { code: "UNKNOWN_WALLET" });
    assert.deepEqual(again.recover(taro.certificate, ledger, nowMs), known);
    assert.throws(() => again.recover(hanako.certificate, ledger.slice(0, 1), nowMs), {
      code: "UNKNOWN_WALLET",
    });
  });

  describe("a new card", () => {
    it("has the wallet of the old one, by the issuer's word", () => {
      const registrar = registrarIn(newDirectory());
      registrar.draftOpening(hanako.certificate, nowMs);
      const { handle } = registrar.walletOf(hanako.certificate, nowMs);
      const draft = registrar.draftRebinding(renewal(statement(hanako, taro)), nowMs);
      const body = draft.private as { wallet: string; cardSalt: string };
      assert.equal(body.wallet, toHex(handle));
      const wallet = registrar.walletOf(taro.certificate, nowMs);
      assert.deepEqual(
        [toHex(wallet.handle), toHex(wallet.cardSalt)],
        [body.wallet, body.cardSalt],
      );
      const [watched] = registrar.watchedCards();
      assert.deepEqual(new Uint8Array(watched?.certificate.der ?? []), taro.certificate);
    });

    it("does not get it without that, and is told why", () => {
      const registrar = registrarIn(newDirectory());
      registrar.draftOpening(hanako.certificate, nowMs);
      const { old, new: newer } = statedFor(hanako, taro);
      const rows = [
        [null, "no statement of the issuer"],
        [new Uint8Array(5), "not a statement"],
        [statement(taro, hanako), "about other certificates"],
        [
          stateContinuity(ca.digitalSignature, { old, new: newer }, nowMs),
          "not signed by the issuer of the new certificate",
        ],
        [
          stateContinuity(ca.userAuthentication, { old, new: newer }, nowMs + 60_000),
          "ahead of its time",
        ],
      ] as const;
      for (const [continuity, reason] of rows) {
        assert.throws(() => registrar.draftRebinding(renewal(continuity), nowMs), {
          code: "CONTINUITY_UNPROVEN",
          facts: { reason },
        });
      }
      assert.throws(() => registrar.walletOf(taro.certificate, nowMs), { code: "UNKNOWN_WALLET" });
    });

    it("cannot follow a card that nobody knows", () => {
      const registrar = registrarIn(newDirectory());
      const attempt = () => registrar.draftRebinding(renewal(statement(hanako, taro)), nowMs);
      assert.throws(attempt, { code: "UNKNOWN_WALLET" });
    });
  });

  describe("a MyKey ID", () => {
    it("is chosen, seen, changed and deleted by its resident", () => {
      const registrar = registrarIn(newDirectory());
      registrar.draftOpening(hanako.certificate, nowMs);
      const hers = proven(hanako);
      assert.equal(registrar.myKeyIdOf(hers), null);
      registrar.chooseMyKeyId(hers, "Ｈａｎａｋｏ");
      assert.equal(registrar.myKeyIdOf(hers), "Ｈａｎａｋｏ");
      assert.ok(registrar.handleOfMyKeyId("HANAKO"));
      registrar.chooseMyKeyId(hers, "花子");
      assert.equal(registrar.handleOfMyKeyId("hanako"), undefined);
      registrar.chooseMyKeyId(hers, null);
      assert.equal(registrar.myKeyIdOf(hers), null);
      assert.equal(registrar.handleOfMyKeyId("花子"), undefined);
    });

    it("is one resident's alone, also after a restart", () => {
      const directory = newDirectory();
      const registrar = registrarIn(directory);
      for (const { certificate } of [hanako, taro]) registrar.draftOpening(certificate, nowMs);
      registrar.chooseMyKeyId(proven(hanako), "kagi");
      const again = registrarIn(directory);
      assert.throws(() => again.chooseMyKeyId(proven(taro), "KAGI"), { code: "MYKEY_ID_TAKEN" });
      again.chooseMyKeyId(proven(hanako), "Kagi");
      again.chooseMyKeyId(proven(hanako), null);
      again.chooseMyKeyId(proven(taro), "KAGI");
      assert.equal(registrarIn(directory).myKeyIdOf(proven(taro)), "KAGI");
    });

    it("is refused when it says who he is, or when he has no wallet", () => {
      const registrar = registrarIn(newDirectory());
      assert.throws(() => registrar.chooseMyKeyId(proven(hanako), "x"), { code: "UNKNOWN_WALLET" });
      registrar.draftOpening(hanako.certificate, nowMs);
      assert.throws(() => registrar.chooseMyKeyId(proven(hanako), "19850102"), {
        code: "MYKEY_ID_REFUSED",
      });
    });
  });

  it("gives facilities and partners pseudonyms that lead to no other", () => {
    const registrar = registrarIn(newDirectory());
    registrar.draftOpening(hanako.certificate, nowMs);
    const { handle } = registrar.walletOf(hanako.certificate, nowMs);
    const names = [
      registrar.pseudonymFor(handle, "facility", "library-1"),
      registrar.pseudonymFor(handle, "facility", "library-2"),
      registrar.pseudonymFor(handle, "partner", "library-1"),
      handle,
    ].map(toHex);
    assert.equal(new Set(names).size, 4);
    assert.equal(toHex(registrar.pseudonymFor(handle, "facility", "library-1")), names[0]);
  });

  it("forgets who closed his wallet; if he comes back, he is somebody new", () => {
    const directory = newDirectory();
    const registrar = registrarIn(directory);
    registrar.draftOpening(hanako.certificate, nowMs);
    registrar.chooseMyKeyId(proven(hanako), "kagi");
    const { handle } = registrar.walletOf(hanako.certificate, nowMs);
    registrar.erase(handle);
    const again = registrarIn(directory);
    assert.throws(() => again.walletOf(hanako.certificate, nowMs), { code: "UNKNOWN_WALLET" });
    assert.equal(again.handleOfMyKeyId("kagi"), undefined);
    assert.deepEqual(again.watchedCards(), []);
    again.draftOpening(hanako.certificate, nowMs);
    assert.notDeepEqual(again.walletOf(hanako.certificate, nowMs).handle, handle);
  });

  it("shows the certificate to the ledger where every node checks it, and nowhere else", () => {
    const storeFile = join(newDirectory(), "registrar.json");
    const options = { storeFile, municipality: "131164", anchors, showsCertificates: true };
    const draft = new LocalRegistrar(options).draftOpening(hanako.certificate, nowMs);
    const { certificate } = draft.private as { certificate: string };
    assert.equal(certificate, toHex(hanako.certificate));
    const usual = registrarIn(newDirectory()).draftOpening(hanako.certificate, nowMs);
    assert.equal((usual.private as { certificate: null }).certificate, null);
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
