/** What can happen to a node's directory while the node is away. */
import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { Level } from "level";
import { KEYS } from "../../node/storage/buckets.ts";
import { PROMISE_FILE } from "../../node/storage/promise-file.ts";
import { SEGMENT_FOLDER } from "../../node/storage/segments.ts";

/** The files of a directory whose names match. */
export function filesOf(directory: string, name: RegExp): string[] {
  return readdirSync(directory)
    .filter((file) => name.test(file))
    .map((file) => join(directory, file));
}

/** Turns one bit around. */
export function flipBit(file: string, byte: number): void {
  const handle = openSync(file, "r+");
  const buffer = Buffer.alloc(1);
  readSync(handle, buffer, 0, 1, byte);
  buffer[0] = (buffer[0] ?? 0) ^ 1;
  writeSync(handle, buffer, 0, 1, byte);
  closeSync(handle);
}

/** Changes records without their checksums: what is given back is stored; null removes it. */
export async function changeRecords(
  directory: string,
  change: (key: string, record: Uint8Array) => Uint8Array | null,
): Promise<void> {
  const raw = new Level<string, Uint8Array>(directory, { valueEncoding: "view" });
  for (const [key, record] of await raw.iterator().all()) {
    const changed = change(key, record);
    if (changed === null) await raw.del(key);
    else if (changed !== record) await raw.put(key, changed);
  }
  await raw.close();
}

/** The record with one bit turned around. */
export function flipped(record: Uint8Array, bit: number): Uint8Array {
  const damaged = Uint8Array.from(record);
  const at = Math.floor(bit / 8) % damaged.length;
  damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit % 8));
  return damaged;
}

/** One thing that can happen. */
export interface Damage {
  readonly id: string;
  readonly inflict: (directory: string) => Promise<void> | void;
}

function segmentsOf(directory: string): string[] {
  return filesOf(join(directory, SEGMENT_FOLDER), /\.segment$/);
}

const LOG = /\.log$/;
const TABLE = /\.ldb$/;

/** What a node repairs by itself, with the help of the others. */
export const REPAIRABLE: readonly Damage[] = [
  {
    id: "the end of the database's log is gone",
    inflict: (directory) => {
      for (const file of filesOf(directory, LOG))
        truncateSync(file, Math.floor(statSync(file).size / 2));
    },
  },
  {
    id: "the database's log is gone",
    inflict: (directory) => {
      for (const file of filesOf(directory, LOG)) rmSync(file);
    },
  },
  {
    id: "a bit of the database's log is wrong",
    inflict: (directory) => {
      for (const file of filesOf(directory, LOG))
        flipBit(file, Math.floor(statSync(file).size / 2));
    },
  },
  {
    id: "CURRENT is gone",
    inflict: (directory) => rmSync(join(directory, "CURRENT")),
  },
  {
    id: "the manifest is gone",
    inflict: (directory) => {
      for (const file of filesOf(directory, /^MANIFEST/)) rmSync(file);
    },
  },
  {
    id: "the manifest has lost its end",
    inflict: (directory) => {
      for (const file of filesOf(directory, /^MANIFEST/)) truncateSync(file, 20);
    },
  },
  {
    id: "the tables have lost their ends",
    inflict: (directory) => {
      for (const file of filesOf(directory, TABLE)) truncateSync(file, statSync(file).size - 10);
    },
  },
  {
    id: "the tables are gone",
    inflict: (directory) => {
      for (const file of filesOf(directory, TABLE)) rmSync(file);
    },
  },
  {
    id: "a bit of each table is wrong",
    inflict: (directory) => {
      for (const file of filesOf(directory, TABLE)) flipBit(file, 100);
    },
  },
  {
    id: "a block in the middle is gone",
    inflict: (directory) =>
      changeRecords(directory, (key, record) => (key === KEYS.block(3) ? null : record)),
  },
  {
    id: "a block in the middle is damaged",
    inflict: (directory) =>
      changeRecords(directory, (key, record) =>
        key === KEYS.block(4) ? flipped(record, 99) : record,
      ),
  },
  {
    id: "the segments have lost their ends",
    inflict: (directory) => {
      for (const file of segmentsOf(directory)) truncateSync(file, statSync(file).size - 10);
    },
  },
  {
    id: "the segments are gone",
    inflict: (directory) => {
      for (const file of segmentsOf(directory)) rmSync(file);
    },
  },
  {
    id: "a bit of each segment is wrong",
    inflict: (directory) => {
      for (const file of segmentsOf(directory)) flipBit(file, Math.floor(statSync(file).size / 2));
    },
  },
  {
    id: "a segment has bytes at its end of which nobody knows",
    inflict: (directory) => {
      for (const file of segmentsOf(directory)) appendFileSync(file, Buffer.alloc(300, 0x85));
    },
  },
  {
    id: "records of the state are damaged",
    inflict: (directory) =>
      changeRecords(directory, (key, record) =>
        key.startsWith(KEYS.stateStart) ? flipped(record, 70) : record,
      ),
  },
  {
    id: "the applied position is gone",
    inflict: (directory) =>
      changeRecords(directory, (key, record) => (key === KEYS.applied ? null : record)),
  },
  {
    id: "the promises in the database are damaged",
    inflict: (directory) =>
      changeRecords(directory, (key, record) =>
        key === KEYS.promise ? flipped(record, 3) : record,
      ),
  },
  {
    id: "one slot of the other promises is damaged",
    inflict: (directory) => flipBit(join(directory, PROMISE_FILE), 12),
  },
];
