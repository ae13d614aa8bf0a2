/**
 * A small network with fixed keys, and chains signed by it: what tests of chain, certificates, receipts and
 * auditing start from. Everything is a function of its arguments, so that vectors made with it never change.
 */
import {
  type Block,
  type BlockControl,
  type BlockHeader,
  controlHashOf,
  decodeBlock,
  encodeBlock,
  encodeHeader,
  historyLeaf,
  proposalMessage,
  resultLeaves,
} from "../../ledger/block.ts";
import { utf8 } from "../../ledger/bytes.ts";
import {
  type Certificate,
  type CertificateContext,
  grantMessage,
  type LeaderCertificate,
  type LogPosition,
  voteMessage,
} from "../../ledger/certificate.ts";
import { advanceTip, type ChainTip, genesisTip } from "../../ledger/chain.ts";
import type { CborValue } from "../../ledger/encoding.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { type Hash, sha256 } from "../../ledger/hash.ts";
import { type Membership, membershipHash, votersOf } from "../../ledger/membership.ts";
import { MembershipHistory } from "../../ledger/membership-history.ts";
import { merklePath, merkleRoot } from "../../ledger/merkle.ts";
import { type Signer, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { Receipt } from "../../ledger/receipt.ts";
import {
  buildTransaction,
  decodeTransaction,
  type Envelope,
  encodeTransaction,
  type Transaction,
} from "../../ledger/transaction.ts";
import { Identity } from "../../node/chain/identity.ts";
import { Memberships } from "../../node/chain/memberships.ts";

/** When the test networks begin, ms since 1970: 2026-04-01 00:00 in Japan. */
export const GENESIS_TIME_MS = 1_774_969_200_000;

/** 32 bytes that depend on the label alone: seeds, salts, roots that nobody recomputes. */
export function bytes32(label: string): Uint8Array {
  return sha256(utf8(label));
}

/** The Ed25519 key of a label. TEST ONLY: whoever knows the label knows the key. */
export function testSigner(label: string): Signer {
  const signer = signers.get(label) ?? signerOfSeed(testSeed(label));
  signers.set(label, signer);
  return signer;
}

/** By label: deriving a key costs as much as ten signatures. */
const signers = new Map<string, Signer>();

function testSeed(label: string): Uint8Array {
  return bytes32(`mykey-ledger test key: ${label}`);
}

/** The seed of a test node's key. */
export function nodeSeed(number: number): Uint8Array {
  return testSeed(`node ${number}`);
}

/** The key of a test node. */
export function nodeSigner(number: number): Signer {
  return testSigner(`node ${number}`);
}

/** A genesis with nodes 1 to `voters` as voters, then `learners` learners, and a clerk's and an approver's key. */
export function testGenesis(voters = 3, learners = 0): Genesis {
  return {
    version: 1,
    name: "Test network",
    createdAtMs: GENESIS_TIME_MS,
    members: Array.from({ length: voters + learners }, (_, i) => ({
      number: i + 1,
      publicKey: nodeSigner(i + 1).publicKey,
      organisation: "131164",
      address: `/ip4/127.0.0.1/tcp/${7101 + i}`,
      role: i < voters ? ("voter" as const) : ("learner" as const),
    })),
    organisations: [
      { id: "131164", kind: "municipality", nameJa: "豊島区", nameEn: "Toshima City" },
      { id: "card-company", kind: "company", nameJa: "カード会社", nameEn: "Card Company" },
    ],
    keys: [
      { organisation: "131164", publicKey: testSigner("clerk").publicKey, roles: ["clerk"] },
      { organisation: "131164", publicKey: testSigner("approver").publicKey, roles: ["approver"] },
    ],
    cardAnchors: [],
    clock: "world",
  };
}

/** Whose transaction, of which type, with what in it. */
export interface TestTransaction {
  readonly networkId: Hash;
  /** Distinguishes transactions: id and salt follow from it. */
  readonly label: string;
  readonly type?: string;
  readonly publicBody?: CborValue;
  /** No private part when left out. */
  readonly privateBody?: CborValue;
  /** Labels of the organisations' keys that sign; none when left out. */
  readonly signers?: readonly string[];
}

/** A signed transaction's bytes. */
export function testTransaction(of: TestTransaction): Uint8Array {
  const envelope: Envelope = {
    version: 1,
    networkId: of.networkId,
    type: of.type ?? "NOTE",
    id: bytes32(`id ${of.label}`).slice(0, 16),
    createdAtMs: GENESIS_TIME_MS + 1000,
    notAfterMs: GENESIS_TIME_MS + 61_000,
  };
  const salt = bytes32(`salt ${of.label}`);
  const unsigned = buildTransaction(
    envelope,
    of.publicBody ?? [],
    of.privateBody === undefined ? null : { salt, body: of.privateBody },
  );
  const auth = (of.signers ?? []).map(testSigner).map((signer) => ({
    kind: "organisation" as const,
    algorithm: "ed25519" as const,
    publicKey: signer.publicKey,
    signature: signer.sign(unsigned.signedMessage),
  }));
  return encodeTransaction(unsigned, auth);
}

/** What a block is to hold; everything has a right value when left out, and may be given a wrong one. */
export interface TestBlock {
  readonly term?: number;
  readonly proposer?: number;
  readonly transactions?: readonly Uint8Array[];
  /** `OK` for each transaction when left out. */
  readonly results?: readonly string[];
  readonly header?: Partial<BlockHeader>;
  readonly control?: Partial<BlockControl>;
  /** Whose key signs the proposal; the proposer's when left out. */
  readonly signedBy?: number;
}

/** A chain that grows block by block. */
export class ChainBuilder {
  readonly genesis: Genesis;
  readonly networkId: Hash;
  readonly blocks: Block[] = [];
  /** Tips by height; the first is the genesis'. */
  readonly tips: ChainTip[];

  constructor(genesis: Genesis = testGenesis()) {
    this.genesis = genesis;
    this.networkId = networkIdOf(genesis);
    this.tips = [genesisTip(genesis)];
  }

  /** Where the chain ends. */
  get tip(): ChainTip {
    return this.tipAt(this.blocks.length);
  }

  /** Under which blocks are made; may be replaced. */
  get membership(): Membership {
    return this.tip.memberships.current;
  }

  set membership(membership: Membership) {
    this.tips[this.blocks.length] = { ...this.tip, memberships: MembershipHistory.of(membership) };
  }

  /** The memberships of the chain, as a node knows them. */
  get memberships(): Memberships {
    return new Memberships(this.context, () => this.tip.memberships);
  }

  /** A member with the key that the tests give it. */
  identity(number: number, signer: Signer = nodeSigner(number)): Identity {
    return new Identity(number, [signer]);
  }

  /** What signatures on this chain are judged by. */
  get context(): CertificateContext {
    return { networkId: this.networkId, membership: this.membership, verify: verifySignature };
  }

  /** Where the chain ended at a height. @throws RangeError. */
  tipAt(height: number): ChainTip {
    const tip = this.tips[height];
    if (tip === undefined) throw new RangeError(`no block ${height}`);
    return tip;
  }

  /** The block of a height. @throws RangeError. */
  blockAt(height: number): Block {
    const block = this.blocks[height - 1];
    if (block === undefined) throw new RangeError(`no block ${height}`);
    return block;
  }

  /** Adds a block. */
  append(of: TestBlock = {}): Block {
    const block = this.nextBlock(of);
    this.tips.push(advanceTip(this.tip, block));
    this.blocks.push(block);
    return block;
  }

  /** Makes the next block without adding it. */
  nextBlock(of: TestBlock = {}): Block {
    const { tip } = this;
    const term = of.term ?? Math.max(tip.term, 1);
    const proposer = of.proposer ?? 1;
    const transactions = of.transactions ?? [];
    const results = of.results ?? transactions.map(() => "OK");
    const decoded = transactions.map(decodeTransaction);
    const control: BlockControl = {
      lastCertificate: tip.height > 0 ? this.certificate(tip.height) : null,
      leaderCertificate: term === tip.term ? null : this.leaderCertificate(term, proposer),
      membershipChange: null,
      ...of.control,
    };
    const header: BlockHeader = {
      version: 1,
      height: tip.height + 1,
      term,
      previousHash: tip.hash,
      timestampMs: tip.timestampMs + 1000,
      proposer,
      transactionsRoot: merkleRoot(decoded.map(({ leaf }) => leaf)),
      resultsRoot: merkleRoot(this.#resultLeaves(decoded, results)),
      stateRoot: bytes32(`state ${tip.height + 1}`),
      historyRoot: tip.history.root(),
      membershipHash: membershipHash(this.membership),
      controlHash: controlHashOf(control),
      ...of.header,
    };
    return this.#seal(header, { control, transactions, results }, of.signedBy ?? proposer);
  }

  /**
   * A certificate for a block of the chain, by its voters or those named.
   * @param lie what they sign instead of the truth.
   */
  certificate(
    height: number,
    voters: readonly number[] = votersOf(this.membership),
    lie: Partial<Omit<Certificate, "votes">> = {},
  ): Certificate {
    const { hash, header } = this.blockAt(height);
    const truth = { term: header.term, height, blockHash: hash };
    const claim = { ...truth, membershipHash: membershipHash(this.membership), ...lie };
    const message = voteMessage(this.networkId, claim);
    const votes = voters.map((voter) => ({ voter, signature: nodeSigner(voter).sign(message) }));
    return { ...claim, votes };
  }

  /**
   * The proof that a candidate with the whole chain was elected, by all voters or those named.
   * @param logs where the candidate's and the voters' logs end, if elsewhere than the chain.
   */
  leaderCertificate(
    term: number,
    candidate: number,
    voters: readonly number[] = votersOf(this.membership),
    logs: {
      readonly candidate?: Partial<LogPosition>;
      readonly voters?: Partial<LogPosition>;
      /** What each grant shows. */
      readonly justification?: Uint8Array;
    } = {},
  ): LeaderCertificate {
    const { tip } = this;
    const end = { term: tip.term, height: tip.height, hash: tip.hash };
    const position = { ...end, ...logs.candidate };
    const own = { ...position, ...logs.voters };
    const claim = { term, candidate, position, membershipHash: membershipHash(this.membership) };
    const { justification = new Uint8Array() } = logs;
    const grants = voters.map((voter) => {
      const unsigned = { voter, position: own, justification };
      const message = grantMessage(this.networkId, claim, unsigned);
      return { ...unsigned, signature: nodeSigner(voter).sign(message) };
    });
    return { ...claim, grants };
  }

  /** The receipt of a transaction, certified at its own height or by a later block. */
  receipt(height: number, index: number, certifiedAt: number = height): Receipt {
    const block = this.blockAt(height);
    const decoded = block.transactions.map(decodeTransaction);
    const transaction = decoded[index];
    const result = block.results[index];
    if (transaction === undefined || result === undefined) throw new RangeError("no transaction");
    const history = this.tips.slice(0, certifiedAt).map(({ hash }) => historyLeaf(hash));
    return {
      version: 1,
      transaction: transaction.bytes,
      index,
      count: decoded.length,
      path: merklePath(
        decoded.map(({ leaf }) => leaf),
        index,
      ),
      result,
      resultPath: merklePath(this.#resultLeaves(decoded, block.results), index),
      header: block.headerBytes,
      certificate: this.certificate(certifiedAt),
      certifiedHeader: certifiedAt === height ? null : this.blockAt(certifiedAt).headerBytes,
      historyPath: certifiedAt === height ? [] : merklePath(history, height),
      memberships: [],
    };
  }

  #resultLeaves(transactions: readonly Transaction[], results: readonly string[]): Hash[] {
    const ids = transactions.map(({ envelope }) => envelope.id);
    return ids.length === results.length ? resultLeaves(ids, results) : [];
  }

  #seal(
    header: BlockHeader,
    body: Pick<Block, "control" | "transactions" | "results">,
    signedBy: number,
  ): Block {
    const headerBytes = encodeHeader(header);
    const unsigned = { ...body, headerBytes, proposalSignature: new Uint8Array(64) };
    const { hash } = decodeBlock(encodeBlock(unsigned));
    const proposalSignature = nodeSigner(signedBy).sign(proposalMessage(this.networkId, hash));
    return decodeBlock(encodeBlock({ ...unsigned, proposalSignature }));
  }
}
