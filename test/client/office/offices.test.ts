import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FastifyInstance } from "fastify";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { ClientError } from "../../../client/client-fault.ts";
import { Callers, callersOnLedger } from "../../../client/office/callers.ts";
import { type Access, createOfficeApi } from "../../../client/office/office-api.ts";
import { OfficeClient } from "../../../client/office/office-client.ts";
import { type Answering, audienceOf } from "../../../client/office/question.ts";
import { signRequest } from "../../../client/office/signed-request.ts";
import { LocalRegistrar } from "../../../client/registrar/local-registrar.ts";
import { WALLET_OF_CARD, WALLET_OF_MYKEY_ID } from "../../../client/registrar/questions.ts";
import { registrarAnswers } from "../../../client/registrar/registrar-service.ts";
import { LedgerClient } from "../../../client/sdk/ledger-client.ts";
import { officer } from "../../../client/sdk/transaction-builder.ts";
import { diagnoseTerminal } from "../../../client/terminal/diagnose-terminal.ts";
import { officesOverHttp } from "../../../client/terminal/offices-over-http.ts";
import { makeTerminal } from "../../../client/terminal/terminal-folder.ts";
import { TerminalKey } from "../../../client/terminal/terminal-key.ts";
import type { CertificateStatus } from "../../../client/verifier/certificate-status.ts";
import { verifierAnswers } from "../../../client/verifier/verifier-service.ts";
import { toHex, utf8 } from "../../../ledger/bytes.ts";
import { LedgerFault } from "../../../ledger/faults.ts";
import { genesisText } from "../../../ledger/genesis.ts";
import { CounterBench } from "../../support/counter-bench.ts";
import {
  CARD_SALT,
  KAWASAKI,
  officerOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../../support/ledger-world.ts";
import { newAuthority, Resident } from "../../support/resident.ts";
import { PROGRAM, startProgram } from "../../support/run-command.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const CERTIFICATE = Uint8Array.of(0x30, 0);
const WALLET = { municipality: TOSHIMA, handle: WALLET_HANDLE, cardSalt: CARD_SALT };
const MYKEY_ID = "hanako";
const BIRTHDAY = "19850102";

/** A node with the sample world, and a registrar's and a verifier's service beside it. */
describe("offices over HTTP", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  const open: FastifyInstance[] = [];
  const accesses: Access[] = [];
  const failures: unknown[] = [];
  let bench: CounterBench;
  let node: StillNode;
  let nodeUrl: string;

  before(async () => {
    bench = await CounterBench.make();
    node = await StillNode.open(bench.world, newDirectory());
    await node.add();
    await node.add(bench.world.setUp());
  });

  beforeEach(async () => {
    nodeUrl = await listening(await node.serve());
    accesses.length = 0;
    failures.length = 0;
  });

  afterEach(async () => {
    for (const api of open.splice(0)) await api.close();
  });

  after(() => node.close());

  async function listening(api: FastifyInstance): Promise<string> {
    open.push(api);
    return api.listen({ host: "127.0.0.1", port: 0 });
  }

  /** A service that began a minute ago. */
  async function office(
    service: "registrar" | "verifier",
    // biome-ignore lint/suspicious/noExplicitAny: as in office-api.ts
    answers: readonly Answering<any, any>[],
    municipality: string = TOSHIMA,
  ): Promise<FastifyInstance> {
    const audience = audienceOf(service, municipality, bench.world.networkId);
    const find = callersOnLedger([new LedgerClient(nodeUrl, { requestTimeoutMs: 2000 })]);
    return createOfficeApi({
      title: "an office",
      callers: new Callers(audience, find, Date.now() - 60_000),
      answers,
      onAccess: (access) => accesses.push(access),
      onFailure: (error) => failures.push(error),
    });
  }

  const registrar = (municipality: string = TOSHIMA) =>
    office(
      "registrar",
      registrarAnswers({
        municipality,
        nodes: [new LedgerClient(nodeUrl, { requestTimeoutMs: 2000 })],
        registrar: () => ({
          linkOf: () => assert.fail("no shop asks about members here"),
          walletOf: (certificate) => {
            if (toHex(certificate) !== toHex(CERTIFICATE)) throw new LedgerFault("UNKNOWN_WALLET");
            return WALLET;
          },
          handleOfMyKeyId: (chosen) => {
            if (chosen === BIRTHDAY) throw new ClientError("MYKEY_ID_REFUSED");
            return chosen === MYKEY_ID ? WALLET_HANDLE : undefined;
          },
        }),
      }),
      municipality,
    );

  const asking = () => ({
    issuer: TOSHIMA,
    terminal: "museum-1",
    key: bench.key,
    networkId: bench.world.networkId,
  });
  const tillAt = (urls: readonly string[]) =>
    officesOverHttp({ registrar: urls, verifier: urls }, asking());

  describe("the registrar", () => {
    it("tells a registered terminal the wallet of a card, and writes down who asked", async () => {
      const { walletOf } = tillAt([await listening(await registrar())]);
      assert.deepEqual(await walletOf(CERTIFICATE, Date.now()), WALLET);
      const [{ atMs, ...access } = { atMs: 0 }] = accesses;
      assert.ok(atMs > 0);
      const path = "/v1/wallet-of-card";
      assert.deepEqual(access, { path, keyId: "terminal/museum-1", result: "OK" });
    });

    it("says what it does not know, in the ledger's words", async () => {
      const { walletOf } = tillAt([await listening(await registrar())]);
      const asked = walletOf(Uint8Array.of(1), Date.now());
      await assert.rejects(async () => asked, { code: "UNKNOWN_WALLET" });
      assert.equal(accesses[0]?.result, "UNKNOWN_WALLET");
    });

    it("tells the municipality's clerk the wallet behind a MyKey ID, and no terminal", async () => {
      const url = await listening(await registrar());
      const audience = audienceOf("registrar", TOSHIMA, bench.world.networkId);
      const ask = (
        keyId: string,
        signer: ConstructorParameters<typeof OfficeClient>[0]["signer"],
        myKeyId = MYKEY_ID,
      ) =>
        new OfficeClient({ urls: [url], audience, keyId, signer, timeoutMs: 5000 }).ask(
          WALLET_OF_MYKEY_ID,
          { myKeyId },
          Date.now(),
        );
      const clerk = officerOf(TOSHIMA, "clerk");
      const by = (signer: typeof clerk) => ask(`key/${toHex(signer.publicKey)}`, officer(signer));
      assert.deepEqual(await by(clerk), { handle: WALLET_HANDLE });
      const asks = (myKeyId: string) =>
        ask(`key/${toHex(clerk.publicKey)}`, officer(clerk), myKeyId);
      await assert.rejects(asks("taro"), { code: "UNKNOWN_WALLET" });
      await assert.rejects(asks(BIRTHDAY), { code: "INVALID_FIELD" });
      for (const other of [officerOf(TOSHIMA, "verifier"), officerOf(KAWASAKI, "clerk")]) {
        await assert.rejects(by(other), { code: "SIGNER_NOT_AUTHORISED" });
      }
      const asTerminal = ask("terminal/museum-1", bench.key);
      await assert.rejects(asTerminal, { code: "SIGNER_NOT_AUTHORISED" });
    });

    it("a member that does not answer gives way to the next one", async () => {
      const away = "http://127.0.0.1:9";
      const { walletOf } = tillAt([away, await listening(await registrar())]);
      assert.deepEqual(await walletOf(CERTIFICATE, Date.now()), WALLET);
      const alone = tillAt([away]).walletOf(CERTIFICATE, Date.now());
      await assert.rejects(async () => alone, { code: "OFFICE_UNREACHABLE" });
    });

    it("answers nobody when its node cannot say who asks", async () => {
      const { walletOf } = tillAt([await listening(await registrar())]);
      await open[0]?.close();
      const asked = walletOf(CERTIFICATE, Date.now());
      await assert.rejects(async () => asked, { code: "OFFICE_UNREACHABLE" });
      assert.equal(accesses[0]?.result, "OFFICE_AWAY");
    });
  });

  it("run as processes that a terminal asks and a signal ends", async () => {
    const directory = newDirectory();
    const file = (name: string) => join(directory, name);
    const authority = await newAuthority();
    const resident = await Resident.of(authority.ca);
    writeFileSync(file("ca.pem"), authority.ca.userAuthentication.certificatePem);
    writeFileSync(file("genesis.json"), genesisText(bench.world.genesis));
    const storeFile = file("registrar.journal");
    const desk = { storeFile, municipality: TOSHIMA, anchors: authority.anchors };
    const first = new LocalRegistrar(desk);
    const service = startProgram(process.execPath, [
      ...[PROGRAM, "registrar", "serve", "--municipality", TOSHIMA, "--store", storeFile],
      ...["--anchor", file("ca.pem"), "--node", nodeUrl, "--genesis", file("genesis.json")],
      ...["--listen", "127.0.0.1:0"],
    ]);
    const lines = createInterface(service.process.stdout)[Symbol.asyncIterator]();
    const said = async () => JSON.parse((await lines.next()).value ?? "{}");
    const { event, url } = await said();
    assert.equal(event, "READY");
    // Enrolled by another process while the service runs.
    first.draftOpening(resident.certificate, Date.now());
    const { walletOf } = tillAt([url]);
    const found = await walletOf(resident.certificate, Date.now());
    assert.deepEqual(found, first.walletOf(resident.certificate, Date.now()));
    const { result, keyId } = await said();
    assert.deepEqual([result, keyId], ["OK", "terminal/museum-1"]);
    const shop = { issuer: TOSHIMA, merchant: "museum", terminal: "museum-1", reader: null };
    const away = "http://127.0.0.1:9";
    await makeTerminal(
      file("terminal"),
      {
        ...{ version: 2, ...shop, nameJa: "郷土資料館", nameEn: "City Museum", nodes: [nodeUrl] },
        offices: { kind: "HTTP", registrar: [url], verifier: [away] },
      },
      bench.world.genesis,
    );
    const findings = await diagnoseTerminal(file("terminal"));
    assert.deepEqual(
      findings.filter(({ check }) => check === "OFFICE").map(({ ok, code }) => [ok, code]),
      [
        [true, undefined],
        [false, "OFFICE_UNREACHABLE"],
      ],
    );
    service.process.kill("SIGTERM");
    assert.equal((await service.done).code, 0);
  });

  describe("who may not ask", () => {
    const { path } = WALLET_OF_CARD;
    const body = utf8(JSON.stringify({ certificate: toHex(CERTIFICATE) }));
    const audience = () => audienceOf("registrar", TOSHIMA, bench.world.networkId);
    const signed = (more: Partial<Parameters<typeof signRequest>[1]> = {}) =>
      signRequest(
        { method: "POST", path, body },
        {
          keyId: "terminal/museum-1",
          signer: bench.key,
          audience: audience(),
          nowMs: Date.now(),
          ...more,
        },
      );
    async function codeOf(
      api: FastifyInstance,
      headers: object,
      payload: Uint8Array | string = body,
    ): Promise<string> {
      const all = { "content-type": "application/json", ...headers };
      const sent = typeof payload === "string" ? payload : Buffer.from(payload);
      const answer = await api.inject({ method: "POST", url: path, headers: all, payload: sent });
      return answer.statusCode === 200 ? "OK" : answer.json().code;
    }

    it("nobody without a signature, or with one of something else", async () => {
      const api = await registrar();
      assert.equal(await codeOf(api, {}), "REQUEST_UNSIGNED");
      assert.equal(await codeOf(api, await signed(), "{}"), "REQUEST_UNSIGNED");
      const other = await signRequest(
        { method: "POST", path: "/v1/other", body },
        { keyId: "terminal/museum-1", signer: bench.key, audience: audience(), nowMs: Date.now() },
      );
      assert.equal(await codeOf(api, other), "SIGNATURE_INVALID");
      assert.deepEqual([...new Set(accesses.map(({ result }) => result))].sort(), [
        "REQUEST_UNSIGNED",
        "SIGNATURE_INVALID",
      ]);
    });

    it("nobody who repeats what another signed", async () => {
      const api = await registrar();
      const headers = await signed();
      assert.equal(await codeOf(api, headers), "OK");
      assert.equal(await codeOf(api, headers), "REQUEST_REPEATED");
      assert.equal(
        await codeOf(await registrar(), await signed({ nowMs: Date.now() - 61_500 })),
        "REQUEST_STALE",
      );
    });

    it("no unknown terminal, none with another key, none for another office", async () => {
      const api = await registrar();
      const stranger = await TerminalKey.generate();
      const rows = [
        { keyId: "terminal/nowhere-1" },
        { keyId: `key/${"00".repeat(32)}` },
        { keyId: "key/none" },
        { keyId: "other/museum-1" },
        { audience: audienceOf("verifier", TOSHIMA, bench.world.networkId) },
        { audience: audienceOf("registrar", TOSHIMA, new Uint8Array(32)) },
      ];
      for (const row of rows) {
        assert.equal(
          await codeOf(api, await signed(row)),
          "SIGNER_NOT_AUTHORISED",
          JSON.stringify(row),
        );
      }
      assert.equal(await codeOf(api, await signed({ signer: stranger })), "SIGNATURE_INVALID");
    });

    it("no terminal of another municipality", async () => {
      const headers = await signed({
        audience: audienceOf("registrar", KAWASAKI, bench.world.networkId),
      });
      assert.equal(await codeOf(await registrar(KAWASAKI), headers), "SIGNER_NOT_AUTHORISED");
    });

    it("nothing that is no question", async () => {
      const api = await registrar();
      for (const [text, code] of [
        ["{", "MALFORMED"],
        ["{}", "INVALID_FIELD"],
        ['{"certificate":"00","more":1}', "INVALID_FIELD"],
        ["[]", "INVALID_FIELD"],
      ] as const) {
        const headers = await signRequest(
          { method: "POST", path, body: utf8(text) },
          {
            keyId: "terminal/museum-1",
            signer: bench.key,
            audience: audience(),
            nowMs: Date.now(),
          },
        );
        assert.equal(await codeOf(api, headers, text), code, text);
      }
      assert.equal(await codeOf(api, {}, "x".repeat(17_000)), "TOO_LARGE");
      assert.equal(await codeOf(api, { "content-type": "text/plain" }), "UNSUPPORTED_MEDIA_TYPE");
      assert.equal((await api.inject("/v1/nothing")).json().code, "NOT_FOUND");
    });
  });

  it("describes itself", async () => {
    const { paths, info } = (await (await registrar()).inject("/openapi.json")).json();
    assert.deepEqual(Object.keys(paths), [
      "/v1/wallet-of-card",
      "/v1/wallet-of-mykey-id",
      "/v1/member-of-card",
      "/livez",
    ]);
    assert.match(info.description, /RFC 9421/);
    const { requestBody } = paths["/v1/wallet-of-card"].post;
    assert.deepEqual(requestBody.content["application/json"].schema.required, ["certificate"]);
  });

  it("tells callers nothing of its own failures, and its operator all", async () => {
    const broken = registrarAnswers({
      municipality: TOSHIMA,
      nodes: [],
      registrar: () => {
        throw new Error("the disk");
      },
    });
    const { walletOf } = tillAt([await listening(await office("registrar", broken))]);
    await assert.rejects(async () => walletOf(CERTIFICATE, Date.now()), {
      code: "OFFICE_UNREACHABLE",
    });
    assert.match(String(failures[0]), /the disk/);
    assert.equal(accesses[0]?.result, "INTERNAL");
  });

  describe("the verifier", () => {
    let resident: Resident;
    let anchors: Awaited<ReturnType<typeof newAuthority>>["anchors"];
    let submitted: unknown[];

    before(async () => {
      const authority = await newAuthority();
      anchors = authority.anchors;
      resident = await Resident.of(authority.ca);
    });

    beforeEach(() => {
      submitted = [];
    });

    const verifier = (status: () => CertificateStatus, result: string) =>
      office(
        "verifier",
        verifierAnswers({
          municipality: TOSHIMA,
          anchors,
          source: { statusOf: async () => status() },
          submit: async (draft) => {
            submitted.push(draft);
            return result;
          },
        }),
      );

    async function attest(
      status: () => CertificateStatus,
      result = "OK",
      certificate: Uint8Array = resident.certificate,
    ): Promise<void> {
      const till = tillAt([await listening(await verifier(status, result))]);
      assert.ok(till.attest);
      await till.attest({ ...WALLET, certificate }, Date.now());
    }

    const good = (): CertificateStatus => ({ status: "GOOD", asOfMs: Date.now() });

    it("has the issuer's word put on the ledger", async () => {
      await attest(good);
      assert.equal(submitted.length, 1);
      const [draft] = submitted as { type: string; private: { wallet: string } }[];
      assert.deepEqual(
        [draft?.type, draft?.private.wallet],
        ["STATUS_ATTEST", toHex(WALLET_HANDLE)],
      );
    });

    it("is content when the ledger has a later word", async () => {
      await attest(good, "STATUS_SUPERSEDED");
      assert.equal(submitted.length, 1);
    });

    for (const [id, status, result, code] of [
      ["a revoked card", { status: "REVOKED" }, "OK", "CERT_REVOKED"],
      ["one that the issuer does not know", { status: "UNKNOWN" }, "OK", "CERT_STATUS_UNKNOWN"],
      [
        "a card that is not the wallet's",
        { status: "GOOD", asOfMs: 1 },
        "CARD_MISMATCH",
        "CARD_MISMATCH",
      ],
    ] as const) {
      it(`stops ${id}`, () =>
        assert.rejects(
          attest(() => status, result),
          { code },
        ));
    }

    it("stops a certificate of somebody else, without saying why", async () => {
      const stranger = await Resident.of((await newAuthority()).ca);
      await assert.rejects(attest(good, "OK", stranger.certificate), {
        code: "CERTIFICATE_UNTRUSTED",
      });
      assert.equal(submitted.length, 0);
    });

    it("stops nothing when it, or the issuer, cannot be reached: the ledger judges", async () => {
      const till = tillAt(["http://127.0.0.1:9"]);
      await till.attest?.({ ...WALLET, certificate: resident.certificate }, Date.now());
      await attest(() => {
        throw new ClientError("STATUS_SOURCE_UNREACHABLE");
      });
      assert.deepEqual([submitted, accesses[0]?.result], [[], "OFFICE_AWAY"]);
    });
  });
});
