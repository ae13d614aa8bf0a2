import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import type { Hierarchy } from "../../../client/pki/jpki-profile.ts";
import { generateRsaKey, publicKeyOf } from "../../../client/pki/rsa-key.ts";
import { createTestCa, issueCertificate, type TestCa } from "../../../client/pki/test-ca.ts";
import {
  authCertificateRequest,
  issueAuthCertificate,
  issueSignCertificate,
} from "../../../client/pki/test-certificates.ts";
import { genesisState } from "../../../contracts/genesis-state.ts";
import { assertAnchors, certificateFault } from "../../../contracts/residents/card-certificate.ts";
import { readX509 } from "../../../contracts/residents/x509.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { LedgerFault } from "../../../ledger/faults.ts";
import { faultCodeOf } from "../../support/expect-fault.ts";
import { LedgerRun } from "../../support/ledger-run.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";

const ISSUED_AT = new Date("2026-04-01T00:00:00Z");
const AT_MS = Date.UTC(2026, 10, 1, 1);
const YEAR_MS = 366 * 86_400_000;

describe("a card's certificate, checked by every node", () => {
  let ca: TestCa;
  let other: TestCa;
  let anchors: { readonly certificates: readonly Uint8Array[] };
  let spki: Uint8Array;
  let cardKey: Uint8Array;
  let certificate: Uint8Array;

  before(async () => {
    [ca, other] = await Promise.all([
      createTestCa({ issuedAt: ISSUED_AT }),
      createTestCa({ issuedAt: ISSUED_AT }),
    ]);
    anchors = { certificates: [other, ca].map(anchorOf) };
    spki = publicKeyOf(await generateRsaKey());
    cardKey = pkcs1Of(spki);
    certificate = der(
      await issueAuthCertificate(ca.userAuthentication, spki, { issuedAt: ISSUED_AT }),
    );
  });

  const faultOf = (bytes: Uint8Array | null, atMs = AT_MS) =>
    certificateFault(bytes, anchors, cardKey, atMs);

  it("is taken when an anchor issued it for this key and it is valid", () => {
    assert.equal(faultOf(certificate), null);
  });

  it("is wanted where there are anchors, and nowhere else", () => {
    assert.equal(faultOf(null), "CERTIFICATE_POLICY");
    assert.equal(certificateFault(certificate, null, cardKey, AT_MS), "CERTIFICATE_POLICY");
    assert.equal(certificateFault(null, null, cardKey, AT_MS), null);
  });

  it("is refused before and after its time, and after its anchor's", () => {
    for (const atMs of [ISSUED_AT.getTime() - 1000, AT_MS + 6 * YEAR_MS, AT_MS + 11 * YEAR_MS]) {
      assert.equal(faultOf(certificate, atMs), "CERTIFICATE_UNTRUSTED");
    }
  });

  it("is refused for another card's key", () => {
    const another = { certificates: anchors.certificates };
    const key = Uint8Array.from(cardKey, (byte, i) => (i === 100 ? byte ^ 1 : byte));
    assert.equal(certificateFault(certificate, another, key, AT_MS), "CERTIFICATE_UNTRUSTED");
  });

  it("is refused from an authority that is no anchor", () => {
    const strangers = { certificates: [anchorOf(other)] };
    assert.equal(certificateFault(certificate, strangers, cardKey, AT_MS), "CERTIFICATE_UNTRUSTED");
  });

  it("is refused when it is the signing certificate, of another policy or a CA's", async () => {
    const authority = ca.userAuthentication;
    const request = await authCertificateRequest(authority, spki, { issuedAt: ISSUED_AT });
    const wrong = [
      issueSignCertificate(authority, spki, { issuedAt: ISSUED_AT }),
      issueAuthCertificate(authority, spki, { issuedAt: ISSUED_AT, policyOid: "1.2.3" }),
      issueCertificate(authority, { ...request, hash: "SHA-384" }),
    ];
    for (const pem of await Promise.all(wrong)) {
      assert.equal(faultOf(der(pem)), "CERTIFICATE_UNTRUSTED");
    }
    assert.equal(faultOf(anchorOf(ca)), "CERTIFICATE_UNTRUSTED");
  });

  it("is refused with any byte of it changed", () => {
    fc.assert(
      fc.property(fc.nat(certificate.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(certificate, (byte, i) => (i === at ? byte ^ flip : byte));
        assert.equal(faultOf(changed), "CERTIFICATE_UNTRUSTED");
      }),
      { numRuns: 200 },
    );
  });

  it("is read as OpenSSL reads it", () => {
    const openssl = new X509Certificate(certificate);
    const read = readX509(certificate);
    assert.equal(read.serialHex, openssl.serialNumber.toLowerCase().replace(/^00/, ""));
    assert.equal(read.notBeforeMs, Date.parse(openssl.validFrom));
    assert.equal(read.notAfterMs, Date.parse(openssl.validTo));
    assert.equal(toHex(read.publicKeyPkcs1), toHex(cardKey));
  });

  it("never makes the reader fail but by MALFORMED", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.nat(certificate.length - 1).map((end) => certificate.subarray(0, end)),
    );
    fc.assert(
      fc.property(bytes, (wrong) => {
        assert.equal(
          faultCodeOf(() => readX509(wrong)),
          "MALFORMED",
        );
      }),
    );
  });

  describe("anchors of a genesis", () => {
    const codeOf = (certificates: readonly Uint8Array[]) =>
      faultCodeOf(() => assertAnchors(certificates));

    it("may be generations of one authority, or none", () => {
      assert.equal(codeOf(anchors.certificates), null);
      assert.equal(codeOf([]), null);
    });

    it("are never real and test ones together", async () => {
      const organization: Hierarchy = "JPKI";
      const real = await createTestCa({ issuedAt: ISSUED_AT, organization });
      assert.equal(codeOf([anchorOf(real)]), null);
      assert.equal(codeOf([anchorOf(real), anchorOf(ca)]), "INVALID_FIELD");
    });

    it("are self-signed certificates", () => {
      assert.equal(codeOf([certificate]), "INVALID_FIELD");
      assert.equal(codeOf([new Uint8Array(3)]), "MALFORMED");
    });

    it("are checked before a node executes anything", () => {
      const { genesis } = new LedgerWorld();
      const mixed = { ...genesis, cardAnchors: [certificate] };
      assert.throws(() => genesisState(mixed), LedgerFault);
    });
  });

  it("opens a wallet in a network whose genesis has the anchor", () => {
    const world = new LedgerWorld({ cardAnchors: anchors.certificates });
    const run = new LedgerRun(world);
    assert.equal(run.result(world.sample("ISSUER_OPEN")), "OK");
    assert.equal(run.result(world.sample("WALLET_OPEN")), "CERTIFICATE_POLICY");
    const { WALLET_OPEN: sample } = world.samples;
    assert.ok(sample);
    // Its card has another key: the certificate of somebody else opens nothing.
    const stolen = { ...sample, private: { ...sample.private, certificate } };
    assert.equal(run.result(world.transaction("WALLET_OPEN", stolen)), "CERTIFICATE_UNTRUSTED");
  });

  it("opens a wallet, and binds a new card, with the key that it certifies", async () => {
    const plain = new LedgerWorld();
    const pem = createPublicKey({
      key: Buffer.from(plain.card.publicKey),
      format: "der",
      type: "pkcs1",
    }).export({ format: "der", type: "spki" });
    const own = der(
      await issueAuthCertificate(ca.userAuthentication, pem, { issuedAt: ISSUED_AT }),
    );
    const world = new LedgerWorld({ card: plain.card, cardAnchors: anchors.certificates });
    const run = new LedgerRun(world);
    assert.equal(run.result(world.sample("ISSUER_OPEN")), "OK");
    for (const type of ["WALLET_OPEN", "CARD_REBIND"]) {
      const sample = world.samples[type];
      assert.ok(sample);
      const bodies = { ...sample, private: { ...sample.private, certificate: own } };
      assert.equal(run.result(world.transaction(type, bodies)), "OK");
    }
  });
});

function der(pem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(pem).raw);
}

function anchorOf({ userAuthentication }: TestCa): Uint8Array {
  return der(userAuthentication.certificatePem);
}

function pkcs1Of(spki: Uint8Array): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  return new Uint8Array(key.export({ format: "der", type: "pkcs1" }));
}
