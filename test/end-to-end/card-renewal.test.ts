/** On real nodes: a resident renews his card, the wallet goes on, the old card is dead; then the new one is revoked. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { issueSoftwareCard } from "../../client/card/issue-software-card.ts";
import { JpkiCard } from "../../client/card/jpki-card.ts";
import type { SoftwareCard } from "../../client/card/software-card.ts";
import { saveSoftwareCard } from "../../client/card/software-card-state.ts";
import { SoftwareChannel } from "../../client/card/software-channel.ts";
import { assembleCast, type Cast, MUNICIPALITY, PARTNER_CITY } from "../../client/demo/cast.ts";
import { waitForAll } from "../../client/demo/evidence.ts";
import { PAYMENT, PAYMENT_PT, PREPARATION, type Step } from "../../client/demo/story.ts";
import { genesisFileOf, keyFileOf } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { parseAuthCertificate } from "../../client/pki/profile.ts";
import { createTestCa, type TestCa } from "../../client/pki/test-ca.ts";
import { issueCrl, type Revocation } from "../../client/pki/test-crl.ts";
import { loadTrustAnchors } from "../../client/pki/trust-anchors.ts";
import { LocalRegistrar } from "../../client/registrar/local-registrar.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import {
  type Draft,
  signDraft,
  type TransactionSigner,
} from "../../client/sdk/transaction-builder.ts";
import { withUnlockedCard } from "../../client/terminal/card-signer.ts";
import { pay } from "../../client/terminal/till.ts";
import { stateContinuity } from "../../client/verifier/continuity.ts";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { serveOverHttp } from "../support/http-responder.ts";
import { missingForOcsp, openSslResponder } from "../support/ocsp-responder.ts";
import { runCommand } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const PIN = "1234";
const DAY_MS = 86_400_000;
const inPartnerCity = { public: { municipality: PARTNER_CITY } };

describe("a renewed card, on three nodes", function () {
  this.timeout(180_000);
  const folder = makeTemporaryDirectory();
  const file = (name: string) => join(folder.path, name);
  let network: LocalNetwork;
  let ca: TestCa;
  let oldCard: SoftwareCard;
  let newCard: SoftwareCard;
  let cast: Cast;
  let registrar: LocalRegistrar;

  before(async () => {
    ca = await createTestCa();
    [oldCard, newCard] = await Promise.all([
      issueSoftwareCard({ ca, pin: PIN }),
      issueSoftwareCard({ ca, pin: PIN }),
    ]);
    await ensureLocalNetwork(file("network"), 3);
    network = await LocalNetwork.open(file("network"), (_, error) => {
      throw error;
    });
    const anchor = derOf(ca.userAuthentication.certificatePem);
    writeFileSync(file("ca.pem"), ca.userAuthentication.certificatePem);
    saveSoftwareCard(file("new.card"), newCard.state);
    registrar = new LocalRegistrar({
      storeFile: file("registrar.journal"),
      municipality: MUNICIPALITY,
      anchors: loadTrustAnchors([anchor]),
    });
    cast = { ...(await assembleCast(file("network"))), registrar, ...holding(oldCard) };
    await waitForAll(network, "a leader", (all) => all.every(({ leader }) => leader !== null));
    for (const step of PREPARATION) assert.equal(await play(step), "OK");
    assert.equal(await play(PAYMENT), "OK");
  });

  after(async () => {
    await network?.stop();
    folder.remove();
  });

  /** What of the cast belongs to a card. */
  function holding(card: SoftwareCard): Pick<Cast, "certificate" | "placeCard" | "typePin"> {
    return {
      certificate: certificateOf(card),
      placeCard: () => JpkiCard.connect(new SoftwareChannel(card)),
      typePin: () => new TextEncoder().encode(PIN),
    };
  }

  const context = () => ({ networkId: networkIdOf(network.genesis), nowMs: Date.now() });

  async function resultOf(bytes: Uint8Array): Promise<string> {
    const { genesis, nodes } = network;
    const clients = nodes.map(({ client }) => client);
    return (await submitTransaction(bytes, { nodes: clients, genesis })).result;
  }

  async function play(step: Step, by: Cast = cast): Promise<string> {
    return resultOf((await step.sign(by, context())).bytes);
  }

  /** A payment at the bakery of the story. */
  async function pays(amountPt: number, by: Cast = cast): Promise<string> {
    const till = {
      merchant: "sugamo-bakery",
      terminal: "sugamo-bakery-1",
      key: by.terminalKey,
      walletOf: (certificate: Uint8Array) => registrar.walletOf(certificate, Date.now()),
    };
    const { bytes } = await pay(
      till,
      await by.placeCard(),
      { amountPt, pin: by.typePin() },
      context(),
    );
    return resultOf(bytes);
  }

  /** Signed by the new card and two offices, and submitted. */
  async function witnessed(draft: Draft, verifier: TransactionSigner): Promise<string> {
    const by = holding(newCard);
    const { bytes } = await withUnlockedCard(await by.placeCard(), by.typePin(), (card) =>
      signDraft(draft, [card, cast.officer(MUNICIPALITY, "registrar"), verifier], context()),
    );
    return resultOf(bytes);
  }

  const closing = (...options: readonly string[]) => [
    ...["registrar", "close", "--municipality", MUNICIPALITY, "--json"],
    ...["--store", file("registrar.journal"), "--anchor", file("ca.pem")],
    ...["--card", file("new.card"), "--pin", PIN, ...options],
    ...network.nodes.flatMap(({ client }) => ["--node", client.url]),
  ];

  function drafted(continuity: Uint8Array | null): Draft {
    const oldCertificate = certificateOf(oldCard);
    const newCertificate = certificateOf(newCard);
    return registrar.draftRebinding({ oldCertificate, newCertificate, continuity }, Date.now());
  }

  const statement = () =>
    stateContinuity(
      ca.userAuthentication,
      {
        old: parseAuthCertificate(certificateOf(oldCard)),
        new: parseAuthCertificate(certificateOf(newCard)),
      },
      Date.now() - 1000,
    );

  /** Runs `verifier attest` with a list of those cards. */
  async function attest(...revoked: readonly SoftwareCard[]) {
    const revocations: Revocation[] = revoked.map((card) => {
      return {
        serialHex: parseAuthCertificate(certificateOf(card)).serialHex,
        revokedAt: new Date(),
      };
    });
    const thisUpdate = new Date(Math.floor(Date.now() / 1000) * 1000);
    const nextUpdate = new Date(thisUpdate.getTime() + DAY_MS);
    const list = await issueCrl(ca.userAuthentication, { revocations, thisUpdate, nextUpdate });
    writeFileSync(file("today.crl"), list);
    const { stdout } = await runCommand([
      ...["verifier", "attest", "--municipality", MUNICIPALITY, "--json"],
      ...["--store", file("registrar.journal"), "--anchor", file("ca.pem")],
      ...[
        "--list",
        file("today.crl"),
        "--key",
        keyFileOf(file("network"), MUNICIPALITY, "verifier"),
      ],
      ...["--genesis", genesisFileOf(file("network"))],
      ...network.nodes.flatMap(({ client }) => ["--node", client.url]),
    ]);
    const { ok, cards, unusable } = JSON.parse(stdout);
    return { ok, cards, unusable };
  }

  it("is refused without the issuer's word, and the old card goes on", async () => {
    assert.throws(() => drafted(null), {
      code: "CONTINUITY_UNPROVEN",
      facts: { reason: "no statement of the issuer" },
    });
    const draft = drafted(statement());
    const foreign = cast.officer(PARTNER_CITY, "verifier");
    assert.equal(await witnessed(draft, foreign), "SIGNER_NOT_AUTHORISED");
    assert.equal(await pays(50), "OK");
  });

  it("has the wallet of the old one, which is dead at once", async () => {
    assert.equal(
      await witnessed(drafted(statement()), cast.officer(MUNICIPALITY, "verifier")),
      "OK",
    );
    assert.equal(await pays(10), "CARD_MISMATCH");
    const renewed = { ...cast, ...holding(newCard) };
    assert.equal(await pays(10, renewed), "OK");
    const { handle } = registrar.walletOf(certificateOf(newCard), Date.now());
    const [first] = network.nodes;
    assert.ok(first);
    const url = `${first.client.url}/v1/wallets/${toHex(handle)}`;
    const { balancePt } = (await (await fetch(url)).json()) as { balancePt: number };
    assert.equal(balancePt, 500 - PAYMENT_PT - 50 - 10);
  });

  it("is asked about for a large payment", async function ask() {
    if (missingForOcsp !== undefined) this.skip();
    const good = [parseAuthCertificate(certificateOf(newCard))];
    const known = { issuer: ca.userAuthentication, good, revoked: [] };
    mkdirSync(file("ocsp"));
    const server = await serveOverHttp(openSslResponder({ directory: file("ocsp"), ...known }));
    const { handle } = registrar.walletOf(certificateOf(newCard), Date.now());
    const [first] = network.nodes;
    assert.ok(first);
    const statusOf = async () => {
      const url = `${first.client.url}/v1/wallets/${toHex(handle)}`;
      return ((await (await fetch(url)).json()) as { statusAsOfMs: number }).statusAsOfMs;
    };
    const earlier = await statusOf();
    // OCSP tells the time in whole seconds: asked within the same one, the answer would be no later than what is there.
    await delay(Math.max(0, earlier + 1000 - Date.now()));
    const { stdout } = await runCommand([
      ...["verifier", "ask", "--municipality", MUNICIPALITY, "--json", "--ocsp", server.url],
      ...["--store", file("registrar.journal"), "--anchor", file("ca.pem")],
      ...[
        "--card",
        file("new.card"),
        "--key",
        keyFileOf(file("network"), MUNICIPALITY, "verifier"),
      ],
      ...["--node", first.client.url],
    ]);
    await server.close();
    assert.equal(JSON.parse(stdout).ok, true, stdout);
    assert.ok((await statusOf()) > earlier);
  });

  it("closes nothing as long as its holder does not say what he gives up", async () => {
    const { stdout } = await runCommand(closing());
    assert.equal(JSON.parse(stdout).code, "POINTS_LEFT");
  });

  it("stops paying when the issuer's list has it, not when it has the old one", async () => {
    const renewed = { ...cast, ...holding(newCard) };
    assert.deepEqual(await attest(oldCard), { ok: true, cards: 1, unusable: 0 });
    assert.equal(await pays(10, renewed), "OK");
    assert.deepEqual(await attest(newCard), { ok: true, cards: 1, unusable: 1 });
    assert.equal(await pays(10, renewed), "WALLET_SUSPENDED");
  });

  it("gives its holder his MyKey ID at the registrar's desk", async () => {
    const ledger = [
      ...["--key", keyFileOf(file("network"), MUNICIPALITY, "registrar")],
      ...network.nodes.flatMap(({ client }) => ["--node", client.url]),
    ];
    const run = async (...options: readonly string[]) => {
      const { stdout } = await runCommand([
        ...["registrar", "mykey-id", "--municipality", MUNICIPALITY, "--json"],
        ...["--store", file("registrar.journal"), "--anchor", file("ca.pem")],
        ...["--card", file("new.card"), "--pin", PIN, ...options],
      ]);
      const { myKeyId, code } = JSON.parse(stdout);
      return code ?? myKeyId;
    };
    assert.equal(await run(), null);
    assert.equal(await run("--set", "Hanako", ...ledger), "Hanako");
    assert.equal(await run(), "Hanako");
    assert.equal(await run("--set", "19850102", ...ledger), "MYKEY_ID_REFUSED");
    assert.equal(await run("--set", "花子"), "USAGE");

    // In another municipality of the network nobody can have it, until she gives it up.
    const claim = { ...registrar.draftMyKeyId("MYKEY_ID_CLAIM", "HANAKO"), ...inPartnerCity };
    const elsewhere = async () => {
      const officer = cast.officer(PARTNER_CITY, "registrar");
      return resultOf((await signDraft(claim, [officer], context())).bytes);
    };
    assert.equal(await elsewhere(), "MYKEY_ID_TAKEN");
    assert.equal(await run("--delete", ...ledger), null);
    assert.equal(await elsewhere(), "OK");
    assert.equal(await run("--set", "ｈａｎａｋｏ", ...ledger), "MYKEY_ID_TAKEN");
  });

  it("is recovered by shares of the custody", async () => {
    const custody = file("registrar.journal.custody");
    const shares = ["a", "b", "c"].map((name) => file(`${name}.share`));
    const sealed = ["--sealed", file("custody.sealed")];
    const split = ["registrar", "split", "--custody", custody, ...sealed, "--threshold", "2"];
    assert.equal((await runCommand([...split, "--out", ...shares])).code, 0);
    const joined = [
      "registrar",
      "join",
      ...shares.slice(1),
      ...sealed,
      "--out",
      file("again.custody"),
    ];
    assert.equal((await runCommand(joined)).code, 0);
    const again = new LocalRegistrar({
      storeFile: file("registrar.journal"),
      custodyFile: file("again.custody"),
      municipality: MUNICIPALITY,
      anchors: loadTrustAnchors([derOf(ca.userAuthentication.certificatePem)]),
    });
    assert.deepEqual(
      again.walletOf(certificateOf(newCard), Date.now()),
      registrar.walletOf(certificateOf(newCard), Date.now()),
    );
  });

  it("is found on the ledger by the custody, when the journal is lost", async () => {
    const [node] = network.nodes;
    assert.ok(node);
    const exported = ["audit", "export", "--node", node.client.url, "--out", file("bundle")];
    assert.equal((await runCommand(exported)).code, 0);
    const place = {
      storeFile: file("lost.journal"),
      custodyFile: file("registrar.journal.custody"),
    };
    const recovered = await runCommand([
      ...["registrar", "recover", file("bundle"), "--municipality", MUNICIPALITY, "--json"],
      ...["--store", place.storeFile, "--custody", place.custodyFile],
      ...["--genesis", genesisFileOf(file("network"))],
      ...["--anchor", file("ca.pem"), "--card", file("new.card")],
    ]);
    assert.equal(recovered.code, 0, recovered.stdout);
    const anchors = loadTrustAnchors([derOf(ca.userAuthentication.certificatePem)]);
    const again = new LocalRegistrar({ ...place, municipality: MUNICIPALITY, anchors });
    assert.deepEqual(
      again.walletOf(certificateOf(newCard), Date.now()),
      registrar.walletOf(certificateOf(newCard), Date.now()),
    );
  });

  it("closes the wallet by its card alone, and its holder is forgotten", async () => {
    // Found to be good again: only then may it sign.
    const { municipality, handle, cardSalt } = registrar.walletOf(
      certificateOf(newCard),
      Date.now(),
    );
    const secrets = { wallet: toHex(handle), cardSalt: toHex(cardSalt), statusAsOfMs: Date.now() };
    const resume = { type: "CARD_RESUME", public: { municipality }, private: secrets };
    assert.equal(await witnessed(resume, cast.officer(MUNICIPALITY, "verifier")), "OK");
    const leftPt = 500 - PAYMENT_PT - 50 - 10 - 10;
    const { stdout } = await runCommand(closing("--forfeit", `${leftPt}`));
    assert.equal(JSON.parse(stdout).ok, true, stdout);
    // What was erased is no longer found; a registrar that had not heard of it would be refused by the ledger.
    const { stdout: again } = await runCommand(closing());
    assert.equal(JSON.parse(again).code, "UNKNOWN_WALLET");
    assert.equal(await pays(10, { ...cast, ...holding(newCard) }), "WALLET_SUSPENDED");
  });
});

function certificateOf(card: SoftwareCard): Uint8Array {
  return derOf(card.state.auth.certificatePem);
}

function derOf(pem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(pem).raw);
}
