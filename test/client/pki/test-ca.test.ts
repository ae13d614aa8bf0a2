import "../../../client/pki/reflect-metadata.ts";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509Crl,
} from "@peculiar/x509";
import { before, describe, it } from "mocha";
import type { TestCa } from "../../../client/pki/test-ca.ts";
import {
  issueAuthCertificate,
  issueSignCertificate,
} from "../../../client/pki/test-certificates.ts";
import { issueCrl } from "../../../client/pki/test-crl.ts";
import { caGenerations, ISSUED_AT, residentKeySpki } from "./fixture.ts";

const THIS_UPDATE = new Date("2026-05-01T00:00:00Z");
const NEXT_UPDATE = new Date("2026-05-02T00:00:00Z");

let ca: TestCa;
let authPem: string;

before(async () => {
  [ca] = await caGenerations();
  const options = { issuedAt: ISSUED_AT };
  authPem = await issueAuthCertificate(ca.userAuthentication, residentKeySpki(), options);
});

/** The directory name in a certificate's only CRL distribution point. */
function distributionPoint(certificate: X509Certificate): string {
  const points = certificate.getExtension(CRLDistributionPointsExtension)?.distributionPoints ?? [];
  assert.equal(points.length, 1);
  const names = points[0]?.distributionPoint?.fullName ?? [];
  assert.equal(names.length, 1);
  const name = names[0]?.directoryName;
  assert.ok(name);
  return new Name(name).toString();
}

describe("test CA", () => {
  it("has the profile of JPKI's CA certificates", () => {
    const certificate = new X509Certificate(ca.userAuthentication.certificatePem);
    const dn =
      "C=JP, O=JPKI-TEST, OU=JPKI for user authentication, " +
      "OU=Japan Agency for Local Authority Information Systems";
    assert.equal(certificate.subject, dn);
    assert.equal(certificate.issuer, dn);
    assert.equal(distributionPoint(certificate), dn);
    const usage = certificate.getExtension(KeyUsagesExtension);
    assert.equal(usage?.usages, KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign);
    assert.equal(usage?.critical, true);
    const constraints = certificate.getExtension(BasicConstraintsExtension);
    assert.equal(constraints?.ca, true);
    assert.equal(constraints?.critical, true);
    const [name] = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
    assert.equal(name?.value, "C=JP, O=公的個人認証サービス");
    assert.equal(certificate.notAfter.toISOString(), "2036-04-01T00:00:00.000Z");
  });

  it("issues certificates whose CRL distribution point is a directory name", () => {
    assert.match(distributionPoint(new X509Certificate(authPem)), /OU=CRL Distribution Points/);
  });

  it("puts no personal attribute in a signing certificate", async () => {
    const pem = await issueSignCertificate(ca.digitalSignature, residentKeySpki());
    const certificate = new X509Certificate(pem);
    assert.equal(certificate.getExtension(SubjectAlternativeNameExtension), null);
    assert.match(certificate.subject, /^C=JP, CN=TEST[0-9A-F]{19}$/);
  });

  it("gives every certificate its own serial number and name", async () => {
    const pem = await issueAuthCertificate(ca.userAuthentication, residentKeySpki());
    const [first, second] = [new X509Certificate(authPem), new X509Certificate(pem)];
    assert.notEqual(first.serialNumber, second.serialNumber);
    assert.notEqual(first.subject, second.subject);
  });

  it("signs a CRL that lists what was revoked", async () => {
    const { serialNumber } = new X509Certificate(authPem);
    const crl = new X509Crl(Uint8Array.from(await crlOf([serialNumber])));
    const publicKey = new X509Certificate(ca.userAuthentication.certificatePem);
    assert.ok(await crl.verify({ publicKey }, webcrypto));
    assert.equal(crl.findRevoked(serialNumber)?.serialNumber, serialNumber);
    assert.equal(crl.findRevoked("01"), null);
  });

  it("makes certificates and CRLs that the openssl command accepts", async function () {
    if (spawnSync("openssl", ["version"]).status !== 0) {
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "test-ca-"));
    try {
      const file = (name: string, content: string | Uint8Array): string => {
        const path = join(folder, name);
        writeFileSync(path, content);
        return path;
      };
      const anchor = file("ca.pem", ca.userAuthentication.certificatePem);
      const certificate = file("auth.pem", authPem);
      const at = ["-attime", String(THIS_UPDATE.getTime() / 1000 + 60)];
      const verify = (...options: readonly string[]): string => {
        const command = ["verify", ...at, "-x509_strict", "-CAfile", anchor, ...options];
        const { stdout, stderr } = spawnSync("openssl", [...command, certificate]);
        return `${stdout}${stderr}`;
      };
      const check = (name: string, crl: Uint8Array): string =>
        verify("-crl_check", "-extended_crl", "-CRLfile", file(name, crlPem(crl)));
      const { serialNumber } = new X509Certificate(authPem);
      assert.match(check("clean.pem", await crlOf([])), /: OK/);
      assert.match(check("revoked.pem", await crlOf([serialNumber])), /certificate revoked/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function crlOf(serials: readonly string[]): Promise<Uint8Array> {
  const revocations = serials.map((serialHex) => ({ serialHex, revokedAt: THIS_UPDATE }));
  return issueCrl(ca.userAuthentication, {
    revocations,
    thisUpdate: THIS_UPDATE,
    nextUpdate: NEXT_UPDATE,
  });
}

function crlPem(crl: Uint8Array): string {
  const base64 = Buffer.from(crl).toString("base64").replace(/.{64}/g, "$&\n").trim();
  return `-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`;
}
