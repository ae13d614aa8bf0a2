/**
 * Fetches a snapshot: manifest, then the chain up to its block, then, when that block is proved, the state. Whoever gives
 * what is wrong is found by hash, link or root, and another member is asked.
 */
import { membersOf } from "../../consensus/membership.ts";
import { type Block, decodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { verifyCertificate } from "../../ledger/certificate.ts";
import type { ChainTip } from "../../ledger/chain.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { sha256 } from "../../ledger/hash.ts";
import { decodeChunk, type StateRecord } from "../../ledger/state-chunk.ts";
import type { ChainBase } from "../chain/chain-link.ts";
import { confStateAfter } from "../chain/conf-change.ts";
import type { KnownMemberships } from "../chain/elections.ts";
import { KEYS } from "../storage/buckets.ts";
import { Arrival, type ArrivalParts } from "./arrival.ts";
import type { Asker } from "./asker.ts";
import { decodeManifest, type Manifest, storedManifest } from "./manifest.ts";

/** A snapshot that is here, whole and checked; nothing points to it yet. */
export interface Arrived extends ChainBase {
  readonly block: Block;
  readonly manifest: Manifest;
  /** Up to this height its blocks came bare; 0 when none did. */
  readonly bareHeight: number;
}

/** What a transfer works with. */
export interface TransferParts extends Omit<ArrivalParts, "manifest"> {
  readonly self: number;
  readonly memberships: KnownMemberships;
  readonly asker: Asker;
  /** Told how far it is. */
  readonly onProgress: (manifest: Manifest, chunks: number) => void;
}

/**
 * Fetches the newest snapshot that can be had, or the rest of one whose transfer was cut short.
 * @returns null when nobody has one now, or it could not be finished; what has arrived is kept.
 * @throws StorageError when this node's disk fails.
 */
export async function fetchSnapshot(parts: TransferParts): Promise<Arrived | null> {
  const { asker, from } = parts;
  const begun = storedManifest(parts.database, KEYS.arriving);
  const found =
    (begun !== null && begun.header.height > from.height
      ? await askManifest(parts, begun.header.height)
      : null) ?? (await askManifest(parts, 0));
  if (found === null) return null;
  const { manifest, giver } = found;
  const arrival = await Arrival.open({ ...parts, manifest });
  parts.onProgress(manifest, arrival.nextChunk);
  const tip = await fetchChain(parts, arrival, giver);
  if (tip === null) return null;
  if (!isCertified(parts, manifest, tip, giver)) {
    await arrival.clearBlocks();
    return null;
  }
  // The consensus core takes none that does not name it: there will be a newer one.
  if (!membersOf(confStateAfter(tip.memberships, tip.height)).includes(parts.self)) {
    await Arrival.forget(parts.database, parts.store);
    return null;
  }
  if (!(await fetchState(parts, arrival, giver))) return null;
  try {
    const tree = arrival.checkedState();
    const announced = await arrival.announceBlocks();
    return { manifest, block: arrival.lastBlock(), tip, tree, ...announced };
  } catch (error) {
    if (!(error instanceof LedgerFault)) throw error;
    asker.distrust(giver, error.message);
    await Arrival.forget(parts.database, parts.store);
    return null;
  }
}

/** Of a height, or (0) of the newest snapshot that a member has, if it is above what is applied here. */
function askManifest({ asker, from, memberships, signatures }: TransferParts, height: number) {
  return asker.ask({ about: "manifest", height, position: 0 }, ([bytes], giver) => {
    const manifest = decodeManifest(bytes ?? new Uint8Array());
    const { header, certificate } = manifest;
    // Of members that this node does not know yet it will hear before long.
    const membership = memberships.named(certificate.membershipHash);
    if (header.height <= from.height || membership === undefined) return undefined;
    // Before anything is stored: a chain up to any height is soon made up, and would fill the disk.
    verifyCertificate(certificate, { ...signatures, membership });
    return { manifest, giver };
  });
}

/** @returns the tip at the snapshot's block; null when no member led there. */
async function fetchChain(
  parts: TransferParts,
  arrival: Arrival,
  giver: number,
): Promise<ChainTip | null> {
  const { asker } = parts;
  const { manifest } = arrival;
  asker.prefer(giver);
  for (const member of asker.members()) {
    let tip = await walkWith(parts, arrival, member);
    if (tip instanceof LedgerFault) {
      // What arrived before may be another member's lie: once more without it.
      await arrival.clearBlocks();
      tip = await walkWith(parts, arrival, member);
    }
    if (tip instanceof LedgerFault) asker.distrust(member, tip.message);
    else if (tip !== null && equalBytes(tip.hash, manifest.hash)) return tip;
    else if (tip !== null) {
      // Blocks that lead to somewhere else: they are the lie, or the manifest is. Whoever gave both lied.
      if (member === giver) asker.distrust(giver, "its blocks do not lead to its snapshot");
      await arrival.clearBlocks();
    }
  }
  return null;
}

/** What a quorum signed. The walk that led to the block says which of all memberships counts. */
function isCertified(
  { signatures, asker }: TransferParts,
  { certificate }: Manifest,
  { memberships, height }: ChainTip,
  giver: number,
): boolean {
  try {
    verifyCertificate(certificate, { ...signatures, membership: memberships.at(height) });
    return true;
  } catch (error) {
    if (!(error instanceof LedgerFault)) throw error;
    asker.distrust(giver, error.message);
    return false;
  }
}

/** Follows the blocks of one member. @returns null when it has no more, the fault when they are wrong. */
async function walkWith(
  parts: TransferParts,
  arrival: Arrival,
  member: number,
): Promise<ChainTip | LedgerFault | null> {
  try {
    return await followBlocks(parts, arrival, member);
  } catch (error) {
    if (error instanceof LedgerFault) return error;
    throw error;
  }
}

async function followBlocks(
  { asker }: TransferParts,
  arrival: Arrival,
  member: number,
): Promise<ChainTip | null> {
  const { header } = arrival.manifest;
  const walk = await arrival.walk();
  while (walk.tip.height < header.height) {
    const position = walk.tip.height + 1;
    const question = { about: "blocks", height: header.height, position } as const;
    const parts = await asker.askOne(member, question);
    if (parts === null || parts.length === 0) return null;
    const blocks = parts.map((bytes) => decodeBlock(bytes));
    walk.follow(blocks);
    await arrival.putBlocks(blocks);
  }
  return walk.tip;
}

/** @returns false when no member had the rest of the state. */
async function fetchState(
  { asker, onProgress }: TransferParts,
  arrival: Arrival,
  giver: number,
): Promise<boolean> {
  const { manifest } = arrival;
  while (arrival.nextChunk < manifest.chunks.length) {
    const position = arrival.nextChunk;
    const question = { about: "chunk", height: manifest.header.height, position } as const;
    const records = await asker.ask(question, ([bytes = new Uint8Array()], from) =>
      judgeChunk(arrival, bytes, from === giver),
    );
    if (records === null) return false;
    await arrival.putChunk(records);
    onProgress(manifest, arrival.nextChunk);
  }
  return true;
}

/**
 * The records of the next chunk; undefined when it is another than the manifest says. Only who gave the manifest lies
 * then: to all others, the manifest may be the lie.
 */
function judgeChunk(
  arrival: Arrival,
  bytes: Uint8Array,
  isGiver: boolean,
): StateRecord[] | undefined {
  const expected = arrival.manifest.chunks[arrival.nextChunk];
  const isIt = expected !== undefined && equalBytes(sha256(bytes), expected.hash);
  if (isIt) return decodeChunk(bytes, arrival.lastKey);
  if (isGiver) throw new LedgerFault("MALFORMED", { problem: "not the chunk of the manifest" });
  return undefined;
}
