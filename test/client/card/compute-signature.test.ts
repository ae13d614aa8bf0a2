import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  constants,
  createHash,
  createPublicKey,
  type KeyObject,
  publicDecrypt,
  verify,
} from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { sha256DigestInfo } from "../../../client/card/jpki-application.ts";
import { SoftwareCard } from "../../../client/card/software-card.ts";
import { bytes, cardFixture, hex } from "./fixture.ts";

const MESSAGE = Buffer.from("a message of no meaning");
const DIGEST = createHash("sha256").update(MESSAGE).digest();

let card: SoftwareCard;
let authKey: KeyObject;
let signKey: KeyObject;

/** Signs with P1 `scheme` under the key that P2 names. */
function sign(scheme: number, p2: number, input: Uint8Array): Uint8Array {
  const header = Uint8Array.of(0x80, 0x2a, scheme, p2, input.length);
  const answer = card.process(Buffer.concat([header, input, Uint8Array.of(0)]));
  assert.equal(hex(answer.subarray(-2)), "9000");
  return answer.subarray(0, -2);
}

function status(command: string): string {
  return hex(card.process(bytes(command)).subarray(-2));
}

/** What stands behind the PKCS #1 v1.5 padding of a signature. */
function padded(key: KeyObject, signature: Uint8Array): Buffer {
  return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
}

function verifiesPss(key: KeyObject, signature: Uint8Array): boolean {
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return verify("sha256", MESSAGE, options, signature);
}

before(async () => {
  const { state } = await cardFixture();
  card = new SoftwareCard(state);
  authKey = createPublicKey(state.auth.certificatePem);
  signKey = createPublicKey(state.sign.certificatePem);
  card.powerOn();
  for (const command of [
    "00A4040C0AD392F000260100000001",
    "002000980431323334",
    "0020009B06414243313233",
  ]) {
    assert.equal(status(command), "9000");
  }
});

describe("COMPUTE DIGITAL SIGNATURE", () => {
  it("00 pads any bytes", () => {
    const input = Buffer.alloc(245, 0x5a);
    assert.deepEqual(padded(authKey, sign(0x00, 0x97, input)), input);
  });

  it("00 over a DigestInfo is an ordinary signature", () => {
    assert.ok(verify("sha256", MESSAGE, authKey, sign(0x00, 0x97, sha256DigestInfo(DIGEST))));
  });

  it("01 hashes and pads the bare hash", () => {
    assert.deepEqual(padded(authKey, sign(0x01, 0x97, MESSAGE)), DIGEST);
  });

  it("02 takes a digest", () => {
    assert.ok(verify("sha256", MESSAGE, authKey, sign(0x02, 0x97, DIGEST)));
  });

  it("03 hashes the message", () => {
    assert.ok(verify("sha256", MESSAGE, authKey, sign(0x03, 0x97, MESSAGE)));
  });

  it("04 is PSS over a digest, salted anew each time", () => {
    const first = sign(0x04, 0x97, DIGEST);
    assert.ok(verifiesPss(authKey, first));
    assert.notDeepEqual(first, sign(0x04, 0x97, DIGEST));
  });

  it("05 is PSS over the message", () => {
    assert.ok(verifiesPss(authKey, sign(0x05, 0x97, MESSAGE)));
  });

  it("uses the signing key for 9A", () => {
    const signature = sign(0x02, 0x9a, DIGEST);
    assert.ok(verify("sha256", MESSAGE, signKey, signature));
    assert.ok(!verify("sha256", MESSAGE, authKey, signature));
  });

  it("gives the same bytes for a selected key as for one named by short identifier", () => {
    assert.equal(status("00A4020C020017"), "9000");
    assert.deepEqual(sign(0x02, 0x80, DIGEST), sign(0x02, 0x97, DIGEST));
  });

  const refusals = [
    { id: "an unknown scheme", command: "802A069701AA00", status: "6A86" },
    { id: "no data", command: "802A009700", status: "6700" },
    { id: "no Le", command: "802A009701AA", status: "6700" },
    { id: "Le too short for a signature", command: "802A009701AA80", status: "6700" },
    { id: "a file that is no key", command: "802A009801AA00", status: "6981" },
    { id: "a file that is not there", command: "802A008301AA00", status: "6A82" },
    { id: "P2 00", command: "802A000001AA00", status: "6A86" },
    { id: "246 bytes to pad", command: `802A0097F6${"AA".repeat(246)}00`, status: "6985" },
    { id: "a digest of 31 bytes", command: `802A02971F${"AA".repeat(31)}00`, status: "6985" },
    {
      id: "a digest of 33 bytes for PSS",
      command: `802A049721${"AA".repeat(33)}00`,
      status: "6985",
    },
  ];
  for (const row of refusals) {
    it(`answers ${row.status} to ${row.id}`, () => assert.equal(status(row.command), row.status));
  }

  it("makes signatures that the openssl command verifies", function () {
    if (spawnSync("openssl", ["version"]).status !== 0) {
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "software-card-"));
    try {
      const file = (name: string, content: Uint8Array | string): string => {
        const path = join(folder, name);
        writeFileSync(path, content);
        return path;
      };
      const key = file("key.pem", authKey.export({ format: "pem", type: "spki" }));
      const message = file("message", MESSAGE);
      const run = (signature: Uint8Array, options: readonly string[]): number | null => {
        const path = file("signature", signature);
        const command = ["dgst", "-sha256", "-verify", key, "-signature", path];
        return spawnSync("openssl", [...command, ...options, message]).status;
      };
      const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];
      assert.equal(run(sign(0x02, 0x97, DIGEST), []), 0);
      assert.equal(run(sign(0x04, 0x97, DIGEST), pss), 0);
      assert.equal(run(sign(0x02, 0x9a, DIGEST), []), 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
