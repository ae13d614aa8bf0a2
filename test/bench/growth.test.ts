import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { addBlock, FilledNode, paymentFrom } from "../../bench/growth/filled-node.ts";
import { cardSigner, makePayers, type Shop } from "../../bench/payers.ts";
import { soakLine } from "../../bench/soak.ts";
import { signDraft } from "../../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const WALLETS = 20;
const BLOCKS = 3;

describe("a filled node", () => {
  const newDirectory = temporaryDirectories();
  let shop: Shop;
  let card: ReturnType<typeof cardSigner>;
  let till: TerminalKey;

  before(async () => {
    const { residents, shops } = await makePayers(1, 1);
    const [resident] = residents;
    assert.ok(resident && shops[0]);
    shop = shops[0];
    card = cardSigner(resident.cardKeyPem);
    till = TerminalKey.fromPem(shop.terminalKeyPem);
  });

  it("starts on the state that it was filled with, and takes payments from any of its wallets", async () => {
    const node = await FilledNode.make({
      directory: newDirectory(),
      wallets: WALLETS,
      blocks: BLOCKS,
      shop,
      cardKey: card.publicKey,
      terminalKey: till.publicKey,
    });
    const opened = await node.open();
    assert.equal(opened.chain.applied.tip.height, BLOCKS);
    const networkId = networkIdOf(node.genesis);
    const pay = async (number: number) => {
      const context = { networkId, nowMs: Date.now() };
      const { bytes } = await signDraft(paymentFrom(number, shop), [card, till], context);
      return checkTransaction(decodeTransaction(bytes), networkId);
    };
    await addBlock(opened, [await pay(0), await pay(WALLETS - 1), await pay(WALLETS)]);
    assert.deepEqual(opened.chain.applied.block?.results, ["OK", "OK", "UNKNOWN_WALLET"]);
    await opened.database.close();
    const again = await node.open();
    assert.equal(again.chain.applied.tip.height, BLOCKS + 1);
    await again.database.close();
  });
});

describe("the soak", () => {
  it("tells the memory of each node, slice by slice", () => {
    const slice = {
      loadedS: 12.3,
      perS: 4000.4,
      cpuUsPerPayment: 140,
      residentMiB: [400, 410.6],
      diskBytesPerPayment: 1500,
    };
    assert.equal(
      soakLine(slice),
      "  12 s   4000/s   140 µs  RSS 400 411 MiB  disk 1500 B per payment",
    );
  });
});
