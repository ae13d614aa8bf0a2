import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  decodeBlock,
  decodeCertificate,
  encodeBlock,
  encodeCertificate,
} from "../../ledger/block.ts";
import { concatBytes, toHex } from "../../ledger/bytes.ts";
import { decode, encode } from "../../ledger/encoding.ts";
import { decodeProof, encodeProof } from "../../ledger/evidence.ts";
import { genesisText, parseGenesis } from "../../ledger/genesis.ts";
import { decodeReceipt, encodeReceipt } from "../../ledger/receipt.ts";
import { decodePrunedTransaction, decodeTransaction } from "../../ledger/transaction.ts";
import { cborValue } from "../support/arbitraries.ts";
import { testGenesis } from "../support/chain-builder.ts";
import { faultCodeOf } from "../support/expect-fault.ts";
import { sampleEvidence } from "../vectors/evidence-vectors.ts";
import { vectorChain } from "../vectors/format-vectors.ts";

const chain = vectorChain();

/** Decoders, something right for each, and the way back; throws whatever is no fault. */
const formats: readonly {
  readonly name: string;
  readonly right: Uint8Array;
  /** The bytes again, made of what was decoded as far as the format has an encoder. */
  readonly again: (bytes: Uint8Array) => Uint8Array;
}[] = [
  {
    name: "transaction",
    right: chain.receipt(2, 1).transaction,
    again: (bytes) => {
      decodeTransaction(bytes);
      return encode(decode(bytes, bytes.length));
    },
  },
  {
    name: "pruned transaction",
    right: encode([partOf(chain.receipt(2, 1).transaction, 0), new Uint8Array(32)]),
    again: (bytes) => {
      decodePrunedTransaction(bytes);
      return encode(decode(bytes, bytes.length));
    },
  },
  {
    name: "block",
    right: chain.blockAt(3).bytes,
    again: (bytes) => encodeBlock(decodeBlock(bytes)),
  },
  {
    name: "certificate",
    right: encodeCertificate(chain.certificate(2)),
    again: (bytes) => encodeCertificate(decodeCertificate(bytes)),
  },
  {
    name: "receipt",
    right: encodeReceipt(chain.receipt(2, 1, 3)),
    again: (bytes) => encodeReceipt(decodeReceipt(bytes)),
  },
  {
    name: "proof",
    right: encodeProof({
      version: 1,
      networkId: chain.networkId,
      memberships: [],
      evidence: Object.values(sampleEvidence()),
    }),
    again: (bytes) => encodeProof(decodeProof(bytes)),
  },
];

function partOf(bytes: Uint8Array, at: number): Uint8Array {
  const part = (decode(bytes, bytes.length) as readonly Uint8Array[])[at];
  assert.ok(part !== undefined);
  return part;
}

/** Bytes of CBOR that mean something else: the heads of every kind, long, short, indefinite. */
const tellingByte = fc.constantFrom(
  ...[0x00, 0x17, 0x18, 0x1b, 0x20, 0x40, 0x58, 0x5b, 0x5f, 0x60, 0x7f, 0x80, 0x98, 0x9b, 0x9f],
  ...[0xa0, 0xc2, 0xe0, 0xf4, 0xf6, 0xf7, 0xf9, 0xfb, 0xff],
);

/** Right bytes after a few changes: a byte replaced, a piece cut out, doubled, or put in. */
function mutated(right: Uint8Array): fc.Arbitrary<Uint8Array> {
  const anyByte = fc.oneof(tellingByte, fc.integer({ min: 0, max: 255 }));
  const change = fc.record({
    at: fc.nat(right.length - 1),
    length: fc.nat(8),
    kind: fc.constantFrom("replace", "cut", "double", "insert"),
    byte: anyByte,
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce((bytes, { at, length, kind, byte }) => {
      if (at >= bytes.length) return bytes;
      const [head, piece] = [bytes.slice(0, at), bytes.slice(at, at + length)];
      if (kind === "replace") return bytes.with(at, byte);
      if (kind === "cut") return concatBytes(head, bytes.slice(at + length));
      if (kind === "double") return concatBytes(head, piece, bytes.slice(at));
      return concatBytes(head, Uint8Array.of(byte), bytes.slice(at));
    }, right),
  );
}

describe("fuzz", () => {
  for (const { name, right, again } of formats) {
    const refusesOrKeeps = (bytes: Uint8Array) => {
      let result: Uint8Array | undefined;
      const fault = faultCodeOf(() => {
        result = again(bytes);
      });
      if (fault === null) assert.equal(toHex(result ?? new Uint8Array(0)), toHex(bytes));
    };

    it(`${name}: what is right comes back`, () => {
      assert.equal(toHex(again(right)), toHex(right));
    });

    it(`${name}: random bytes and values are refused with a fault or come back`, () => {
      const random = fc.oneof(fc.uint8Array({ maxLength: 200 }), cborValue.map(encode));
      fc.assert(fc.property(random, refusesOrKeeps), { numRuns: 1000 });
    });

    it(`${name}: right bytes with changes are refused with a fault or come back`, () => {
      fc.assert(fc.property(mutated(right), refusesOrKeeps), { numRuns: 1000 });
    });
  }

  it("genesis: random text and right text with changes is refused with a fault or comes back", () => {
    const right = genesisText(testGenesis());
    const changed = fc
      .record({
        at: fc.nat(right.length),
        length: fc.nat(6),
        insert: fc.oneof(
          fc.string({ unit: "binary", maxLength: 3 }),
          fc.constantFrom(" ", "0", ".0", "-", "e1", '"', "\\u0000", "null", "{}", "[]", ","),
        ),
      })
      .map(({ at, length, insert }) => right.slice(0, at) + insert + right.slice(at + length));
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.json(), changed);
    fc.assert(
      fc.property(anyText, (text) => {
        let back = "";
        const fault = faultCodeOf(() => {
          back = genesisText(parseGenesis(text));
        });
        if (fault === null) assert.equal(back, text);
      }),
      { numRuns: 2000 },
    );
  });
});
