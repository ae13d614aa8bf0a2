/**
 * What comes long after a run: a hundred days pass, and every node destroys the witness of the run's blocks while it
 * loses power again and again. Afterwards none of it is on any disk, and all nodes go on.
 */
import { decodeBlock } from "../../ledger/block.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { hasWitness } from "../../ledger/pruning.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { KEYS } from "../../node/storage/buckets.ts";
import { openRecord } from "../../node/storage/record.ts";
import { ByteSearch, type Secret } from "../privacy/byte-search.ts";
import { demand } from "./broken-promise.ts";
import type { Machine } from "./machine.ts";
import type { Stage } from "./stage.ts";
import { LATER_DAYS } from "./town.ts";

/** How long power fails, ms. */
const TROUBLED_MS = 6000;
/** Between two blocks that something is in, ms. */
const BLOCK_EVERY_MS = 700;
/** Between two power failures of a machine, and how long it is off, at most, ms. */
const FAILURE_MS = 2500;
const ABSENCE_MS = 800;

/** Lets everything be forgotten on these machines, which have come to the same end of the chain. */
export async function forget(stage: Stage, machines: readonly Machine[]): Promise<void> {
  const { timeline, dice } = stage;
  const last = Math.max(...machines.map(({ process }) => process?.ledger.height ?? 0));
  const search = new ByteSearch(witnessUpTo(last, machines));
  stage.passDays(LATER_DAYS);
  let isOver = false;
  const repeat = (withinMs: number, work: () => void): void => {
    timeline.after(dice.between(1, withinMs), () => {
      if (isOver) return;
      work();
      repeat(withinMs, work);
    });
  };
  const prunes = [...stage.town.prunes];
  repeat(BLOCK_EVERY_MS, () => {
    const prune = prunes.shift();
    if (prune !== undefined) dice.pick(machines).serve((node) => submit(node, prune));
  });
  const endMs = timeline.nowMs + TROUBLED_MS;
  for (const machine of machines) {
    repeat(FAILURE_MS, () => {
      if (timeline.nowMs > endMs) return;
      machine.crash("power-failure");
      timeline.after(dice.between(1, ABSENCE_MS), () => machine.start());
    });
  }
  await stage.until(() => timeline.nowMs > endMs + ABSENCE_MS);
  stage.calm(machines);
  const pruned = () => machines.map(({ process }) => process?.driver.snapshots.prunedHeight ?? 0);
  await stage.soon(
    () => `the witness up to block ${last} is kept: it is destroyed up to ${pruned().join(", ")}`,
    () => pruned().every((height) => height >= last),
  );
  isOver = true;
  for (const machine of machines) examineDisk(machine, last, search);
  stage.tell(`the witness of ${last} blocks is destroyed on ${machines.length} nodes`, "forgotten");
  for (const machine of machines) machine.crash("power-failure");
  stage.calm(machines);
}

/** Some are refused, by the ledger or at the door: what is wanted of them is that there are blocks. */
async function submit(
  node: { submit(transaction: Uint8Array, waitMs: number): Promise<unknown> },
  transaction: Uint8Array,
): Promise<void> {
  try {
    await node.submit(transaction, BLOCK_EVERY_MS);
  } catch (error) {
    if (!(error instanceof LedgerFault)) throw error;
  }
}

/** What proves who signed, in all blocks that any of these machines can show. */
function witnessUpTo(last: number, machines: readonly Machine[]): Secret[] {
  const secrets = new Map<string, Secret>();
  for (const { process } of machines) {
    for (let height = 1; height <= last; height++) {
      for (const bytes of process?.ledger.block(height).transactions ?? []) {
        if (!hasWitness(bytes)) continue;
        const { id, auth } = decodeTransaction(bytes);
        for (const { kind, signature } of auth) {
          secrets.set(`${id} ${kind}`, { what: `${kind}'s signature ${id}`, bytes: signature });
        }
      }
    }
  }
  return [...secrets.values()];
}

function examineDisk({ number, disk }: Machine, last: number, search: ByteSearch): void {
  for (let height = 1; height <= last; height++) {
    const key = KEYS.settled(height);
    const record = disk.durable(key);
    const isWholeThere = disk.durable(KEYS.block(height)) !== undefined;
    demand(record !== undefined && !isWholeThere, () => `node ${number} keeps block ${height}`);
    const { transactions } = decodeBlock(openRecord(key, record));
    demand(
      !transactions.some(hasWitness),
      () => `node ${number} keeps what is private in block ${height}`,
    );
  }
  for (const [segment, bytes] of disk.segments) {
    const [found] = search.inBytes(bytes, `segment ${segment}`);
    demand(found === undefined, () => `node ${number} keeps ${found?.what} in ${found?.where}`);
  }
}
