import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { concatBytes, fromHex, toHex, utf8 } from "../../ledger/bytes.ts";
import { decode, encode } from "../../ledger/encoding.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { leafHash } from "../../ledger/merkle.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import {
  buildTransaction,
  decodePrunedTransaction,
  decodeTransaction,
  encodeTransaction,
  peekTransactionId,
  signaturesOf,
  type Transaction,
  withSignatures,
} from "../../ledger/transaction.ts";
import { bytes32, testSigner, testTransaction } from "../support/chain-builder.ts";
import { expectFault } from "../support/expect-fault.ts";
import { testFormatRows } from "../support/format-rows.ts";

const networkId = bytes32("network");

/** A transaction with everything: private part and two signatures. */
function fullTransaction(): Transaction {
  return decodeTransaction(
    testTransaction({
      networkId,
      label: "full",
      publicBody: [1, 2],
      privateBody: ["resident", 1000],
      signers: ["clerk", "approver"],
    }),
  );
}

/** The bytes again, by way of everything that was decoded; the salt alone is taken from the bytes. */
function encodeAgain({ bytes, envelope, publicBody, privateBody, auth }: Transaction): Uint8Array {
  const [, privateBytes] = decode(bytes, bytes.length) as readonly Uint8Array[];
  assert.ok(privateBytes !== undefined);
  const written = decode(privateBytes, privateBytes.length) as readonly Uint8Array[] | null;
  const salt = written?.[0];
  const privatePart = salt === undefined ? null : { salt, body: privateBody };
  return encodeTransaction(buildTransaction(envelope, publicBody, privatePart), auth);
}

describe("transaction", () => {
  testFormatRows("transaction", {
    decode: decodeTransaction,
    encode: encodeAgain,
    describe: ({ envelope, id, auth, publicHash, witnessHash, leaf, signedMessage }) => ({
      type: envelope.type,
      id,
      signatures: auth.length,
      publicHash: toHex(publicHash),
      witnessHash: toHex(witnessHash),
      leaf: toHex(leaf),
      signedMessage: toHex(signedMessage),
    }),
  });

  it("has its id where one may peek; whatever else the bytes are, it never throws", () => {
    const { bytes, id } = fullTransaction();
    assert.equal(peekTransactionId(bytes), id);
    for (let size = 0; size < bytes.length; size++) {
      assert.equal(typeof peekTransactionId(bytes.subarray(0, size)), "string");
    }
    assert.equal(typeof peekTransactionId(new Uint8Array(100).fill(0xff)), "string");
  });

  it("signs tag, public hash and private hash, and nothing else", () => {
    const { signedMessage, publicHash } = fullTransaction();
    const head = concatBytes(utf8("mykey-ledger/v1/transaction-sign"), Uint8Array.of(0));
    assert.equal(signedMessage.length, head.length + 64);
    assert.equal(toHex(signedMessage.subarray(0, head.length)), toHex(head));
    assert.equal(toHex(signedMessage.subarray(head.length, head.length + 32)), toHex(publicHash));
  });

  it("binds private part and signatures to the leaf through the witness hash", () => {
    const { publicHash, witnessHash, leaf } = fullTransaction();
    assert.deepEqual(leaf, leafHash(concatBytes(publicHash, witnessHash)));
  });

  it("every part counts: another salt, body or signature is another leaf", () => {
    const { envelope } = fullTransaction();
    const salt = bytes32("salt");
    const leaves = [
      buildTransaction(envelope, [1], null),
      buildTransaction(envelope, [2], null),
      buildTransaction(envelope, [1], { salt, body: [] }),
      buildTransaction(envelope, [1], { salt, body: [0] }),
      buildTransaction(envelope, [1], { salt: bytes32("other salt"), body: [] }),
      buildTransaction({ ...envelope, networkId: bytes32("other") }, [1], null),
    ].map((unsigned) => toHex(decodeTransaction(encodeTransaction(unsigned, [])).leaf));
    assert.equal(new Set(leaves).size, leaves.length);
  });

  it("signatures verify over the signed message", () => {
    const signatures = signaturesOf(fullTransaction());
    assert.equal(signatures.length, 2);
    for (const signed of signatures) assert.ok(verifySignature(signed));
  });

  it("takes other signatures without becoming another transaction", () => {
    const draft = decodeTransaction(testTransaction({ networkId, label: "round" }));
    const label = { networkId, label: "round", signers: ["clerk", "approver"] };
    const whole = decodeTransaction(testTransaction(label));
    assert.deepEqual(withSignatures(draft, whole.auth), whole.bytes);
    assert.deepEqual(withSignatures(whole, []), draft.bytes);
  });

  it("keeps the signatures in the order in which they were given: maker, then checker", () => {
    const keysOf = (signers: readonly string[]) =>
      decodeTransaction(testTransaction({ networkId, label: "order", signers })).auth.map(
        ({ publicKey }) => publicKey,
      );
    const [clerk, approver] = ["clerk", "approver"].map((label) => testSigner(label).publicKey);
    assert.deepEqual(keysOf(["clerk", "approver"]), [clerk, approver]);
    assert.deepEqual(keysOf(["approver", "clerk"]), [approver, clerk]);
  });

  it("has no private part without a body", () => {
    const { envelope } = fullTransaction();
    const privatePart = { salt: bytes32("salt"), body: null };
    assert.throws(() => buildTransaction(envelope, [], privatePart), RangeError);
  });

  it("refuses more bytes than the limit before it looks at them", () => {
    expectFault("TOO_LARGE", () =>
      decodeTransaction(new Uint8Array(TRANSACTION_SIZE_BYTES_MAX + 1)),
    );
  });

  describe("pruned", () => {
    /** The transaction without private part and signatures. */
    function prune({ bytes, witnessHash }: Transaction): Uint8Array {
      // The public part is the first byte string of the outer array: 83 58 <length> …
      assert.equal(toHex(bytes.subarray(0, 2)), "8358");
      return encode([bytes.subarray(3, 3 + (bytes[2] ?? 0)), witnessHash]);
    }

    it("keeps its leaf, and so every proof", () => {
      const whole = fullTransaction();
      const pruned = decodePrunedTransaction(prune(whole));
      assert.deepEqual(pruned.leaf, whole.leaf);
      assert.deepEqual(pruned.publicHash, whole.publicHash);
      assert.deepEqual(pruned.envelope, whole.envelope);
    });

    it("a whole one does not pass for a pruned one, nor the other way round", () => {
      const whole = fullTransaction();
      expectFault("INVALID_FIELD", () => decodePrunedTransaction(whole.bytes));
      expectFault("INVALID_FIELD", () => decodeTransaction(prune(whole)));
    });

    it("has a witness hash of 32 bytes", () => {
      const bad = encode([fromHex("80"), new Uint8Array(31)]);
      expectFault("INVALID_FIELD", () => decodePrunedTransaction(bad));
    });
  });
});
