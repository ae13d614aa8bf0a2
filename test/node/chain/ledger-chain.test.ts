import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type CheckedTransaction, checkTransaction } from "../../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../../contracts/duplicates.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import type { ChainLink } from "../../../node/chain/chain-link.ts";
import { Identity } from "../../../node/chain/identity.ts";
import { LedgerChain, type VerifyTransactions } from "../../../node/chain/ledger-chain.ts";
import { stepAfter } from "../../../node/chain/membership-steps.ts";
import { Mempool } from "../../../node/mempool.ts";
import { withSignaturesOf } from "../../support/cluster.ts";
import { AT_MS, LedgerWorld } from "../../support/ledger-world.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("the chain of a node", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let leader: StillNode;
  let follower: StillNode;

  beforeEach(async () => {
    leader = await StillNode.open(world, newDirectory());
    follower = await StillNode.open(world, newDirectory());
    await leader.add();
    await leader.add(world.setUp());
    for (const height of [1, 2]) await take(leader.ledger.block(height).bytes);
  });
  afterEach(() => Promise.all([leader.close(), follower.close()]));

  const check = (bytes: Uint8Array): CheckedTransaction =>
    checkTransaction(decodeTransaction(bytes), world.networkId);

  /** Builds a block on a link that may not be applied yet. */
  async function build(parent: ChainLink, transactions: readonly Uint8Array[]): Promise<ChainLink> {
    const { chain } = leader.opened;
    const checked = transactions.map(check);
    const control = { lastCertificate: null, leaderCertificate: null, membershipChange: null };
    const draft = { term: 1, timestampMs: AT_MS, control, transactions: checked };
    return chain.build(draft, await chain.prefetch(parent, checked));
  }

  /** The follower examines and applies a block as it comes. */
  async function take(blockBytes: Uint8Array): Promise<void> {
    const { decodeBlock } = await import("../../../ledger/block.ts");
    const { chain } = follower.opened;
    await chain.apply(await chain.validate(chain.applied, decodeBlock(blockBytes)));
  }

  it("executes on blocks that are not applied, while they are being applied", async () => {
    const { chain } = leader.opened;
    const links: ChainLink[] = [];
    let parent = chain.applied;
    const applying: Promise<void>[] = [];
    for (let i = 0; i < 12; i++) {
      // Applying goes on beside building, always some blocks behind.
      const next = links[i - 3];
      if (next !== undefined) {
        await applying.at(-1);
        applying.push(chain.apply(next));
      }
      parent = await build(parent, [world.pay(50), world.pay(30)]);
      links.push(parent);
    }
    await Promise.all(applying);
    for (const { block } of links) await take(block?.bytes ?? new Uint8Array(0));
    assert.deepEqual(follower.opened.chain.applied.tip.hash, parent.tip.hash);
    // 1,000 points: twelve pairs of 80, and what is left for 50 or 30.
    const results = links.flatMap(({ block }) => block?.results ?? []);
    assert.equal(results.filter((result) => result === "OK").length, 24);
  });

  it("holds no id twice: not beside an applied block, not beside one under way", async () => {
    const { chain } = leader.opened;
    const payment = world.pay(1);
    const { id } = decodeTransaction(payment);
    const first = await build(chain.applied, [payment]);
    assert.ok(chain.underWay(first).has(id));
    assert.equal(chain.underWay(first).transactions, first.transactions.length);
    await assert.rejects(build(first, [payment]), { code: "DUPLICATE_IN_BLOCK" });
    const prefetched = await chain.prefetch(first, [check(payment)]);
    assert.deepEqual(chain.withoutRepeated(prefetched, AT_MS, [check(payment)]), []);
    await chain.apply(first);
    assert.ok(!chain.underWay(chain.applied).has(id));
    assert.equal(chain.underWay(chain.applied).transactions, 0);
    await assert.rejects(build(chain.applied, [payment]), { code: "DUPLICATE_IN_BLOCK" });
  });

  it("holds no id twice after a restart either", async () => {
    const directory = newDirectory();
    const payment = check(world.pay(1));
    const before = await StillNode.open(world, directory);
    await before.add();
    await before.add([...world.setUp(), payment.source.bytes]);
    await before.close();
    const again = await StillNode.open(world, directory);
    const { chain } = again.opened;
    const prefetched = await chain.prefetch(chain.applied, [payment]);
    assert.deepEqual(chain.withoutRepeated(prefetched, AT_MS, [payment]), []);
    await again.close();
  });

  /** The follower's chain, with another way to check signatures. */
  function chainThatAsks(verifyTransactions: VerifyTransactions): LedgerChain {
    const { store, chain } = follower.opened;
    const [signer] = world.nodes;
    assert.ok(signer);
    return new LedgerChain(
      {
        store,
        signatures: { networkId: world.networkId, verify: verifySignature },
        identity: new Identity(1, [signer]),
        verifyTransactions,
        nowMs: () => AT_MS,
      },
      { ...chain.applied, recentIds: new RecentIdSet() },
    );
  }

  it("asks for no signature of what was let in here, byte for byte, and for all others", async () => {
    const asked: string[] = [];
    const chain = chainThatAsks(async (transactions) => {
      asked.push(...transactions.map(({ source }) => source.id));
      return transactions.map(() => true);
    });
    const [known, resigned, other] = [world.pay(1), world.pay(2), world.pay(3)];
    const mempool = new Mempool();
    for (const bytes of [known, withSignaturesOf(resigned, other)]) mempool.add(check(bytes));
    chain.findCheckedIn((bytes) => mempool.find(bytes));
    const { block } = await build(leader.opened.chain.applied, [known, resigned, other]);
    assert.ok(block);
    await chain.validate(chain.applied, block);
    assert.deepEqual(
      asked,
      [resigned, other].map((bytes) => decodeTransaction(bytes).id),
    );
  });

  it("takes no block with a signature that does not verify", async () => {
    const strict = chainThatAsks(async (transactions) => transactions.map((_, i) => i !== 1));
    const { block } = await build(leader.opened.chain.applied, [world.pay(1), world.pay(2)]);
    assert.ok(block);
    await assert.rejects(strict.validate(strict.applied, block), {
      code: "SIGNATURE_INVALID",
    });
  });

  it("judges no block whose signatures could not be checked, wrong or not", async () => {
    const broken = chainThatAsks(() => Promise.reject(new Error("the thread has ended")));
    const { block } = await build(leader.opened.chain.applied, [world.pay(1)]);
    assert.ok(block);
    await assert.rejects(broken.validate(broken.applied, block), /the thread has ended/);
    const elsewhere = { ...block, results: ["BALANCE_INSUFFICIENT"] };
    await assert.rejects(broken.validate(broken.applied, elsewhere));
  });

  it("knows with each block who shall run the network, applied or not, and from the disk", async () => {
    const { chain } = leader.opened;
    const numbers = (link: ChainLink) => link.wish.members.map(({ number }) => number);
    const retiring = await build(chain.applied, [world.sample("NODE_RETIRE")]);
    const next = await build(retiring, []);
    assert.deepEqual([chain.applied, retiring, next].map(numbers), [
      [1, 2, 3],
      [1, 2],
      [1, 2],
    ]);
    const control = { lastCertificate: null };
    assert.equal(stepAfter(chain.applied, control), null);
    assert.deepEqual(stepAfter(next, control)?.members.at(-1)?.role, "leaving");
    await chain.apply(retiring);
    chain.restore({ ...retiring, recentIds: new RecentIdSet() });
    assert.deepEqual(numbers(chain.applied), [1, 2], "read from the disk");
  });

  it("applies blocks in order only", async () => {
    const { chain } = leader.opened;
    const first = await build(chain.applied, []);
    const second = await build(first, []);
    await assert.rejects(chain.apply(second), /in order/);
    await chain.apply(first);
    await chain.apply(second);
    await assert.rejects(chain.apply(first), /in order/);
  });

  it("keeps a rival block's effects apart", async () => {
    const { chain } = leader.opened;
    const { applied } = chain;
    const [one, other] = [await build(applied, [world.pay(900)]), await build(applied, [])];
    const onOther = await build(other, [world.pay(800)]);
    const onOne = await build(one, [world.pay(800)]);
    assert.deepEqual(onOther.block?.results, ["OK"]);
    assert.deepEqual(onOne.block?.results, ["BALANCE_INSUFFICIENT"]);
  });
});
