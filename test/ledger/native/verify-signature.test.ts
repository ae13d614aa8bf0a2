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

  for (const id of ["card: right", "P-384: right", "P-384: right, the other s"]) {
    it(`${id}: both refuse any change of a bit, and any cut or added byte`, () => {
      const row = readVectors<readonly SignatureRow[]>("signature").find((one) => one.id === id);
      assert.ok(row);
      const message = fromHex(row.message);
      const right = Buffer.concat([fromHex(row.publicKey), fromHex(row.signature)]);
      const keyBytes = row.publicKey.length / 2;
      const judge = (publicKey: Uint8Array, signature: Uint8Array) => {
        const signed = { algorithm: row.algorithm, publicKey, message, signature };
        return [verifySignature(signed), verifySignaturePortably(signed)];
      };
      fc.assert(
        fc.property(fc.nat(right.length * 8 - 1), fc.nat(255), (bit, byte) => {
          const at = bit >> 3;
          const flipped = right.with(at, (right[at] ?? 0) ^ (1 << (bit & 7)));
          const key = flipped.subarray(0, keyBytes);
          assert.deepEqual(judge(key, flipped.subarray(keyBytes)), [false, false]);
          const signature = [...right.subarray(keyBytes)];
          const place = at % signature.length;
          const longer = Uint8Array.from(signature.toSpliced(place, 0, byte));
          const shorter = Uint8Array.from(signature.toSpliced(place, 1));
          for (const changed of [longer, shorter]) {
            assert.deepEqual(judge(right.subarray(0, keyBytes), changed), [false, false]);
          }
        }),
      );
    });
  }

  it("a seed has 32 bytes", () => {
    assert.throws(() => signerOfSeed(new Uint8Array(31)), RangeError);
  });
});
