import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ChainLink } from "../../../node/chain/chain-link.ts";
import { openDatabase } from "../../../node/storage/database.ts";
import { EmptyChain } from "../../support/stored-chain.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("the tail of a node's log", () => {
  const newDirectory = temporaryDirectories();

  it("loses with a replaced block all that stood above it", async () => {
    const chain = new EmptyChain().grow(1, 1, 1);
    const rival = new EmptyChain().grow(1, 2);
    const database = await openDatabase(newDirectory());
    const { chain: executed, tail } = await chain.open(database);
    const links: ChainLink[] = [];
    for (const block of chain.blocks) {
      const link = await executed.replay(tail.last, block);
      tail.put(link);
      links.push(link);
    }
    const [first, second, third] = links;
    assert.ok(first);
    assert.deepEqual([tail.at(2), tail.last], [second, third]);
    const other = await executed.replay(first, rival.blockAt(2));
    tail.put(other);
    assert.deepEqual([tail.at(1), tail.last, tail.at(3)], [first, other, undefined]);
    assert.equal(tail.blockAt(3), undefined);
    await database.close();
  });
});
