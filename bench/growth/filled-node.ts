/**
 * A node's directory with as many wallets and blocks as are wanted, in seconds instead of days: records are written as
 * they are, blocks are made, logged and applied by the node's own chain. All cards are one card, told apart by salts.
 */
import { readGenesis, readKeyFile } from "../../client/files.ts";
import {
  createNetwork,
  genesisFileOf,
  nodeDirectory,
} from "../../client/network/create-network.ts";
import { localNetworkConfig } from "../../client/network/local-network.ts";
import type { Draft } from "../../client/sdk/transaction-builder.ts";
import type { CheckedTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import {
  MERCHANT,
  MERCHANT_ACCOUNT,
  NO_MEMORY,
  TERMINAL,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { StateTree, StateTreeEntries } from "../../contracts/state/state-tree.ts";
import { toHex, utf8 } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { sha256 } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { Identity } from "../../node/chain/identity.ts";
import { LedgerChain } from "../../node/chain/ledger-chain.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import { KEYS } from "../../node/storage/buckets.ts";
import type { Database } from "../../node/storage/database.ts";
import { openNodeDatabase } from "../../node/storage/node-database.ts";
import { ISSUER, type Shop } from "../payers.ts";

const TERM = 1;
const RECORDS_AT_ONCE = 5000;
const BLOCKS_AT_ONCE = 200;
const CONTROL = { lastCertificate: null, leaderCertificate: null, membershipChange: null };

/** What the directory is to hold. */
export interface Filling {
  readonly directory: string;
  readonly wallets: number;
  /** At least one: it is by the last block's header that the state is known to be right. */
  readonly blocks: number;
  /** PKCS#1 key of the card of all residents. */
  readonly cardKey: Uint8Array;
  readonly shop: Shop;
  /** PKCS#1 key of its terminal. */
  readonly terminalKey: Uint8Array;
}

/** A payment of 1 pt from a wallet, by its number. */
export function paymentFrom(number: number, { merchant, terminal }: Shop): Draft {
  const { handle, salt } = walletOf(number);
  const payer = { municipality: ISSUER, wallet: toHex(handle), cardSalt: toHex(salt) };
  const body = { ...payer, merchant, terminal, amountPt: 1, campaign: null };
  return { type: "PAY", public: {}, private: body };
}

/** Pseudonym and salt of a wallet by its number. */
function walletOf(number: number): {
  readonly handle: Uint8Array;
  readonly salt: Uint8Array;
} {
  return { handle: sha256(utf8(`wallet ${number}`)), salt: sha256(utf8(`salt ${number}`)) };
}

/** A node alone in its network: its genesis, and how its directory is opened. */
export class FilledNode {
  readonly genesis: Genesis;
  readonly #directory: string;

  private constructor(genesis: Genesis, directory: string) {
    this.genesis = genesis;
    this.#directory = directory;
  }

  /** Makes the directory. */
  static async make(filling: Filling): Promise<FilledNode> {
    const { directory } = filling;
    const { genesis } = createNetwork(localNetworkConfig(1), directory, Date.now());
    const node = new FilledNode(genesis, directory);
    const opened = await node.open();
    await writeRecords(opened.database, filling);
    const entries = new StateTreeEntries();
    for await (const [key, value] of opened.store.entries()) entries.add(key, value);
    const { block, tip } = opened.chain.applied;
    const tree = StateTree.ofEntries(entries);
    const chain = new LedgerChain(node.#parts(opened), {
      block,
      tip,
      tree,
      recentIds: new RecentIdSet(),
    });
    await addEmptyBlocks({ ...opened, chain }, filling.blocks);
    await opened.database.close();
    return node;
  }

  /** The one that was made there. */
  static at(directory: string): FilledNode {
    return new FilledNode(readGenesis(genesisFileOf(directory)), directory);
  }

  /** Opens it as a node that starts does. */
  async open(): Promise<OpenedChain> {
    const database = await openNodeDatabase(`${this.#directory}/database`);
    return openChain({
      ...this.#parts({}),
      database,
      genesis: this.genesis,
      check: "recent",
    });
  }

  #parts<T extends object>(others: T) {
    const signer = readKeyFile(`${nodeDirectory(this.#directory, 1)}/node.key`);
    return {
      ...others,
      signatures: { networkId: networkIdOf(this.genesis), verify: verifySignature },
      identity: new Identity(1, [signer]),
      verifyTransactions: async (transactions: readonly unknown[]) => transactions.map(() => true),
      nowMs: Date.now,
    };
  }
}

/** Builds a block on the end of the log, writes it durably, applies it: what a node does alone. */
export async function addBlock(
  { chain, blocks }: OpenedChain,
  transactions: readonly CheckedTransaction[],
): Promise<void> {
  const parent = chain.applied;
  const prefetched = await chain.prefetch(parent, transactions);
  const link = chain.build(
    { term: TERM, timestampMs: Date.now(), control: CONTROL, transactions },
    prefetched,
  );
  if (link.block === null) throw new Error("a block was not built");
  const hardState = { term: TERM, vote: 1, commit: link.tip.height };
  await blocks.append({ entries: [entryOf(link.block)], hardState, certificate: null });
  await chain.apply(link);
}

/** Many at a time in one durable write: they are only to be there. */
async function addEmptyBlocks({ chain, blocks }: OpenedChain, count: number): Promise<void> {
  for (let done = 0; done < count; done += BLOCKS_AT_ONCE) {
    const links = [];
    let parent = chain.applied;
    for (let i = done; i < Math.min(count, done + BLOCKS_AT_ONCE); i += 1) {
      const draft = { term: TERM, timestampMs: Date.now(), control: CONTROL, transactions: [] };
      parent = chain.build(draft, await chain.prefetch(parent, []));
      links.push(parent);
    }
    const entries = links.flatMap(({ block }) => (block === null ? [] : [entryOf(block)]));
    const hardState = { term: TERM, vote: 1, commit: parent.tip.height };
    await blocks.append({ entries, hardState, certificate: null });
    for (const link of links) await chain.apply(link);
  }
}

async function writeRecords(database: Database, filling: Filling): Promise<void> {
  const { wallets, cardKey, shop, terminalKey } = filling;
  const { merchant, terminal } = shop;
  const shopFields = { nameJa: merchant, nameEn: merchant, category: "SHOP" } as const;
  const batch = database.batch();
  const put = <T>(key: StateKey<T>, value: T) =>
    batch.put(KEYS.state(key.text), key.space.encode(value));
  put(MERCHANT.key(merchant), { ...shopFields, issuer: ISSUER, status: "ACTIVE", accepts: [] });
  put(MERCHANT_ACCOUNT.key(merchant), { holdings: [] });
  const device = { algorithm: "rsa2048-sha256", publicKey: terminalKey } as const;
  put(TERMINAL.key(terminal), { ...device, merchant, status: "ACTIVE" });
  await batch.write({ sync: false });
  for (let first = 0; first < wallets; first += RECORDS_AT_ONCE) {
    const some = database.batch();
    for (let i = first; i < Math.min(wallets, first + RECORDS_AT_ONCE); i += 1) {
      const { handle, salt } = walletOf(i);
      const cardCommit = commitToCard(salt, cardKey);
      const key = WALLET.key(toHex(handle));
      some.put(KEYS.state(key.text), WALLET.encode(walletRecord(cardCommit)));
    }
    await some.write({ sync: false });
  }
}

function walletRecord(cardCommit: Uint8Array) {
  const lot = {
    number: 1,
    issuer: ISSUER,
    pointType: "bench",
    category: "HEALTH",
    amountPt: 1_000_000,
    remainingPt: 1_000_000,
    issuedOn: "2026-10-01",
    expiresOn: "2098-03-31",
    origin: "GRANT",
    consideration: "NONE",
    restrictedTo: [],
    perUseCapPt: 25_000,
  } as const;
  const wallet = { municipality: ISSUER, cardCommit, status: "ACTIVE", nextLot: 2 } as const;
  return { ...wallet, ...NO_MEMORY, isFrozen: false, statusAsOfMs: Date.now(), lots: [lot] };
}
