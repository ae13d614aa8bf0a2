/** What says who a resident is, in every form in which it might be written down by mistake. */
import { createHash } from "node:crypto";
import { parseAuthCertificate } from "../../client/pki/profile.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { utf8 } from "../../ledger/bytes.ts";
import type { Secret } from "./byte-search.ts";

/** A resident as only the registrar knows him. */
export interface Enrolled {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly myKeyId: string;
}

/** Certificate, serial, name, key without a salt, MyKey ID, each as bytes, hexadecimal and base64, and its hashes. */
export function secretsOf({ certificate, myKeyId }: Enrolled): Secret[] {
  const read = parseAuthCertificate(certificate);
  const [, name = ["", ""]] = read.subject.attributes;
  const serial = Buffer.from(read.serialHex, "hex");
  const values: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    ["certificate, its beginning", certificate.subarray(0, 64)],
    ["certificate, its signature", certificate.subarray(-64)],
    ["serial", serial],
    ["common name", utf8(name[1])],
    ["MyKey ID", utf8(myKeyId)],
  ];
  const hashed: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    ...values,
    ["certificate", certificate],
    ["key, SPKI", read.publicKeySpki],
    ["key, PKCS#1", read.publicKeyPkcs1],
  ];
  const hashes = hashed.flatMap(([what, bytes]) =>
    ["sha256", "sha1"].map((algorithm) => {
      const digest = createHash(algorithm).update(bytes).digest();
      return [`${algorithm} of ${what}`, new Uint8Array(digest)] as const;
    }),
  );
  const unsalted = [
    ["commitment with an empty salt", commitToCard(new Uint8Array(), read.publicKeyPkcs1)],
    ["commitment with a salt of zeros", commitToCard(new Uint8Array(32), read.publicKeyPkcs1)],
  ] as const;
  return [...values, ...hashes, ...unsalted].flatMap(([what, bytes]) => formsOf(what, bytes));
}

function formsOf(what: string, bytes: Uint8Array): Secret[] {
  const hex = Buffer.from(bytes).toString("hex");
  const base64 = Buffer.from(bytes).toString("base64").replace(/=+$/, "");
  return [
    { what, bytes },
    { what: `${what}, hexadecimal`, bytes: utf8(hex) },
    { what: `${what}, upper-case hexadecimal`, bytes: utf8(hex.toUpperCase()) },
    { what: `${what}, base64`, bytes: utf8(base64) },
  ];
}

/** What every certificate of a card holds, whoever it belongs to. */
export const ANY_CERTIFICATE: Secret = {
  what: "the name of the authority",
  bytes: utf8("JPKI for user authentication"),
};

/** A PIN of four digits, in the forms in which the usual formats would write it down. */
export function pinForms(pin: string): Secret[] {
  return [
    { what: "PIN in JSON", bytes: utf8(`"${pin}"`) },
    { what: "PIN after its name", bytes: utf8(`pin=${pin}`) },
    { what: "PIN after its name, JSON", bytes: utf8(`pin":${pin}`) },
    { what: "sha256 of the PIN", bytes: new Uint8Array(createHash("sha256").update(pin).digest()) },
  ];
}
