/**
 * Makes the vectors of the formats: right ones with what they decode to, and wrong ones, each a step away from a
 * right one, with the code of the fault.
 */
import { encodeCertificate } from "../../ledger/block.ts";
import { concatBytes, fromHex, toHex } from "../../ledger/bytes.ts";
import { type CborValue, decode, encode } from "../../ledger/encoding.ts";
import type { FaultCode } from "../../ledger/faults.ts";
import { type Genesis, genesisText, networkIdOf } from "../../ledger/genesis.ts";
import { AUTHORISATIONS_MAX } from "../../ledger/limits.ts";
import { encodeReceipt, type Receipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { bytes32, ChainBuilder, testGenesis, testTransaction } from "../support/chain-builder.ts";

/** A byte string that is right, with what it is, or wrong, with the fault. All bytes are hexadecimal. */
export type FormatRow =
  | { readonly id: string; readonly hex: string; readonly is: { readonly [fact: string]: unknown } }
  | { readonly id: string; readonly hex: string; readonly fault: FaultCode };

/** A genesis file that is right or wrong. */
export type GenesisRow =
  | { readonly id: string; readonly text: string; readonly networkId: string }
  | { readonly id: string; readonly text: string; readonly fault: FaultCode };

/** File name → rows. */
export function formatVectors(): Record<string, readonly (FormatRow | GenesisRow)[]> {
  const chain = vectorChain();
  return {
    genesis: genesisRows(chain.genesis),
    transaction: transactionRows(chain.networkId),
    block: blockRows(chain),
    certificate: certificateRows(chain),
    receipt: receiptRows(chain),
  };
}

/** Three blocks of the test network; the second has three transactions, of which the last was refused. */
export function vectorChain(): ChainBuilder {
  const chain = new ChainBuilder(testGenesis());
  const { networkId } = chain;
  chain.append();
  chain.append({
    transactions: [
      testTransaction({ networkId, label: "public", publicBody: [1, "豊島"] }),
      testTransaction({
        networkId,
        label: "private",
        privateBody: [fromHex("c0ffee"), 1000],
        signers: ["clerk", "approver"],
      }),
      testTransaction({ networkId, label: "refused", signers: ["clerk"] }),
    ],
    results: ["OK", "OK", "LIMIT_EXCEEDED"],
  });
  chain.append({ term: 3, proposer: 2 });
  return chain;
}

/** What an array holds. */
export type Items = readonly CborValue[];

/** The items of an encoded array. */
export function itemsOf(bytes: Uint8Array): Items {
  return decode(bytes, bytes.length) as Items;
}

/** The array with the item at `at` replaced. */
function withItem(items: Items, at: number, item: CborValue): Items {
  return items.map((old, i) => (i === at ? item : old));
}

/** Encoded arrays inside an encoded array: changes the item at `path`, opening byte strings on the way. */
export function change(bytes: Uint8Array, path: readonly number[], item: CborValue): Uint8Array {
  const [at, ...rest] = path;
  if (at === undefined) throw new RangeError("a path has a step");
  const items = itemsOf(bytes);
  return encode(
    withItem(items, at, rest.length === 0 ? item : changeInside(items[at], rest, item)),
  );
}

function changeInside(
  inner: CborValue | undefined,
  path: readonly number[],
  item: CborValue,
): CborValue {
  if (inner instanceof Uint8Array) return change(inner, path, item);
  return itemsOf(change(encode(inner as Items), path, item));
}

/** A row that is refused. */
export function wrong(
  id: string,
  bytes: Uint8Array,
  fault: FaultCode = "INVALID_FIELD",
): FormatRow {
  return { id, hex: toHex(bytes), fault };
}

/** Ways to be wrong that every format shares. */
export function alwaysWrong(right: Uint8Array): FormatRow[] {
  const items = itemsOf(right);
  return [
    wrong("a byte after the end", concatBytes(right, Uint8Array.of(0)), "MALFORMED"),
    wrong("a byte missing at the end", right.slice(0, -1), "MALFORMED"),
    wrong("nothing", new Uint8Array(0), "MALFORMED"),
    wrong("a field too many", encode([...items, 0])),
    wrong("a field too few", encode(items.slice(0, -1))),
    wrong("no array", encode(right)),
  ];
}

function transactionRows(networkId: Uint8Array): FormatRow[] {
  const bare = testTransaction({ networkId, label: "public", publicBody: [1, "豊島"] });
  const full = testTransaction({
    networkId,
    label: "private",
    privateBody: [fromHex("c0ffee"), 1000],
    signers: ["clerk", "approver"],
  });
  const right = (id: string, bytes: Uint8Array): FormatRow => {
    const { envelope, publicHash, witnessHash, leaf, signedMessage, auth } =
      decodeTransaction(bytes);
    const hashes = { publicHash, witnessHash, leaf, signedMessage };
    const inHex = Object.entries(hashes).map(([name, hash]) => [name, toHex(hash)]);
    const is = { type: envelope.type, id: toHex(envelope.id), signatures: auth.length };
    return { id, hex: toHex(bytes), is: { ...is, ...Object.fromEntries(inHex) } };
  };
  const auth = itemsOf(itemsOf(full)[2] as Uint8Array);
  const publicLength = itemsOf(itemsOf(full)[0] as Uint8Array).length;
  return [
    right("no private part, no signature", bare),
    right("private part, two signatures", full),
    ...alwaysWrong(full),
    wrong("public part is not bytes", change(full, [0], "public")),
    wrong("public part is not canonical", change(full, [0], fromHex("1800")), "MALFORMED"),
    wrong(
      "public part without a body",
      change(full, [0], encode(itemsOf(itemsOf(full)[0] as Uint8Array).slice(0, publicLength - 1))),
    ),
    wrong("another version", change(full, [0, 0], 2)),
    wrong("networkId a byte short", change(full, [0, 1], new Uint8Array(31))),
    wrong("type in small letters", change(full, [0, 2], "note")),
    wrong("type with a line feed", change(full, [0, 2], "NOTE\n")),
    wrong("type of two letters", change(full, [0, 2], "NO")),
    wrong("id a byte long", change(full, [0, 3], new Uint8Array(17))),
    wrong("createdAtMs after the year 9999", change(full, [0, 4], 253_402_300_800_000)),
    wrong("notAfterMs as text", change(full, [0, 5], "1774969261000")),
    wrong("private part is a number", change(full, [1], encode(0))),
    wrong("private part without a body", change(full, [1], encode([bytes32("salt")]))),
    wrong("private part with null for a body", change(full, [1, 1], null)),
    wrong("private part with a short salt", change(full, [1, 0], new Uint8Array(31))),
    wrong("private part is not canonical", change(full, [1], fromHex("f7")), "MALFORMED"),
    wrong("an unknown kind of signer", change(full, [2, 0, 0], "mayor")),
    wrong("an unknown algorithm", change(full, [2, 0, 1], "ecdsa-p256-sha256")),
    wrong("an empty key", change(full, [2, 0, 2], new Uint8Array(0))),
    wrong("a key of 271 bytes", change(full, [2, 0, 2], new Uint8Array(271))),
    wrong("an empty signature", change(full, [2, 0, 3], new Uint8Array(0))),
    wrong("a signature of 257 bytes", change(full, [2, 0, 3], new Uint8Array(257))),
    wrong("a signature too many", change(full, [2], encode(tooManySignatures(auth[0] as Items)))),
    wrong("signatures are not canonical", change(full, [2], fromHex("9f00ff")), "MALFORMED"),
  ];
}

function tooManySignatures(one: Items): CborValue {
  const length = AUTHORISATIONS_MAX + 1;
  return Array.from({ length }, (_, i) => withItem(one, 2, Uint8Array.of(i)));
}

function blockRows(chain: ChainBuilder): FormatRow[] {
  const right = (id: string, height: number): FormatRow => {
    const { bytes, hash, header, transactions, results } = chain.blockAt(height);
    const { term, proposer } = header;
    const is = {
      hash: toHex(hash),
      height,
      term,
      proposer,
      transactions: transactions.length,
      results,
    };
    return { id, hex: toHex(bytes), is };
  };
  const { bytes } = chain.blockAt(2);
  return [
    right("the first block, with its leader's certificate", 1),
    right("three transactions", 2),
    right("the first block of a later term", 3),
    ...alwaysWrong(bytes),
    wrong("another version", change(bytes, [0, 0], 2)),
    wrong("height 0", change(bytes, [0, 1], 0)),
    wrong("term 0", change(bytes, [0, 2], 0)),
    wrong("proposer 0", change(bytes, [0, 5], 0)),
    wrong("a root a byte short", change(bytes, [0, 6], new Uint8Array(31))),
    wrong("header is not canonical", change(bytes, [0], fromHex("9800")), "MALFORMED"),
    wrong("header as an array", change(bytes, [0], itemsOf(itemsOf(bytes)[0] as Uint8Array))),
    wrong("proposal signature a byte short", change(bytes, [1], new Uint8Array(63))),
    wrong("control with undefined for null", change(bytes, [2], fromHex("83f7f6f6")), "MALFORMED"),
    wrong("control with an empty change", change(bytes, [2, 2], new Uint8Array(0))),
    wrong("an empty transaction", change(bytes, [3, 0], new Uint8Array(0))),
    wrong("a transaction as an array", change(bytes, [3, 0], [])),
    wrong("a result in small letters", change(bytes, [4, 0], "ok")),
    wrong("a result that is null", change(bytes, [4, 0], null)),
  ];
}

function certificateRows(chain: ChainBuilder): FormatRow[] {
  const certificate = chain.certificate(2, [1, 3]);
  const bytes = encodeCertificate(certificate);
  const votes = itemsOf(bytes)[4] as Items;
  const is = { term: 1, height: 2, blockHash: toHex(certificate.blockHash), voters: [1, 3] };
  return [
    { id: "two of three voters", hex: toHex(bytes), is },
    ...alwaysWrong(bytes),
    wrong("no vote", change(bytes, [4], [])),
    wrong("65 votes", change(bytes, [4], Array(65).fill(votes[0]))),
    wrong("voter 0", change(bytes, [4, 0, 0], 0)),
    wrong("voter 2^31", change(bytes, [4, 0, 0], 2 ** 31)),
    wrong("a signature a byte long", change(bytes, [4, 0, 1], new Uint8Array(65))),
    wrong("a block hash a byte short", change(bytes, [2], new Uint8Array(31))),
    wrong("term as text", change(bytes, [0], "1")),
  ];
}

function receiptRows(chain: ChainBuilder): FormatRow[] {
  const right = (id: string, receipt: Receipt): FormatRow => {
    const { result, index, count, certificate } = receipt;
    const is = { result, index, count, certifiedHeight: certificate.height };
    return { id, hex: toHex(encodeReceipt(receipt)), is };
  };
  const own = encodeReceipt(chain.receipt(2, 1));
  const later = chain.receipt(2, 1, 3);
  const laterBytes = encodeReceipt(later);
  const [privateBytes] = itemsOf(chain.receipt(2, 2).transaction).slice(1);
  return [
    right("certified at its own height", chain.receipt(2, 1)),
    right("certified by a later block", later),
    right("a refusal", chain.receipt(2, 2)),
    ...alwaysWrong(own),
    wrong("another version", change(own, [0], 2)),
    wrong("a result in small letters", change(own, [5], "ok")),
    wrong("a path with a short hash", change(own, [4, 0], new Uint8Array(31))),
    wrong("no private part", change(own, [1, 1], privateBytes ?? null), "PATH_INVALID"),
    wrong("another index", change(own, [2], 0), "PATH_INVALID"),
    wrong("a count that fits the path too", change(laterBytes, [3], 4), "PATH_INVALID"),
    wrong("another result", change(own, [5], "LIMIT_EXCEEDED"), "PATH_INVALID"),
    wrong(
      "another state in the header",
      change(own, [7, 8], bytes32("forged")),
      "CERTIFICATE_INVALID",
    ),
    wrong(
      "another state in the header, certified later",
      change(laterBytes, [7, 8], bytes32("forged")),
      "PATH_INVALID",
    ),
    wrong(
      "a vote that does not verify",
      change(own, [8, 4, 0, 1], new Uint8Array(64)),
      "CERTIFICATE_INVALID",
    ),
    wrong("a certificate for another term", change(own, [8, 0], 2), "CERTIFICATE_INVALID"),
    wrong("no certified header", change(laterBytes, [9], null), "CERTIFICATE_INVALID"),
    wrong("no history", change(laterBytes, [10], []), "PATH_INVALID"),
  ];
}

function genesisRows(genesis: Genesis): GenesisRow[] {
  const text = genesisText(genesis);
  const [first, second, third] = genesis.members;
  const [clerk, approver] = genesis.keys;
  if (!(first && second && third && clerk && approver))
    throw new RangeError("a member or key is missing");
  const bad = (id: string, badText: string, fault: FaultCode = "MALFORMED"): GenesisRow => ({
    id,
    text: badText,
    fault,
  });
  const inconsistent = (id: string, changed: Partial<Genesis>): GenesisRow =>
    bad(id, genesisText({ ...genesis, ...changed }), "INVALID_FIELD");
  return [
    { id: "three voters", text, networkId: toHex(networkIdOf(genesis)) },
    bad("no final newline", text.trimEnd()),
    bad("two final newlines", `${text}\n`),
    bad("a byte order mark", `\ufeff${text}`),
    bad("carriage returns", text.replaceAll("\n", "\r\n")),
    bad("on one line", JSON.stringify(JSON.parse(text))),
    bad("another way to write a number", text.replace('"version": 1,', '"version": 1.0,')),
    bad("an escaped letter", text.replace("Toshima", "\\u0054oshima")),
    bad("a field twice", text.replace('"version": 1,', '"version": 1,\n  "version": 1,')),
    bad("fields in another order", reordered(text)),
    bad("cut short", text.slice(0, 100)),
    bad("nothing", ""),
    bad(
      "capitals in hexadecimal",
      text.replace(/"publicKey": "\w+"/, (key) =>
        key.toUpperCase().replace("PUBLICKEY", "publicKey"),
      ),
      "INVALID_FIELD",
    ),
    bad(
      "a field too many",
      text.replace('"version": 1,', '"version": 1,\n  "extra": 1,'),
      "INVALID_FIELD",
    ),
    bad(
      "a prototype",
      text.replace('"version": 1,', '"version": 1,\n  "__proto__": {},'),
      "INVALID_FIELD",
    ),
    bad("a field too few", text.replace('  "version": 1,\n', ""), "INVALID_FIELD"),
    bad("another version", text.replace('"version": 1,', '"version": 2,'), "INVALID_FIELD"),
    bad("null", "null\n", "INVALID_FIELD"),
    bad("a list", "[]\n", "INVALID_FIELD"),
    inconsistent("a number twice", { members: [first, { ...second, number: 1 }, third] }),
    inconsistent("members out of order", { members: [second, first, third] }),
    inconsistent("two members with one key", {
      members: [first, { ...second, publicKey: first.publicKey }, third],
    }),
    inconsistent("a node's key that signs for an organisation", {
      keys: [clerk, { ...approver, publicKey: first.publicKey }],
    }),
    inconsistent("a key that two persons share", {
      keys: [clerk, { ...approver, publicKey: clerk.publicKey }],
    }),
    inconsistent("a role twice", { keys: [{ ...clerk, roles: ["clerk", "clerk"] }] }),
    inconsistent("an organisation twice", {
      organisations: [...genesis.organisations, ...genesis.organisations],
    }),
    inconsistent("a member of an unknown organisation", {
      members: [{ ...first, organisation: "999999" }],
    }),
    inconsistent("a key of an unknown organisation", {
      keys: [{ ...clerk, organisation: "999999" }],
    }),
    inconsistent("a member that is leaving", { members: [first, { ...second, role: "leaving" }] }),
    inconsistent("no voter", { members: [{ ...first, role: "learner" }] }),
  ];
}

/** The same JSON with version and name exchanged. */
function reordered(text: string): string {
  const { version, name, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return `${JSON.stringify({ name, version, ...rest }, null, 2)}\n`;
}
