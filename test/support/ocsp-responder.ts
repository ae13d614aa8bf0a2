/** A responder that we did not write: OpenSSL's `ocsp` command, asked through files. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuthCertificate } from "../../client/pki/profile.ts";
import type { TestAuthority } from "../../client/pki/test-ca.ts";
import type { Ask } from "../../client/verifier/ocsp.ts";

const OPENSSL = "/usr/bin/openssl";

/** What is missing for it, in words. */
export const missingForOcsp: string | undefined = existsSync(OPENSSL) ? undefined : OPENSSL;

/** What the responder knows, and who signs for it. */
export interface ResponderOptions {
  /** An empty folder. */
  readonly directory: string;
  readonly issuer: TestAuthority;
  readonly good: readonly AuthCertificate[];
  readonly revoked: readonly AuthCertificate[];
  /** By default the issuer. */
  readonly signer?: TestAuthority;
}

/** Answers questions about the certificates of one issuer. */
export function openSslResponder(options: ResponderOptions): Ask {
  const { directory, issuer, good, revoked, signer = issuer } = options;
  const file = (name: string) => join(directory, name);
  const line = (state: string, { serialHex }: AuthCertificate, revokedAt: string) =>
    [state, "351231235959Z", revokedAt, serialHex.toUpperCase(), "unknown", "/CN=x"].join("\t");
  const index = [
    ...good.map((certificate) => line("V", certificate, "")),
    ...revoked.map((certificate) => line("R", certificate, "260101000000Z")),
  ];
  writeFileSync(file("index.txt"), `${index.join("\n")}\n`);
  writeFileSync(file("ca.pem"), issuer.certificatePem);
  writeFileSync(file("signer.pem"), signer.certificatePem);
  writeFileSync(file("signer.key"), signer.privateKeyPem);
  return async (question) => {
    writeFileSync(file("question.der"), question);
    const asked = [
      ["-index", file("index.txt"), "-CA", file("ca.pem")],
      ["-rsigner", file("signer.pem"), "-rkey", file("signer.key"), "-ndays", "1"],
      ["-reqin", file("question.der"), "-respout", file("answer.der")],
    ];
    execFileSync(OPENSSL, ["ocsp", ...asked.flat()], { stdio: "ignore" });
    return new Uint8Array(readFileSync(file("answer.der")));
  };
}
