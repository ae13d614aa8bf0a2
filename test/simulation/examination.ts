/** The end of a run: the books of every node, and every answer that a client was given, against the chain. */
import { checkInvariants } from "../../contracts/invariants.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { demand } from "./broken-promise.ts";
import type { History, Operation } from "./history.ts";
import { isLinearizable } from "./linearizability.ts";
import type { Machine } from "./machine.ts";
import type { NodeProcess } from "./node-process.ts";
import { OPENING_PT, type Town, WALLETS } from "./town.ts";
import { walletModel } from "./wallet-model.ts";

/** A block shows the certificate of one that is at most so far below it: four may be under way, and a change of members. */
const UNCERTIFIED_MAX = 5;

/** A transaction of the chain. */
interface Entry {
  readonly bytes: Uint8Array;
  readonly result: string;
  readonly height: number;
  readonly index: number;
}

/** Examines nodes that have come to the same end. @throws BrokenPromise, or LedgerFault when money is wrong. */
export async function examine(
  town: Town,
  history: History,
  machines: readonly Machine[],
): Promise<void> {
  const [first] = machines;
  const node = first?.process ?? null;
  demand(node !== null, () => "no node is left to examine");
  const chain = chainOf(node);
  demand(chain.size >= town.setUp.length, () => "the chain is shorter than the set-up");
  for (const machine of machines) await examineBooks(machine);
  for (const operation of history.operations) examineAnswer(operation, chain);
  for (let wallet = 0; wallet < WALLETS; wallet++) examineWallet(wallet, history, chain);
}

/** Every transaction of the chain by id. @throws BrokenPromise when an id comes twice. */
function chainOf({ ledger }: NodeProcess): ReadonlyMap<string, Entry> {
  const chain = new Map<string, Entry>();
  for (let height = 1; height <= ledger.height; height++) {
    const { transactions, results, control } = ledger.block(height);
    const shown = control.lastCertificate?.height ?? 0;
    // The first block of a term inherits what the leaders before it have left uncertified.
    demand(
      control.leaderCertificate !== null || height - shown <= UNCERTIFIED_MAX,
      () => `block ${height} shows the certificate of block ${shown} alone`,
    );
    for (const [index, bytes] of transactions.entries()) {
      const { id } = decodeTransaction(bytes);
      demand(!chain.has(id), () => `transaction ${id} is in the chain twice`);
      chain.set(id, { bytes, result: results[index] ?? "", height, index });
    }
  }
  return chain;
}

/** Money: every point that was issued is somewhere, on every node, according to its own disk. */
async function examineBooks({ number, process }: Machine): Promise<void> {
  demand(process !== null, () => `node ${number} does not run`);
  const records: (readonly [string, Uint8Array])[] = [];
  for await (const entry of process.opened.store.entries()) records.push(entry);
  checkInvariants(records);
}

/** What was answered is what the chain says; what was refused without a block is nowhere. */
function examineAnswer({ order, answer }: Operation, chain: ReadonlyMap<string, Entry>): void {
  if (answer === null) return;
  const { result, place } = answer.outcome;
  const entry = chain.get(order.id);
  const isIt = entry !== undefined && equalBytes(entry.bytes, order.bytes);
  if (place === null) {
    demand(
      !isIt,
      () => `${order.name} was refused with ${result}, and is in block ${entry?.height}`,
    );
    return;
  }
  const isAsAnswered =
    isIt && entry.result === result && entry.height === place.height && entry.index === place.index;
  demand(
    isAsAnswered,
    () => `${order.name} was answered ${result} in block ${place.height}, but is not`,
  );
}

/** The answers about one wallet have an explanation in which everything happened at one instant. */
function examineWallet(
  wallet: number,
  { operations }: History,
  chain: ReadonlyMap<string, Entry>,
): void {
  const calls = operations
    .filter(({ order }) => order.wallet === wallet)
    .sort((a, b) => positionOf(a, chain) - positionOf(b, chain))
    .map(({ order: { id, name, changePt }, invokedMs, answer }) => ({
      operation: { id, name, changePt, result: answer?.outcome.result ?? null },
      invoked: invokedMs,
      returned: answer?.atMs ?? null,
    }));
  demand(
    isLinearizable(walletModel(OPENING_PT), calls),
    () => `the answers about wallet ${wallet} have no explanation`,
  );
}

/** Where the chain has the operation's id: a good first guess of the order. */
function positionOf({ order, invokedMs }: Operation, chain: ReadonlyMap<string, Entry>): number {
  const entry = chain.get(order.id);
  return entry === undefined ? invokedMs / 1e12 : entry.height + entry.index / 1e6;
}
