import "../../../client/pki/reflect-metadata.ts";
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import {
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from "@peculiar/x509";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { CertificateError } from "../../../client/pki/certificate-faults.ts";
import { checkAuthCertificate, parseAuthCertificate } from "../../../client/pki/profile.ts";
import {
  type CertificateRequest,
  issueCertificate,
  type TestCa,
} from "../../../client/pki/test-ca.ts";
import {
  authCertificateRequest,
  issueAuthCertificate,
  issueSignCertificate,
} from "../../../client/pki/test-certificates.ts";
import { loadTrustAnchors, type TrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { caGenerations, der, ISSUED_AT, NOW_MS, residentKeySpki, rsaSpki } from "./fixture.ts";

const POLICY_OF_ANOTHER = "1.2.392.200149.8.5.1.1.20";
const KEY_USAGE = "2.5.29.15";
const SECOND_MS = 1000;

let ca: TestCa;
let otherGeneration: TestCa;
let trusted: TrustAnchors;
let good: Uint8Array;

before(async () => {
  [ca, otherGeneration] = await caGenerations();
  trusted = loadTrustAnchors([der(ca.userAuthentication.certificatePem)]);
  good = der(await issueAuthCertificate(ca.userAuthentication, residentKeySpki(), issuedAt()));
});

function issuedAt(): { issuedAt: Date } {
  return { issuedAt: ISSUED_AT };
}

type Change = (request: CertificateRequest) => Partial<CertificateRequest>;

/** A certificate that is right but for one change. */
async function certificateWith(change: Change): Promise<Uint8Array> {
  const issuer = ca.userAuthentication;
  const request = await authCertificateRequest(issuer, residentKeySpki(), issuedAt());
  return der(await issueCertificate(issuer, { ...request, ...change(request) }));
}

/** Puts an extension in the place of the one of its type, or at the end. */
function withExtension(extension: Extension): Change {
  return ({ extensions }) => ({
    extensions: [...extensions.filter(({ type }) => type !== extension.type), extension],
  });
}

function accept(bytes: Uint8Array, atMs: number = NOW_MS): void {
  checkAuthCertificate(parseAuthCertificate(bytes), trusted, atMs);
}

describe("user-authentication certificate", () => {
  it("is accepted, and gives its key in both forms", () => {
    const certificate = parseAuthCertificate(good);
    const key = createPublicKey({
      key: Buffer.from(certificate.publicKeyPkcs1),
      format: "der",
      type: "pkcs1",
    });
    assert.deepEqual(certificate.publicKeySpki, residentKeySpki());
    assert.deepEqual(key.export({ format: "der", type: "spki" }), residentKeySpki());
    assert.equal(certificate.notBeforeMs, ISSUED_AT.getTime());
    const anchor = checkAuthCertificate(certificate, trusted, NOW_MS);
    assert.equal(anchor.keyIdHex, certificate.issuerKeyIdHex);
  });

  const breaks: readonly { id: string; rule: string; change: Change }[] = [
    { id: "a 1024-bit key", rule: "PUBLIC_KEY", change: () => ({ publicKeySpki: rsaSpki(1024) }) },
    { id: "exponent 3", rule: "PUBLIC_KEY", change: () => ({ publicKeySpki: rsaSpki(2048, 3) }) },
    {
      id: "an elliptic-curve key",
      rule: "PUBLIC_KEY",
      change: () => ({ publicKeySpki: ecSpki() }),
    },
    { id: "SHA-384", rule: "SIGNATURE_ALGORITHM", change: () => ({ hash: "SHA-384" }) },
    {
      id: "a place in the subject",
      rule: "SUBJECT",
      change: () => ({ subject: "C=JP, L=Tokyo, CN=X" }),
    },
    { id: "another country", rule: "SUBJECT", change: () => ({ subject: "C=US, CN=X" }) },
    { id: "no CN", rule: "SUBJECT", change: () => ({ subject: "C=JP, O=X" }) },
    {
      id: "no key usage",
      rule: "KEY_USAGE",
      change: ({ extensions }) => ({
        extensions: extensions.filter(({ type }) => type !== KEY_USAGE),
      }),
    },
    {
      id: "the key usage of a signing certificate",
      rule: "KEY_USAGE",
      change: withExtension(
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
      ),
    },
    {
      id: "key encipherment alone",
      rule: "KEY_USAGE",
      change: withExtension(new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)),
    },
    {
      id: "an extended key usage for servers",
      rule: "EXTENDED_KEY_USAGE",
      change: withExtension(new ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"])),
    },
    {
      id: "the CA flag",
      rule: "BASIC_CONSTRAINTS",
      change: withExtension(new BasicConstraintsExtension(true, undefined, true)),
    },
    {
      id: "an unknown critical extension",
      rule: "CRITICAL_EXTENSION",
      change: withExtension(new Extension("1.2.3.4", true, Uint8Array.of(5, 0))),
    },
    {
      id: "another policy",
      rule: "POLICY",
      change: withExtension(new CertificatePolicyExtension([POLICY_OF_ANOTHER], true)),
    },
    {
      id: "no policy",
      rule: "POLICY",
      change: ({ extensions }) => ({
        extensions: extensions.filter((extension) => extension.type !== "2.5.29.32"),
      }),
    },
  ];
  for (const { id, rule, change } of breaks) {
    it(`is refused with ${id}`, async () => {
      const bytes = await certificateWith(change);
      assert.throws(() => accept(bytes), { fault: { code: "CERT_PROFILE", rule } });
    });
  }

  const allowed: readonly { id: string; change: Change }[] = [
    {
      id: "an unknown extension that is not critical",
      change: withExtension(new Extension("1.2.3.4", false, Uint8Array.of(5, 0))),
    },
    { id: "CA:FALSE", change: withExtension(new BasicConstraintsExtension(false)) },
    {
      id: "no extended key usage",
      change: ({ extensions }) => ({
        extensions: extensions.filter(({ type }) => type !== "2.5.29.37"),
      }),
    },
    {
      id: "no identifier of the issuer's key",
      change: ({ extensions }) => ({
        extensions: extensions.filter(({ type }) => type !== "2.5.29.35"),
      }),
    },
  ];
  for (const { id, change } of allowed) {
    it(`is accepted with ${id}`, async () => accept(await certificateWith(change)));
  }

  it("is refused when it is the card's signing certificate", async () => {
    const bytes = der(await issueSignCertificate(ca.digitalSignature, residentKeySpki()));
    assert.throws(() => accept(bytes), { code: "CERT_PROFILE" });
  });

  it("is refused when it is the CA's own", () => {
    assert.throws(() => accept(der(ca.userAuthentication.certificatePem)), {
      code: "CERT_PROFILE",
    });
  });

  it("answers to the policy that the anchors are configured with", async () => {
    const bytes = await certificateWith(
      withExtension(new CertificatePolicyExtension([POLICY_OF_ANOTHER], true)),
    );
    const anchors = loadTrustAnchors(
      [der(ca.userAuthentication.certificatePem)],
      POLICY_OF_ANOTHER,
    );
    checkAuthCertificate(parseAuthCertificate(bytes), anchors, NOW_MS);
    assert.throws(() => checkAuthCertificate(parseAuthCertificate(good), anchors, NOW_MS), {
      code: "CERT_PROFILE",
    });
  });
});

describe("user-authentication certificate: time", () => {
  it("is valid from its first second to its last", () => {
    const { notBeforeMs, notAfterMs } = parseAuthCertificate(good);
    accept(good, notBeforeMs);
    accept(good, notAfterMs);
  });

  it("is refused a second before", async () => {
    const notBefore = new Date(NOW_MS);
    const bytes = await certificateWith(() => ({ notBefore }));
    const atMs = NOW_MS - SECOND_MS;
    const fault = { code: "CERT_NOT_YET_VALID", notBeforeMs: NOW_MS, atMs };
    assert.throws(() => accept(bytes, atMs), { fault });
  });

  it("is refused a second after", () => {
    const { notAfterMs } = parseAuthCertificate(good);
    const atMs = notAfterMs + SECOND_MS;
    assert.throws(() => accept(good, atMs), { fault: { code: "CERT_EXPIRED", notAfterMs, atMs } });
  });

  it("is not compared with what is no time", () => {
    assert.throws(() => accept(good, Number.NaN), RangeError);
  });

  it("is refused while its anchor is not valid, however long it says it is itself", async () => {
    const notBefore = new Date(ISSUED_AT.getTime() - SECOND_MS);
    const bytes = await certificateWith(() => ({ notBefore }));
    const fault = { code: "CERT_UNTRUSTED", reason: "ANCHOR_NOT_VALID" };
    assert.throws(() => accept(bytes, notBefore.getTime()), { fault });
  });
});

describe("user-authentication certificate: path", () => {
  it("finds the generation that issued it by key, not by name", async () => {
    const anchors = loadTrustAnchors([
      der(otherGeneration.userAuthentication.certificatePem),
      der(ca.userAuthentication.certificatePem),
    ]);
    const anchor = checkAuthCertificate(parseAuthCertificate(good), anchors, NOW_MS);
    assert.equal(anchor.keyIdHex, anchors.anchors[1]?.keyIdHex);
    const anonymous = await certificateWith(({ extensions }) => ({
      extensions: extensions.filter(({ type }) => type !== "2.5.29.35"),
    }));
    const again = checkAuthCertificate(parseAuthCertificate(anonymous), anchors, NOW_MS);
    assert.equal(again.keyIdHex, anchor.keyIdHex);
  });

  it("is refused under another generation of the same name", () => {
    const anchors = loadTrustAnchors([der(otherGeneration.userAuthentication.certificatePem)]);
    const fault = { code: "CERT_UNTRUSTED", reason: "NO_ANCHOR" };
    assert.throws(() => checkAuthCertificate(parseAuthCertificate(good), anchors, NOW_MS), {
      fault,
    });
  });

  it("is refused when it only claims the anchor's key", async () => {
    const honest = ca.userAuthentication;
    const request = await authCertificateRequest(honest, residentKeySpki(), issuedAt());
    const forged = der(await issueCertificate(otherGeneration.userAuthentication, request));
    const fault = { code: "CERT_UNTRUSTED", reason: "SIGNATURE" };
    assert.throws(() => accept(forged), { fault });
  });

  it("is refused when one bit of what is signed differs", () => {
    const changed = Uint8Array.from(good);
    const name = Buffer.from(good).indexOf("TEST");
    assert.ok(name > 0);
    const at = Buffer.from(good).lastIndexOf(Buffer.from("TEST")) + 10;
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => accept(changed), CertificateError);
  });

  it("is refused when the right key issued it under another name", async () => {
    const renamed = { ...ca.userAuthentication, organization: "JPKI" } as const;
    const request = await authCertificateRequest(renamed, residentKeySpki(), issuedAt());
    const bytes = der(await issueCertificate(renamed, request));
    const fault = { code: "CERT_UNTRUSTED", reason: "ISSUER_NAME" };
    assert.throws(() => accept(bytes), { fault });
  });
});

describe("user-authentication certificate: bytes", () => {
  const rows: readonly { id: string; change: (of: Uint8Array) => Uint8Array }[] = [
    { id: "nothing", change: () => new Uint8Array(0) },
    { id: "a byte after it", change: (of) => Uint8Array.of(...of, 0) },
    { id: "no last byte", change: (of) => of.subarray(0, -1) },
    { id: "PEM", change: (of) => Buffer.from(new X509Certificate(of).toString()) },
    { id: "base64", change: (of) => Buffer.from(Buffer.from(of).toString("base64")) },
    {
      id: "a length in three bytes",
      change: (of) => Uint8Array.of(0x30, 0x83, 0, ...of.subarray(2)),
    },
    { id: "a certificate of another kind", change: () => residentKeySpki() },
  ];
  for (const { id, change } of rows) {
    it(`refuses ${id}`, () => {
      assert.throws(() => parseAuthCertificate(change(good)), { code: "CERT_MALFORMED" });
    });
  }

  it("refuses an extension that occurs twice", async () => {
    const bytes = await certificateWith(({ extensions }) => ({
      extensions: [...extensions, new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)],
    }));
    assert.throws(() => parseAuthCertificate(bytes), { code: "CERT_MALFORMED" });
  });

  it("refuses more bytes than the limit before it decodes them", () => {
    const fault = { code: "CERT_TOO_LARGE", sizeBytes: 4097, maxBytes: 4096 };
    assert.throws(() => parseAuthCertificate(new Uint8Array(4097)), { fault });
  });

  it("never throws anything but its own faults", () => {
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Uint8Array.from(good);
        for (const [at, mask] of changes) bytes[at] = (bytes[at] ?? 0) ^ mask;
        if (Buffer.from(good).equals(bytes)) return;
        assert.throws(() => accept(bytes), CertificateError);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        assert.throws(() => accept(bytes), CertificateError);
      }),
    );
  });
});

function ecSpki(): Uint8Array {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return publicKey.export({ format: "der", type: "spki" });
}
