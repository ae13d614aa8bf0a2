import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  blockHash,
  decodeBlock,
  decodeCertificate,
  decodeHeader,
  encodeBlock,
  encodeCertificate,
  encodeHeader,
  proposalMessage,
  resultLeaves,
  resultsRootOf,
} from "../../ledger/block.ts";
import { toHex, utf8 } from "../../ledger/bytes.ts";
import { encode } from "../../ledger/encoding.ts";
import { BLOCK_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { leafHash, merkleRoot } from "../../ledger/merkle.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, encodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import { bytes32, ChainBuilder, testGenesis } from "../support/chain-builder.ts";
import { expectFault } from "../support/expect-fault.ts";
import { testFormatRows } from "../support/format-rows.ts";

describe("block vectors", () => {
  testFormatRows("block", {
    decode: decodeBlock,
    encode: encodeBlock,
    describe: ({ hash, header, transactions, results }) => ({
      hash: toHex(hash),
      height: header.height,
      term: header.term,
      proposer: header.proposer,
      transactions: transactions.length,
      results,
    }),
  });
});

describe("certificate vectors", () => {
  testFormatRows("certificate", {
    decode: decodeCertificate,
    encode: encodeCertificate,
    describe: ({ term, height, blockHash: of, votes }) => ({
      term,
      height,
      blockHash: toHex(of),
      voters: votes.map(({ voter }) => voter),
    }),
  });
});

describe("receipt vectors", () => {
  testFormatRows("receipt", {
    decode: (bytes) => {
      const receipt = decodeReceipt(bytes);
      verifyReceipt(receipt, testGenesis(), verifySignature);
      return receipt;
    },
    encode: encodeReceipt,
    describe: ({ result, index, count, certificate }) => ({
      result,
      index,
      count,
      certifiedHeight: certificate.height,
    }),
  });
});

describe("block", () => {
  const chain = new ChainBuilder();
  const block = chain.append();

  it("its hash is that of the header's bytes alone", () => {
    assert.deepEqual(block.hash, blockHash(block.headerBytes));
    const { control, transactions, results } = block;
    const headerBytes = encodeHeader({
      ...block.header,
      timestampMs: block.header.timestampMs + 1,
    });
    const proposalSignature = new Uint8Array(64);
    const unsigned = { headerBytes: block.headerBytes, control, transactions, results };
    const other = decodeBlock(encodeBlock({ ...unsigned, proposalSignature }));
    assert.deepEqual(other.hash, block.hash);
    assert.notDeepEqual(blockHash(headerBytes), block.hash);
  });

  it("every field of the header counts", () => {
    const { header } = block;
    const changed = Object.entries(header).flatMap(([name, value]) => {
      if (name === "version") return [];
      const other = typeof value === "number" ? value + 1 : bytes32(name);
      return [toHex(blockHash(encodeHeader({ ...header, [name]: other })))];
    });
    assert.equal(new Set([...changed, toHex(block.hash)]).size, Object.keys(header).length);
  });

  it("a header comes back from its bytes", () => {
    assert.deepEqual(decodeHeader(encodeHeader(block.header)), block.header);
  });

  it("refuses more bytes than the limit before it looks at them", () => {
    expectFault("TOO_LARGE", () => decodeBlock(new Uint8Array(BLOCK_SIZE_BYTES_MAX + 1)));
    expectFault("TOO_LARGE", () => decodeHeader(new Uint8Array(1025)));
  });

  it("a proposal is bound to network and block", () => {
    const message = toHex(proposalMessage(chain.networkId, block.hash));
    const tag = toHex(utf8("mykey-ledger/v1/proposal\0"));
    assert.equal(message, tag + toHex(chain.networkId) + toHex(block.hash));
  });

  it("a result's leaf says index, count, id and result", () => {
    const ids = [bytes32("a").slice(0, 16), bytes32("b").slice(0, 16)];
    const [a, b] = ids;
    assert.ok(a !== undefined && b !== undefined);
    const leaves = [leafHash(encode([0, 2, a, "OK"])), leafHash(encode([1, 2, b, "EXPIRED"]))];
    assert.deepEqual(resultLeaves(ids, ["OK", "EXPIRED"]), leaves);
    assert.deepEqual(resultsRootOf(ids, ["OK", "EXPIRED"]), merkleRoot(leaves));
    assert.throws(() => resultLeaves(ids, ["OK"]), RangeError);
  });
});
