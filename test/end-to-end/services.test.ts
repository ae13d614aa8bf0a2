/** A resident, his services and an e-library, on real nodes: links, the page of all of them, and words to another system. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "mocha";
import { endingSession } from "../../client/card/ending-session.ts";
import { readAnchors } from "../../client/commands/municipal-offices.ts";
import { MUNICIPALITY, PARTNER_CITY } from "../../client/demo/cast.ts";
import { readKeyFile } from "../../client/files.ts";
import { connectCardFile } from "../../client/local-card/card-file.ts";
import { keyFileOf } from "../../client/network/create-network.ts";
import { LocalRegistrar } from "../../client/registrar/local-registrar.ts";
import { signedWordSchema } from "../../client/services/questions.ts";
import { fromHex, toHex } from "../../ledger/bytes.ts";
import { signEligibility } from "../../ledger/eligibility.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { PracticeTown } from "../support/practice-town.ts";
import { PROGRAM, type Running, startProgram } from "../support/run-command.ts";

const CHALLENGE = "0f".repeat(16);
const BOOKS = ["--facility", "library", "--service", "books"];

describe("a resident's services", function () {
  this.timeout(240_000);
  let town: PracticeTown;
  let office: Running;
  let officeUrl = "";
  const log: string[] = [];

  before(async () => {
    town = await PracticeTown.open();
    await define("library", "books", { nameJa: "図書館", nameEn: "Library", category: "LIBRARY" });
    await define("pool", "swim", { nameJa: "<市民>プール", nameEn: "Pool", category: "SPORTS" });
    await define("hospital", "card", {
      nameJa: "市民病院",
      nameEn: "Hospital",
      category: "HOSPITAL",
    });
    office = startProgram(process.execPath, [
      ...[PROGRAM, "services", "serve", ...town.registrar, "--key", town.key("clerk")],
      ...[...town.nodes, ...genesis(), "--listen", "127.0.0.1:0"],
    ]);
    const lines = createInterface(office.process.stdout);
    officeUrl = await new Promise((resolve) => {
      lines.on("line", (line) => {
        log.push(line);
        const { event, url } = JSON.parse(line);
        if (event === "READY") resolve(url);
      });
    });
  });

  after(async () => {
    office?.process.kill("SIGTERM");
    await office?.done;
    await town?.close();
  });

  const genesis = () => ["--genesis", town.file("genesis.json")];
  const atOffice = (card: readonly string[] = town.card) => [
    ...["--office", officeUrl, "--municipality", MUNICIPALITY, ...genesis(), ...card],
  ];

  async function define(
    facility: string,
    service: string,
    { category, ...names }: { nameJa: string; nameEn: string; category: string },
  ): Promise<void> {
    const place = { municipality: MUNICIPALITY, facility };
    const terms = { category, sensitive: category === "HOSPITAL", termMonths: 12 };
    for (const [type, body] of [
      ["FACILITY_REGISTER", { ...place, ...names, merchant: null }],
      ["SERVICE_DEFINE", { ...place, service, ...names, ...terms, attesters: [], fees: [] }],
    ] as const) {
      await town.officers({ type, public: body, private: null }, "clerk", "approver");
    }
  }

  const link = (...place: readonly string[]) => [
    ...["registrar", "link", ...place, ...town.registrar, ...town.card, ...town.nodes],
    ...["--key", town.key("registrar"), "--verifier-key", town.key("verifier")],
  ];
  const word = (audience: string, out: string, challenge = CHALLENGE) => [
    ...["services", "word", ...BOOKS, "--audience", audience, "--challenge", challenge],
    ...["--out", town.file(out), ...atOffice()],
  ];
  const check = (audience: string, file: string, challenge = CHALLENGE) => [
    ...["services", "check-word", town.file(file), ...BOOKS, "--audience", audience],
    ...["--challenge", challenge, ...town.nodes, ...genesis()],
  ];

  it("are linked by his card, registrar and verifier; a hospital's are not", async () => {
    assert.equal(await town.refused(...word("e-library", "none.json")), "UNKNOWN_LINK");
    await town.done(...link(...BOOKS));
    await town.done(...link("--facility", "pool", "--service", "swim"));
    const hospital = link("--facility", "hospital", "--service", "card");
    assert.equal(await town.refused(...hospital), "SERVICE_SENSITIVE");
  });

  it("give an e-library a word that holds there, with a pseudonym of its own", async () => {
    await town.done(...word("e-library", "a.json"));
    await town.done(...word("e-library", "b.json", "aa".repeat(16)));
    await town.done(...word("museum", "c.json"));
    const { subject = null } = await town.done(...check("e-library", "a.json"));
    const again = await town.done(...check("e-library", "b.json", "aa".repeat(16)));
    const elsewhere = await town.done(...check("museum", "c.json"));
    assert.deepEqual(again, { ok: true, subject });
    assert.notDeepEqual(elsewhere, again);
  });

  it("a word for another system, an old challenge, or by another key does not hold", async () => {
    assert.equal(await town.refused(...check("museum", "a.json")), "SIGNATURE_INVALID");
    const old = check("e-library", "a.json", "bb".repeat(16));
    assert.equal(await town.refused(...old), "SIGNATURE_INVALID");
    const signer = readKeyFile(keyFileOf(town.file("."), PARTNER_CITY, "clerk"));
    const nowMs = Date.now();
    const claims = {
      version: 1,
      networkId: networkIdOf(town.network.genesis),
      ...{ facility: "library", service: "books", audience: "e-library" },
      subject: new Uint8Array(32),
      challenge: fromHex(CHALLENGE),
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    };
    const forged = { word: signEligibility(claims, signer), publicKey: signer.publicKey };
    writeFileSync(town.file("forged.json"), JSON.stringify(signedWordSchema.toJson(forged)));
    const byOthers = check("e-library", "forged.json");
    assert.equal(await town.refused(...byOthers), "SIGNER_NOT_AUTHORISED");
  });

  it("are told to nobody but the holder of a card that the registrar knows", async () => {
    await town.done("card", "create", "--out", town.file("taro.card"), "--pin", "1234");
    const stranger = ["--card", town.file("taro.card"), "--pin", "1234"];
    const asked = ["services", "show", ...atOffice(stranger)];
    assert.equal(await town.refused(...asked), "UNKNOWN_WALLET");
    const foreign = ["--card", town.file("jiro.card"), "--pin", "1234"];
    const ca = ["--ca", town.file("other-ca.json")];
    await town.done("card", "create", "--out", town.file("jiro.card"), "--pin", "1234", ...ca);
    const untrusted = ["services", "show", ...atOffice(foreign)];
    assert.equal(await town.refused(...untrusted), "CERTIFICATE_UNTRUSTED");
    const unsigned = await fetch(`${officeUrl}/v1/linked-services`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    assert.match(await unsigned.text(), /REQUEST_UNSIGNED/);
  });

  it("stand on one page, the hospital's from his own proof alone", async () => {
    const desk = ["--dir", town.file("hospital")];
    await town.done(
      ...["facility", "create", ...desk, "--municipality", MUNICIPALITY],
      ...["--facility", "hospital", "--service", "card", ...town.nodes, ...genesis()],
      ...["--name-ja", "市民病院 診察券", "--name-en", "City Hospital"],
      ...["--anchor", town.file("card-ca.pem")],
    );
    await town.done("facility", "enrol", ...desk, "--member", "4711", ...town.card);
    await town.done("facility", "commit", ...desk, "--key", town.key("clerk"));
    const proof = town.file("hanako.link");
    await town.done("facility", "proof", ...desk, "--out", proof, ...town.card);
    const show = (...more: readonly string[]) =>
      town.done("services", "show", ...more, ...atOffice());
    const namesOf = ({ services }: Awaited<ReturnType<typeof show>>) =>
      (services as { nameJa: string; stateEn: string; from: string }[]).map(
        ({ nameJa, from, stateEn }) => [nameJa, from, stateEn.slice(0, 5)],
      );
    const onLedger = [
      ["図書館 図書館", "LEDGER", "in fo"],
      ["<市民>プール <市民>プール", "LEDGER", "in fo"],
    ];
    assert.deepEqual(namesOf(await show()), onLedger);
    const page = town.file("services.html");
    const all = namesOf(await show("--proof", proof, "--out", page));
    assert.deepEqual(all, [...onLedger, ["市民病院 診察券", "OWN_PROOF", "as of"]]);
    const html = readFileSync(page, "utf8");
    assert.match(html, /市民病院 診察券/);
    assert.match(html, /&lt;市民&gt;プール/);
    assert.ok(!html.includes("<市民>"));
  });

  /** What the registrar knows of the card. */
  async function known() {
    const storeFile = town.file("registrar.json");
    const card = await connectCardFile(town.practice.card);
    const certificate = await endingSession(card, (open) => open.readAuthCertificate());
    const anchors = readAnchors([town.file("card-ca.pem")]);
    const registrar = new LocalRegistrar({ storeFile, municipality: MUNICIPALITY, anchors });
    return { certificate, registrar };
  }

  it("show that a facility has suspended one", async () => {
    const { certificate, registrar } = await known();
    const place = { facility: "library", service: "books" };
    const { link: handle } = registrar.linkOf(certificate, place, Date.now());
    await town.officers(
      {
        type: "LINK_SUSPEND",
        public: { municipality: MUNICIPALITY, ...place },
        private: { link: toHex(handle), suspended: true },
      },
      "clerk",
    );
    const { services } = await town.done("services", "show", ...atOffice());
    assert.match(JSON.stringify(services), /suspended by the facility/);
    assert.equal(await town.refused(...word("e-library", "stopped.json")), "LINK_SUSPENDED");
  });

  it("end with his card alone; then there is no word any more", async () => {
    const end = ["registrar", "unlink", ...BOOKS, ...town.registrar, ...town.card, ...town.nodes];
    await town.done(...end);
    assert.equal(await town.refused(...word("e-library", "late.json")), "UNKNOWN_LINK");
  });

  it("are told to no card that was reported lost", async () => {
    const { certificate, registrar } = await known();
    const { handle } = registrar.walletOf(certificate, Date.now());
    const secret = { wallet: toHex(handle) };
    const body = { public: { municipality: MUNICIPALITY }, private: secret };
    await town.officers({ type: "CARD_SUSPEND", ...body }, "registrar");
    const asked = ["services", "show", ...atOffice()];
    assert.equal(await town.refused(...asked), "WALLET_SUSPENDED");
  });

  it("leave nothing of whom it was about in the office's log", () => {
    const accesses = log.map((line) => JSON.parse(line)).filter(({ event }) => event === "ACCESS");
    assert.ok(accesses.length > 5);
    const said = new Set(accesses.flatMap((access) => Object.keys(access)));
    assert.deepEqual([...said], ["event", "atMs", "path", "keyId", "result"]);
    assert.deepEqual([...new Set(accesses.map(({ keyId }) => keyId))].toSorted(), ["card", null]);
  });
});
