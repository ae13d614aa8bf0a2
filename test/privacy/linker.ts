/**
 * An adversary who holds everything that a node keeps for ever, and wants to know who made a payment: he reads the
 * directory byte by byte, knows the formats, and tries every way that they offer.
 */
import { Level } from "level";
import { paymentSchema } from "../../contracts/spending/payment.ts";
import { WALLET } from "../../contracts/state/state-records.ts";
import { decodeBlock } from "../../ledger/block.ts";
import { fromHex, toHex } from "../../ledger/bytes.ts";
import { decodeStored, isPruned } from "../../ledger/pruning.ts";
import { fromBytes } from "../../ledger/schema.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";

/** Bytes that nothing has in common by chance. */
const RUN_SIZE_BYTES = 8;
const CHECKSUM_SIZE_BYTES = 8;

/** A payment, by id, and whose it is believed to be; null: no more than a guess. */
export interface Link {
  readonly id: string;
  readonly handleHex: string | null;
}

/** What a node's directory holds, as the adversary sorts it. */
interface Holdings {
  readonly payments: readonly { id: string; bytes: Uint8Array; parts: readonly Uint8Array[] }[];
  /** Whatever names a wallet, by its handle: its record, and records under a key with the handle. */
  readonly wallets: ReadonlyMap<string, readonly Uint8Array[]>;
  /** All records of the state, by key. */
  readonly state: ReadonlyMap<string, Uint8Array>;
}

/** Tries to link every payment in a directory that nobody holds open. */
export async function linkPayments(directory: string): Promise<readonly Link[]> {
  const holdings = await read(directory);
  return holdings.payments.map(({ id, bytes, parts }) => {
    const said = isPruned(bytes) ? null : walletSaid(bytes);
    return { id, handleHex: said ?? walletInCommon(parts, holdings) ?? byWayOf(parts, holdings) };
  });
}

async function read(directory: string): Promise<Holdings> {
  const level = new Level<string, Uint8Array>(directory, { valueEncoding: "view" });
  await level.open();
  const payments: Holdings["payments"][number][] = [];
  const state = new Map<string, Uint8Array>();
  for await (const [key, record] of level.iterator()) {
    const payload = new Uint8Array(record).subarray(CHECKSUM_SIZE_BYTES);
    if (/^[bc]\//.test(key)) payments.push(...paymentsIn(payload));
    if (/^[st]\//.test(key)) state.set(key.slice(2), payload);
  }
  await level.close();
  const handles = [...state.keys()].flatMap((key) => /^wallet\/(.*)$/.exec(key)?.slice(1) ?? []);
  const wallets = new Map(
    handles.map((handle) => {
      const own = [...state].filter(([key]) => key.includes(handle)).map(([, value]) => value);
      return [handle, [fromHex(handle), ...own]] as const;
    }),
  );
  return { payments, wallets, state };
}

function paymentsIn(block: Uint8Array): Holdings["payments"][number][] {
  const { transactions } = decodeBlock(block);
  return transactions.flatMap((bytes) => {
    const { envelope, id, leaf, publicHash, witnessHash } = decodeStored(bytes);
    if (envelope.type !== "PAY") return [];
    return [{ id, bytes, parts: [envelope.id, leaf, publicHash, witnessHash] }];
  });
}

/** A whole payment says it itself. */
function walletSaid(bytes: Uint8Array): string {
  const { privateBody } = decodeTransaction(bytes);
  return toHex(paymentSchema.fromCbor(privateBody, "private").wallet);
}

/** Something of the payment stands where a wallet is named, in bytes or in hexadecimal. */
function walletInCommon(parts: readonly Uint8Array[], { wallets }: Holdings): string | null {
  for (const [handle, records] of wallets) {
    if (records.some((record) => parts.some((part) => haveRunInCommon(part, record))))
      return handle;
  }
  return null;
}

/** Something of the payment stands in a record that has something in common with one that names a wallet. */
function byWayOf(parts: readonly Uint8Array[], { wallets, state }: Holdings): string | null {
  const between = [...state].filter(
    ([key, value]) =>
      parts.some((part) => key.includes(toHex(part)) || haveRunInCommon(part, value)) &&
      !key.startsWith("wallet/"),
  );
  for (const [key] of between) {
    const [, id = ""] = key.split("/");
    if (!/^([0-9a-f]{2}){8,}$/.test(id)) continue;
    for (const [handle, records] of wallets) {
      if (records.some((record) => haveRunInCommon(fromHex(id), record))) return handle;
    }
  }
  return null;
}

function haveRunInCommon(a: Uint8Array, b: Uint8Array): boolean {
  const there = Buffer.from(b.buffer, b.byteOffset, b.length);
  for (let at = 0; at + RUN_SIZE_BYTES <= a.length; at++) {
    if (there.includes(Buffer.from(a.subarray(at, at + RUN_SIZE_BYTES)))) return true;
  }
  return false;
}

/** How much wallets remember of payments, bytes, by handle. */
export async function memories(directory: string): Promise<ReadonlyMap<string, number>> {
  const { state } = await read(directory);
  const sizes = [...state].flatMap(([key, value]) => {
    const handle = /^wallet\/(.*)$/.exec(key)?.[1];
    if (handle === undefined) return [];
    const { recentPayments } = fromBytes(WALLET.key(handle).space.schema, value, value.length);
    return [[handle, recentPayments.length] as const];
  });
  return new Map(sizes);
}
