/**
 * Who uses a sensitive service: known to its facility alone, in a sealed journal. A record is on disk before anybody hears of it,
 * so a process that is killed leaves the register as it was or as it became. One process at a time.
 *
 * Rule R1: a proof is made from the members as they were when the root was committed to; who came later waits for the next root.
 * Rule R2: who leaves is gone from the disk at once, and with him what older proofs were made from. Until the next commitment
 *          the facility gives no proofs.
 */
import { randomBytes } from "node:crypto";
import { type CivilDate, civilDate } from "../../contracts/fields/dates.ts";
import { cardSalt, linkHandle, withoutMyNumber } from "../../contracts/fields/fields.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import type { Hash } from "../../ledger/hash.ts";
import { RECEIPT_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { decodeReceipt } from "../../ledger/receipt.ts";
import {
  bytes,
  fromBytes,
  type Infer,
  nullable,
  record,
  text,
  toBytes,
  variant,
} from "../../ledger/schema.ts";
import { PUBLIC_KEY_SIZE_BYTES_MAX } from "../../ledger/signature.ts";
import { ClientError } from "../client-fault.ts";
import type { Custody } from "../registrar/custody.ts";
import { SealedJournal } from "../registrar/sealed-journal.ts";
import type { LinkLeaf, LinkProof } from "./link-proof.ts";
import { LinkTree } from "./link-tree.ts";

const RECORD_SIZE_BYTES_MAX = RECEIPT_SIZE_BYTES_MAX + 1024;

const memberSchema = record({
  /** As the facility numbers its members; it stays here. */
  number: withoutMyNumber(text(64)),
  link: linkHandle,
  cardSalt,
  /** Of his card, PKCS#1 DER. */
  publicKey: bytes(1, PUBLIC_KEY_SIZE_BYTES_MAX),
  validTo: nullable(civilDate),
});
/** A member. */
export type Member = Infer<typeof memberSchema>;

const entrySchema = variant({
  MEMBER: record({ member: memberSchema }),
  /** The root over all members before this entry is on the ledger. */
  COMMITTED: record({ nonce: bytes(32), receipt: bytes(1, RECEIPT_SIZE_BYTES_MAX) }),
});

/** Which service, on which network, and what it is called. */
export type Place = Omit<LinkLeaf, "version" | "link" | "cardCommit" | "validTo">;

/** A root that is to be committed to. */
export interface PreparedRoot {
  readonly root: Hash;
  readonly nonce: Uint8Array;
}

interface Committed {
  readonly members: ReadonlyMap<string, Member>;
  readonly nonce: Uint8Array;
  readonly receipt: Uint8Array;
}

/** The members of one service. */
export class MemberRegister {
  readonly #place: Place;
  readonly #custody: Custody;
  readonly #journal: SealedJournal;
  /** By number. */
  readonly #members = new Map<string, Member>();
  #committed: Committed | null = null;

  /** @throws ClientError `FILE_MALFORMED` when the journal does not open with this custody's key. */
  constructor(file: string, custody: Custody, place: Place) {
    this.#place = place;
    this.#custody = custody;
    this.#journal = new SealedJournal(file, custody.derive("journal-key"));
    for (const sealed of this.#journal.read()) {
      const entry = fromBytes(entrySchema, sealed, RECORD_SIZE_BYTES_MAX);
      if (entry.kind === "MEMBER") this.#members.set(entry.member.number, entry.member);
      else this.#committed = { ...entry, members: new Map(this.#members) };
    }
  }

  get size(): number {
    return this.#members.size;
  }

  /** The member with a card. @param publicKey PKCS#1 DER. @throws ClientError `MEMBER_UNKNOWN`. */
  byCard(publicKey: Uint8Array): Member {
    const found = this.#holderOf(publicKey);
    if (found === undefined) throw new ClientError("MEMBER_UNKNOWN");
    return found;
  }

  /**
   * Adds a member, or gives one his new card or term; his pseudonym stays.
   * @throws ClientError `MEMBER_KNOWN` when the card is that of another number; LedgerFault `INVALID_FIELD` for a My Number.
   */
  enrol(number: string, publicKey: Uint8Array, validTo: CivilDate | null): Member {
    const other = this.#holderOf(publicKey);
    if (other !== undefined && other.number !== number) throw new ClientError("MEMBER_KNOWN");
    const link = this.#members.get(number)?.link ?? random();
    const member = { number, link, cardSalt: random(), publicKey, validTo };
    this.#journal.append(toBytes(entrySchema, { kind: "MEMBER", member }));
    this.#members.set(number, member);
    return member;
  }

  /** Forgets a member (rule R2). @throws ClientError `MEMBER_UNKNOWN`. */
  forget(number: string): void {
    if (!this.#members.has(number)) throw new ClientError("MEMBER_UNKNOWN");
    const rest = [...this.#members.values()].filter((member) => member.number !== number);
    this.#journal.rewrite(rest.map((member) => toBytes(entrySchema, { kind: "MEMBER", member })));
    this.#members.delete(number);
    this.#committed = null;
  }

  /** The root over all members. It is another one each time, so that it does not say whether anything changed. */
  prepareRoot(): PreparedRoot {
    const nonce = random();
    return { nonce, root: this.#treeOf(this.#members, nonce).root };
  }

  /** Keeps the proof that the root is on the ledger. Nobody was enrolled since it was prepared. */
  committed({ nonce }: PreparedRoot, receipt: Uint8Array): void {
    this.#journal.append(toBytes(entrySchema, { kind: "COMMITTED", nonce, receipt }));
    this.#committed = { nonce, receipt, members: new Map(this.#members) };
  }

  /** What a member may show (rule R1). @throws ClientError `MEMBER_UNCOMMITTED`. */
  proofFor({ number, link }: Member): LinkProof {
    const member = this.#committed?.members.get(number);
    if (this.#committed === null || member === undefined || !equalBytes(member.link, link)) {
      throw new ClientError("MEMBER_UNCOMMITTED");
    }
    const { members, nonce, receipt } = this.#committed;
    const leaf = this.#leafOf(member);
    const place = this.#treeOf(members, nonce).pathOf(leaf);
    const opened = { cardSalt: member.cardSalt, receipt: decodeReceipt(receipt) };
    return { version: 1, leaf, ...place, ...opened };
  }

  #holderOf(publicKey: Uint8Array): Member | undefined {
    return [...this.#members.values()].find((member) => equalBytes(member.publicKey, publicKey));
  }

  #treeOf(members: ReadonlyMap<string, Member>, nonce: Uint8Array): LinkTree {
    const leaves = [...members.values()].map((member) => this.#leafOf(member));
    return new LinkTree(leaves, (n) => this.#custody.derive("link-filler", nonce, String(n)));
  }

  #leafOf({ link, cardSalt: salt, publicKey, validTo }: Member): LinkLeaf {
    return { version: 1, ...this.#place, link, cardCommit: commitToCard(salt, publicKey), validTo };
  }
}

function random(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}
