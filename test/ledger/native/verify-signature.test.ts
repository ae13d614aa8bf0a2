import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { fromHex } from "../../../ledger/bytes.ts";
import { isStrictEd25519, verifyEd25519 } from "../../../ledger/ed25519.ts";
import { signerOfSeed } from "../../../ledger/native/ed25519-signer.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { verifySignaturePortably } from "../../../ledger/portable-signature.ts";
import { SIGNATURE_ALGORITHMS, type SignedMessage } from "../../../ledger/signature.ts";
import { readVectors } from "../../support/files.ts";
import type { SignatureRow } from "../../vectors/signature-row.ts";

const anyBytes = fc.uint8Array({ maxLength: 40 });

describe("verify signature", () => {
  for (const row of readVectors<readonly SignatureRow[]>("signature")) {
    const signed: SignedMessage = {
      algorithm: row.algorithm,
      publicKey: fromHex(row.publicKey),
      message: fromHex(row.message),
      signature: fromHex(row.signature),
    };
    it(`${row.id}: ${row.valid ? "valid" : "not valid"}`, () => {
      assert.equal(verifySignature(signed), row.valid);
    });
    it(`${row.id}: the portable verdict is the same`, () => {
      assert.equal(verifySignaturePortably(signed), row.valid);
    });
  }

  it("has right and wrong rows for every algorithm", () => {
    const seen = readVectors<readonly SignatureRow[]>("signature").map(
      ({ algorithm, valid }) => `${algorithm} ${valid}`,
    );
    const wanted = SIGNATURE_ALGORITHMS.flatMap((name) => [`${name} true`, `${name} false`]);
    assert.deepEqual([...new Set(seen)].toSorted(), wanted.toSorted());
  });

  it("says false of whatever bytes, and never throws", () => {
    const key = fc.oneof(
      anyBytes,
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc
        .uint8Array({ minLength: 256, maxLength: 256 })
        .map((n) => Buffer.concat([fromHex("3082010a0282010100"), n, fromHex("0203010001")])),
    );
    const signature = fc.oneof(
      anyBytes,
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
    );
    const algorithm = fc.constantFrom(...SIGNATURE_ALGORITHMS);
    fc.assert(
      fc.property(algorithm, key, anyBytes, signature, (name, publicKey, message, bytes) => {
        const signed = { algorithm: name, publicKey, message, signature: bytes };
        assert.equal(verifySignature(signed), false);
        assert.equal(verifySignaturePortably(signed), false);
      }),
      { numRuns: 500 },
    );
  });

  it("OpenSSL and the portable arithmetic agree on signatures and on any change of them", () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, anyBytes, fc.nat(96 * 8 - 1), (from, message, bit) => {
        const signer = signerOfSeed(from);
        const right = { publicKey: signer.publicKey, signature: signer.sign(message) };
        const signed: SignedMessage = { algorithm: "ed25519", message, ...right };
        assert.ok(isStrictEd25519(signed) && verifySignature(signed) && verifyEd25519(signed));
        const all = Buffer.concat([right.publicKey, right.signature]);
        const flipped = all.with(bit >> 3, (all[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
        const changed = {
          ...signed,
          publicKey: flipped.subarray(0, 32),
          signature: flipped.subarray(32),
        };
        assert.equal(verifySignature(changed), false);
        assert.equal(verifyEd25519(changed), false);
      }),
    );
  });

  it("a seed has 32 bytes", () => {
    assert.throws(() => signerOfSeed(new Uint8Array(31)), RangeError);
  });
});
