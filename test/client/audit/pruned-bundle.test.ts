import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { sequenceItem } from "../../../client/audit/block-sequence.ts";
import { CERTIFICATE_FILE, chainFileAt, STATE_FILE } from "../../../client/audit/bundle.ts";
import { BundleDirectory } from "../../../client/audit/bundle-directory.ts";
import { type ChainSource, exportBundle } from "../../../client/audit/export-bundle.ts";
import { verdictLine } from "../../../client/audit/verdict-line.ts";
import { type AuditPassed, verifyBundle } from "../../../client/audit/verify-bundle.ts";
import { PointFlows } from "../../../client/reports/point-flows.ts";
import { reproducibleMonths } from "../../../client/reports/reproducible-months.ts";
import { type Block, encodeBlock } from "../../../ledger/block.ts";
import { concatBytes } from "../../../ledger/bytes.ts";
import { decode, encode } from "../../../ledger/encoding.ts";
import { encodeProof } from "../../../ledger/evidence.ts";
import { genesisText } from "../../../ledger/genesis.ts";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { isPruned, prunedBlock, prunedTransaction } from "../../../ledger/pruning.ts";
import { encodeChunk, type StateRecord } from "../../../ledger/state-chunk.ts";
import { AuditChain } from "../../support/audit-chain.ts";
import { AT_MS, LedgerWorld } from "../../support/ledger-world.ts";
import { MemoryBundle } from "../../support/memory-bundle.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

/** Height of the block whose state the bundle has: the last block without what is private. */
const OPENING = 3;
/** Until then a payment's id could come again. */
const LATER_MS = AT_MS + 200_000;

describe("audit verify, where the witness of old blocks is destroyed", () => {
  const newDirectory = temporaryDirectories();
  let world: LedgerWorld;
  let bundle: MemoryBundle;
  let blocks: readonly Block[];
  let opening: StateRecord[];

  before(() => {
    useSha256(nativeSha256);
    world = new LedgerWorld();
    const chain = new AuditChain(world);
    chain.append(world.setUp());
    chain.append([world.pay(250)]);
    chain.append([], { header: { timestampMs: LATER_MS } });
    opening = chain.records();
    const payment = world.pay(100, { createdAtMs: LATER_MS });
    chain.append([payment], { header: { timestampMs: LATER_MS } });
    ({ blocks } = chain.chain);
    bundle = withBlocks(MemoryBundle.of(chain), pruned());
    bundle = withState(bundle, opening);
  });

  /** The chain's blocks, the old ones pruned. */
  function pruned(): Uint8Array[] {
    return blocks.map((block) =>
      block.header.height > OPENING ? block.bytes : prunedBlock(block),
    );
  }

  function withBlocks(whole: MemoryBundle, bytes: readonly Uint8Array[]): MemoryBundle {
    const { fileName } = chainFileAt(1, blocks.length);
    return whole.with(fileName, concatBytes(...bytes.map(sequenceItem)));
  }

  function withState(of: MemoryBundle, records: StateRecord[], height = OPENING): MemoryBundle {
    const header = blocks[height - 1]?.headerBytes ?? assert.fail();
    const half = Math.ceil(records.length / 2);
    const chunks = [records.slice(0, half), records.slice(half)].map(encodeChunk);
    return of.with(STATE_FILE, concatBytes(...[header, ...chunks].map(sequenceItem)));
  }

  /** The old block of payments with another part. */
  function withOldBlock(change: Partial<Block>): MemoryBundle {
    const bytes = pruned();
    const { headerBytes, proposalSignature, control, results, ...block } =
      blocks[1] ?? assert.fail();
    const transactions = block.transactions.map(prunedTransaction);
    const parts = { headerBytes, proposalSignature, control, results, transactions };
    bytes[1] = encodeBlock({ ...parts, ...change });
    return withBlocks(bundle, bytes);
  }

  const audit = (audited: MemoryBundle) => verifyBundle(audited, { verify: verifySignature });

  async function passed(audited: MemoryBundle): Promise<AuditPassed> {
    const verdict = await audit(audited);
    assert.ok(verdict.ok, verdictLine(verdict));
    return verdict;
  }

  async function assertBroken(audited: MemoryBundle, rule: string, height: number) {
    const verdict = await audit(audited);
    assert.deepEqual(verdict.ok ? verdict : [verdict.rule, verdict.height], [rule, height]);
  }

  it("is green, and says what was executed and what is attested only", async () => {
    const old = blocks.slice(0, OPENING).flatMap(({ transactions }) => transactions);
    const destroyed = old.map(prunedTransaction).filter(isPruned).length;
    assert.ok(destroyed > 2 && destroyed < old.length, "organisations' acts stay whole");
    const verdict = await passed(bundle);
    assert.deepEqual(
      [verdict.attestedHeight, verdict.attestedUntil, verdict.prunedTransactions],
      [OPENING, "2026-11-01", destroyed],
    );
    assert.equal(verdict.transactions, old.length + 1);
    assert.ok(
      verdictLine(verdict).startsWith(
        "verified up to height 4 by execution from block 4; attested by certificates before " +
          `(blocks 1 to 3: ${destroyed} transactions without their private part)`,
      ),
    );
  });

  it("is exported with the state that it takes", async () => {
    const directory = join(newDirectory(), "exported");
    const proof = { version: 1, networkId: world.networkId, memberships: [], evidence: [] };
    const source: ChainSource = {
      genesisText: async () => genesisText(world.genesis),
      state: async () => bundle.read(STATE_FILE),
      certificate: async () => bundle.files.get(CERTIFICATE_FILE) ?? assert.fail(),
      evidence: async () => encodeProof(proof),
      chain: () => bundle.read(chainFileAt(1, blocks.length).fileName),
    };
    assert.equal(await exportBundle(source, directory, () => undefined), blocks.length);
    const exported = new BundleDirectory(directory);
    const verdict = await verifyBundle(exported, { verify: verifySignature });
    assert.deepEqual(verdict, await passed(bundle));
  });

  it("comes to the same books as the execution of everything", async () => {
    const whole = withBlocks(
      bundle.without(STATE_FILE),
      blocks.map(({ bytes }) => bytes),
    );
    const executed = await passed(whole);
    assert.deepEqual([executed.attestedHeight, executed.attestedUntil], [0, null]);
    assert.deepEqual((await passed(bundle)).totals, executed.totals);
  });

  it("gives reports an opening sum, and says which months were executed again", async () => {
    const flows = new PointFlows();
    await verifyBundle(bundle, {
      verify: verifySignature,
      onBlock: (block) => flows.add(block),
      onOpening: (state) => flows.carry("2026-11-01", state),
    });
    const [{ days } = assert.fail()] = flows.days();
    assert.deepEqual(days, [["2026-11-01", { issuedPt: 1000, usedPt: 350, expiredPt: 0 }]]);
    const months = (attestedUntil: string | null, asOf: string) =>
      reproducibleMonths({ attestedUntil, asOf });
    assert.deepEqual(months("2026-11-01", "2027-01-20"), ["2026-12", "2027-01"]);
    assert.deepEqual(months("2026-11-30", "2026-12-01"), ["2026-12"]);
    assert.deepEqual(months("2026-11-01", "2026-11-30"), []);
    assert.deepEqual(months(null, "2026-11-30"), []);
  });

  it("is refused without the state", async () => {
    await assertBroken(bundle.without(STATE_FILE), "WITNESS_DESTROYED", 1);
  });

  it("is refused with a state that the chain does not name", async () => {
    const [[key, value] = assert.fail(), ...others] = opening;
    const odd: StateRecord[] = [[key, value.with(0, (value[0] ?? 0) ^ 1)], ...others];
    await assertBroken(withState(bundle, odd), "STATE_ROOT_MISMATCH", OPENING);
    await assertBroken(withState(bundle, opening, 1), "STATE_ROOT_MISMATCH", 1);
    const garbage = bundle.with(STATE_FILE, Uint8Array.of(0x40));
    assert.equal((await audit(garbage)).ok, false);
  });

  it("is refused when what is left of an old block is not what was certified", async () => {
    const [payment = assert.fail()] = blocks[1]?.transactions ?? [];
    const [publicBytes = null] = decode(prunedTransaction(payment), 4096) as Uint8Array[];
    const forged = encode([publicBytes, new Uint8Array(32)]);
    await assertBroken(withOldBlock({ transactions: [forged] }), "TRANSACTIONS_ROOT_MISMATCH", 2);
    await assertBroken(withOldBlock({ transactions: [] }), "TRANSACTIONS_ROOT_MISMATCH", 2);
    await assertBroken(withOldBlock({ results: ["LIMIT_EXCEEDED"] }), "RESULTS_ROOT_MISMATCH", 2);
  });

  it("is refused when blocks after the state are pruned, or too young ones before it", async () => {
    const last = blocks.at(-1) ?? assert.fail();
    const all = [...pruned().slice(0, -1), prunedBlock(last)];
    await assertBroken(withBlocks(bundle, all), "WITNESS_DESTROYED", 4);
    const chain = new AuditChain(world);
    chain.append(world.setUp());
    const records = chain.records();
    chain.append([]);
    ({ blocks } = chain.chain);
    const young = withBlocks(MemoryBundle.of(chain), blocks.map(prunedBlock));
    await assertBroken(withState(young, records, 1), "WITNESS_DESTROYED", 1);
  });
});
