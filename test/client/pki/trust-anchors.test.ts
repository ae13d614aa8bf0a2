import "../../../client/pki/reflect-metadata.ts";
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
} from "@peculiar/x509";
import { before, describe, it } from "mocha";
import { authorityDn } from "../../../client/pki/jpki-profile.ts";
import { publicKeyOf } from "../../../client/pki/rsa-key.ts";
import {
  type CertificateRequest,
  createTestCa,
  issueCertificate,
  type TestAuthority,
  type TestCa,
} from "../../../client/pki/test-ca.ts";
import { issueAuthCertificate } from "../../../client/pki/test-certificates.ts";
import { loadTrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { caGenerations, der, ISSUED_AT, residentKeySpki, rsaSpki } from "./fixture.ts";

let ca: TestCa;
let otherGeneration: TestCa;
let authority: TestAuthority;

before(async () => {
  [ca, otherGeneration] = await caGenerations();
  authority = ca.userAuthentication;
});

/** A self-signed CA certificate that is right but for one change. */
async function anchorWith(change: Partial<CertificateRequest>): Promise<Uint8Array> {
  const publicKeySpki = Uint8Array.from(publicKeyOf(authority.privateKeyPem));
  const request = {
    subject: authorityDn(authority),
    publicKeySpki,
    notBefore: ISSUED_AT,
    notAfter: new Date("2036-04-01T00:00:00Z"),
    extensions: await anchorExtensions(),
  };
  return der(await issueCertificate(authority, { ...request, ...change }));
}

async function anchorExtensions(): Promise<[Extension, Extension, Extension]> {
  const key = Uint8Array.from(publicKeyOf(authority.privateKeyPem));
  return [
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    new BasicConstraintsExtension(true, undefined, true),
    await SubjectKeyIdentifierExtension.create(key, false, webcrypto),
  ];
}

function refuses(bytes: Uint8Array, rule: string): void {
  assert.throws(() => loadTrustAnchors([bytes]), { fault: { code: "TRUST_ANCHOR_INVALID", rule } });
}

describe("trust anchors", () => {
  it("are one for each generation, told apart by key", () => {
    const { hierarchy, anchors } = loadTrustAnchors([
      der(authority.certificatePem),
      der(otherGeneration.userAuthentication.certificatePem),
    ]);
    assert.equal(hierarchy, "JPKI-TEST");
    assert.deepEqual(anchors[0]?.name, anchors[1]?.name);
    assert.notEqual(anchors[0]?.keyIdHex, anchors[1]?.keyIdHex);
  });

  it("are never of the real and of the test hierarchy together", async () => {
    const real = await createTestCa({ organization: "JPKI", issuedAt: ISSUED_AT });
    const realAnchor = der(real.userAuthentication.certificatePem);
    assert.equal(loadTrustAnchors([realAnchor]).hierarchy, "JPKI");
    const mixed = [realAnchor, der(authority.certificatePem)];
    assert.throws(() => loadTrustAnchors(mixed), { code: "TRUST_ANCHORS_MIXED" });
    assert.throws(() => loadTrustAnchors(mixed.reverse()), { code: "TRUST_ANCHORS_MIXED" });
  });

  it("are at least one", () => {
    assert.throws(() => loadTrustAnchors([]), { code: "TRUST_ANCHORS_EMPTY" });
  });

  it("are accepted when made like the fixture of this test", async () => {
    assert.equal(loadTrustAnchors([await anchorWith({})]).anchors.length, 1);
  });

  it("are not the CA that issues signing certificates", () => {
    refuses(der(ca.digitalSignature.certificatePem), "NAME");
  });

  it("are not a resident's certificate", async () => {
    const resident = der(await issueAuthCertificate(authority, residentKeySpki()));
    refuses(resident, "SELF_SIGNATURE");
  });

  it("are not signed by another", async () => {
    const publicKeySpki = publicKeyOf(otherGeneration.userAuthentication.privateKeyPem);
    refuses(await anchorWith({ publicKeySpki }), "SELF_SIGNATURE");
  });

  it("have RSA-2048 keys", async () => {
    refuses(await anchorWith({ publicKeySpki: rsaSpki(1024) }), "PUBLIC_KEY");
  });

  it("are signed with SHA-256", async () => {
    refuses(await anchorWith({ hash: "SHA-384" }), "SIGNATURE_ALGORITHM");
  });

  it("are of a known organisation", async () => {
    const subject = authorityDn(authority).replace("JPKI-TEST", "JPKI-OTHER");
    refuses(await anchorWith({ subject }), "NAME");
  });

  it("have the units of the authority", async () => {
    const subject = authorityDn(authority).replace("OU=Japan Agency", "OU=Another Agency");
    refuses(await anchorWith({ subject }), "NAME");
  });

  it("may sign certificates", async () => {
    const [, constraints, keyId] = await anchorExtensions();
    const usage = new KeyUsagesExtension(KeyUsageFlags.cRLSign, true);
    refuses(await anchorWith({ extensions: [usage, constraints, keyId] }), "KEY_USAGE");
  });

  it("are CAs", async () => {
    const [usage, , keyId] = await anchorExtensions();
    refuses(await anchorWith({ extensions: [usage, keyId] }), "BASIC_CONSTRAINTS");
  });

  it("name their key", async () => {
    const [usage, constraints] = await anchorExtensions();
    refuses(await anchorWith({ extensions: [usage, constraints] }), "KEY_IDENTIFIER");
  });

  it("are DER", () => {
    const pem = Buffer.from(authority.certificatePem);
    assert.throws(() => loadTrustAnchors([pem]), { code: "CERT_MALFORMED" });
  });
});
