/**
 * Looks at every node after every event and holds what it sees against the promises of the consensus; at what is not
 * committed yet with `LogWatch`.
 *
 * - One leader a term; a leader commits blocks of its own term alone (Raft figure 8), or what is certified already.
 * - One history: one block a height on all nodes, one state after it; what is committed stays.
 * - Nobody is accused: nobody lies here.
 * - What is applied is certified, what is certified is on a quorum of the disks of that height's members, by their
 *   votes.
 */
import { decodeBlock } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type SignatureContext, verifyCertificate } from "../../ledger/certificate.ts";
import { decode } from "../../ledger/encoding.ts";
import { isQuorum, membershipHash } from "../../ledger/membership.ts";
import { KEYS } from "../../node/storage/buckets.ts";
import { openRecord } from "../../node/storage/record.ts";
import { demand } from "./broken-promise.ts";
import { LogWatch } from "./log-watch.ts";
import type { Machine } from "./machine.ts";
import type { MemberWatch } from "./member-watch.ts";
import type { NodeProcess } from "./node-process.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** A block as it is on a disk. */
export interface StoredBlock {
  readonly height: number;
  readonly term: number;
  readonly hash: string;
  readonly previousHash: string;
}

/** What was seen of a process when it was last looked at. */
interface Seen {
  readonly process: NodeProcess;
  readonly term: number;
  readonly isLeader: boolean;
  readonly commit: number;
  readonly certified: number;
  readonly applied: number;
  readonly committedAtStart: number;
}

/** The eyes of one run. */
export class SafetyWatch {
  readonly #signatures: SignatureContext;
  readonly #members: MemberWatch;
  readonly #machines: readonly Machine[];
  readonly #leaders = new Map<number, number>();
  /** Height → hash and state root, as the first node had them. */
  readonly #history = new Map<number, string>();
  readonly #roots = new Map<number, string>();
  /** Height → the membership whose votes certify its block, in short. */
  readonly #certifiedBy = new Map<number, string>();
  readonly #seen = new Map<number, Seen>();
  readonly #logs = new LogWatch();
  #committed = 0;

  constructor(signatures: SignatureContext, members: MemberWatch, machines: readonly Machine[]) {
    this.#signatures = signatures;
    this.#members = members;
    this.#machines = machines;
  }

  /** The highest committed height that anybody has seen. */
  get committed(): number {
    return this.#committed;
  }

  /** The highest term that anybody leads. */
  get term(): number {
    return Math.max(0, ...this.#leaders.keys());
  }

  /** The hash of the committed block at a height, if one was seen. */
  committedHash(height: number): string | undefined {
    return this.#history.get(height);
  }

  /** Looks at all nodes. @throws BrokenPromise. */
  look(): void {
    for (const { number, process } of this.#machines) {
      if (process !== null) this.#lookAt(number, process);
    }
  }

  #lookAt(number: number, process: NodeProcess): void {
    const { opened, driver } = process;
    const { term, state, commit, lastIndex } = driver.status;
    const isLeader = state === "StateLeader";
    this.#logs.look(number, process);
    this.#members.look(number, process);
    const { culprits } = opened.evidence;
    demand(culprits.length === 0, () => `node ${number} holds evidence against ${culprits}`);
    const certified = opened.certifier.certifiedHeight;
    const applied = opened.chain.applied.tip.height;
    const last = this.#seen.get(number);
    const before = last?.process === process ? last : null;
    if (isLeader) this.#checkLeader(number, term);
    if (before !== null) {
      demand(term >= before.term, () => `node ${number}: its term fell to ${term}`);
      demand(commit >= before.commit, () => `node ${number}: its commit index fell to ${commit}`);
      const rose = isLeader && before.isLeader && before.term === term && commit > before.commit;
      if (rose) this.#checkLeaderCommit(number, process, commit);
    }
    demand(certified <= lastIndex, () => `node ${number}: certified ${certified} > ${lastIndex}`);
    // After a crash the certificate of what was committed may be gone, until there is a later one: the block
    // that it was for, or the record itself. The commit index on the disk rested on it.
    const committedAtStart = before?.committedAtStart ?? Math.max(applied, commit);
    demand(
      applied <= Math.max(certified, committedAtStart),
      () => `node ${number}: applied ${applied}, certified ${certified}`,
    );
    if (certified > (before?.certified ?? 0)) this.#checkCertificate(number, process);
    const from = before?.applied ?? Math.max(0, applied - 1);
    for (let height = from + 1; height <= applied; height++) {
      this.#checkApplied(number, process, height);
    }
    this.#seen.set(number, {
      process,
      term,
      isLeader,
      commit,
      certified,
      applied,
      committedAtStart,
    });
  }

  #checkLeader(number: number, term: number): void {
    const other = this.#leaders.get(term) ?? number;
    demand(other === number, () => `nodes ${other} and ${number} both lead term ${term}`);
    this.#leaders.set(term, number);
  }

  #checkLeaderCommit(number: number, { opened, driver }: NodeProcess, commit: number): void {
    const { term } = driver.status;
    const block = opened.tail.blockAt(commit);
    // A block of an earlier term is committed with one above it that is certified, but not before; alone where it
    // changes the membership, or where others show the certificate of its own term.
    demand(
      block?.term === term || opened.certifier.certifiedHeight >= commit,
      () => `node ${number} leads term ${term} and commits block ${commit} of term ${block?.term}`,
    );
  }

  #checkCertificate(number: number, { opened }: NodeProcess): void {
    const certificate = opened.certifier.certified;
    if (certificate === null) return;
    const { height } = certificate;
    const hash = toHex(certificate.blockHash);
    const membership = opened.memberships.at(height);
    verifyCertificate(certificate, { ...this.#signatures, membership });
    const by = toHex(membershipHash(membership));
    this.#remember(this.#certifiedBy, height, by, `node ${number}: certified by`);
    this.#logs.certified(certificate);
    this.#remember(this.#history, height, hash, `node ${number}`);
    if (height <= this.#committed) return;
    this.#committed = height;
    const holders = this.#machines.filter(
      ({ disk, isDamaged }) => isDamaged || storedBlock(disk, height)?.hash === hash,
    );
    demand(
      isQuorum(membership, new Set(holders.map((machine) => machine.number))),
      () => `block ${height} is certified, and durable on ${holders.length} disks alone`,
    );
  }

  #checkApplied(number: number, { opened }: NodeProcess, height: number): void {
    const { header, hash } = opened.blocks.block(height);
    this.#remember(this.#history, height, toHex(hash), `node ${number}`);
    const { tip, tree } = opened.chain.applied;
    const root = toHex(height === tip.height ? tree.root : header.stateRoot);
    this.#remember(this.#roots, height, root, `node ${number}: state`);
    const membership = this.#members.at(height);
    if (membership === undefined) return;
    const by = toHex(membershipHash(membership));
    demand(
      (this.#certifiedBy.get(height) ?? by) === by,
      () => `block ${height} is certified by others than its members`,
    );
  }

  #remember(known: Map<number, string>, height: number, value: string, whose: string): void {
    const first = known.get(height) ?? value;
    demand(
      first === value,
      () => `${whose} has another block at ${height}: ${value}, not ${first}`,
    );
    known.set(height, value);
  }
}

const decoded = new WeakMap<Uint8Array, StoredBlock>();

/** The block at a height of the log on a disk, or below the log's start; undefined when there is none. */
export function storedBlock(disk: SimulatedDisk, height: number): StoredBlock | undefined {
  const start = disk.durable(KEYS.logStart);
  const isBelow =
    start !== undefined && height <= Number(decode(openRecord(KEYS.logStart, start), 16));
  const [key, record] = [KEYS.block(height), ...(isBelow ? [KEYS.settled(height)] : [])]
    .map((at) => [at, disk.durable(at)] as const)
    .find(([, stored]) => stored !== undefined) ?? ["", undefined];
  if (record === undefined) return undefined;
  const known = decoded.get(record);
  if (known !== undefined) return known;
  const { header, hash } = decodeBlock(disk.durableValue(key) ?? record);
  const { term, previousHash } = header;
  const block = {
    height: header.height,
    term,
    hash: toHex(hash),
    previousHash: toHex(previousHash),
  };
  decoded.set(record, block);
  return block;
}
