/**
 * A node that stands still: a real directory with a chain of the sample world, certified by its three members,
 * and everything that answers requests; but no consensus and no network. Blocks are added by the test.
 */
import assert from "node:assert/strict";
import type { FastifyInstance } from "fastify";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { CertificateContext } from "../../ledger/certificate.ts";
import { genesisMembership } from "../../ledger/genesis.ts";
import { membershipHash } from "../../ledger/membership.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { Admission } from "../../node/admission.ts";
import { createApi } from "../../node/api/server.ts";
import { BlockEvents } from "../../node/block-events.ts";
import { Certifier } from "../../node/chain/certifier.ts";
import { Elections } from "../../node/chain/elections.ts";
import { Identity } from "../../node/chain/identity.ts";
import type { Clock } from "../../node/clock.ts";
import { Ledger } from "../../node/ledger-reader.ts";
import { decisionOf, Mempool } from "../../node/mempool.ts";
import type { NodeStatus } from "../../node/node-status.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import { type Database, openDatabase } from "../../node/storage/database.ts";
import { TransactionVerifier } from "../../node/verification/transaction-verifier.ts";
import { AT_MS, type LedgerWorld } from "./ledger-world.ts";

const TERM = 1;

/** What a still node is put together from. */
interface Parts {
  readonly world: LedgerWorld;
  readonly context: CertificateContext;
  readonly database: Database;
  readonly opened: OpenedChain;
}

/** Node 1 of the sample world. Its clock stands at `AT_MS`. */
export class StillNode {
  readonly opened: OpenedChain;
  readonly mempool = new Mempool();
  readonly events = new BlockEvents();
  readonly ledger: Ledger;
  readonly admission: Admission;
  /** What the API noted as the node's own failures. */
  readonly failures: string[] = [];
  /** Who leads; 0 for nobody. */
  leader = 2;
  /** What it gives auditors to begin with. */
  openingState: readonly Uint8Array[] | null = null;
  /** What it is in the membership. */
  role: NodeStatus["role"] = "follower";
  readonly #parts: Parts;
  readonly #verifier = new TransactionVerifier();

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.opened = parts.opened;
    this.ledger = new Ledger(parts.opened);
    this.admission = new Admission({
      networkId: parts.context.networkId,
      chain: parts.opened.chain,
      ledger: this.ledger,
      mempool: this.mempool,
      verifier: this.#verifier,
      nowMs: () => AT_MS,
      takesCertificates: false,
      connected: () => new Set([1, 2]),
      after: (delayMs, work) => {
        const timer = setTimeout(work, delayMs);
        return () => clearTimeout(timer);
      },
      onAdmitted: () => undefined,
    });
  }

  /** A node with no block, in an empty directory. */
  static async open(world: LedgerWorld, directory: string): Promise<StillNode> {
    const { genesis, networkId } = world;
    const membership = genesisMembership(genesis);
    const context = { networkId, membership, verify: verifySignature };
    const database = await openDatabase(directory);
    const [signer] = world.nodes;
    assert.ok(signer);
    const opened = await openChain({
      database,
      genesis,
      signatures: context,
      identity: new Identity(1, [signer]),
      verifyTransactions: async (transactions) => transactions.map(() => true),
      nowMs: () => AT_MS,
    });
    return new StillNode({ world, context, database, opened });
  }

  /** Its API; the caller closes it. The clock is that of its network. */
  serve(of: { requestsPerSecondMax?: number; clock?: Clock } = {}): Promise<FastifyInstance> {
    const { requestsPerSecondMax = 1_000_000, clock = { nowMs: () => AT_MS } } = of;
    const { world } = this.#parts;
    const { store, certifier, evidence } = this.opened;
    const parts = { admission: this.admission, mempool: this.mempool, events: this.events };
    const ignore = () => undefined;
    return createApi(
      {
        ...parts,
        version: "0.0.0",
        genesis: world.genesis,
        networkId: toHex(world.networkId),
        clock,
        ledger: this.ledger,
        certifier,
        store,
        evidence,
        openingState: () => this.openingState,
        status: () => this.#status(),
        metrics: async () => "mykey_term 1\n",
      },
      {
        debug: ignore,
        info: ignore,
        warn: ignore,
        error: (code, facts) => this.failures.push(`${code} ${JSON.stringify(facts)}`),
      },
      requestsPerSecondMax,
    );
  }

  /** Adds a block, applied and, unless said otherwise, certified. @returns its results. */
  async add(
    transactions: readonly Uint8Array[] = [],
    isCertified = true,
    timestampMs = AT_MS,
  ): Promise<readonly string[]> {
    const { chain, tail, blocks, certifier } = this.opened;
    const { networkId } = this.#parts.context;
    const checked = transactions.map((one) => checkTransaction(decodeTransaction(one), networkId));
    const parent = tail.last;
    const control = {
      lastCertificate: certifier.certified,
      leaderCertificate: parent.tip.height === 0 ? this.#leadership() : null,
      membershipChange: null,
    };
    const draft = { term: TERM, timestampMs, control, transactions: checked };
    const link = chain.build(draft, await chain.prefetch(parent, checked));
    const { block, tip } = link;
    assert.ok(block);
    tail.put(link);
    const hardState = { term: TERM, vote: 1, commit: tip.height };
    await blocks.append({ entries: [entryOf(block)], hardState, certificate: null });
    await chain.apply(link);
    tail.applied(tip.height);
    if (isCertified) this.#certify(tip.height);
    checked.forEach(({ source }, index) => {
      const decision = decisionOf(block.results[index] ?? "", tip.height, index);
      this.mempool.decided(source.id, source.leaf, decision);
    });
    this.events.emit();
    return block.results;
  }

  /** Closes everything but the API. */
  async close(): Promise<void> {
    await this.#verifier.close();
    await this.#parts.database.close();
  }

  #leadership() {
    const { world, context } = this.#parts;
    const { chain, memberships } = this.opened;
    const { term, height, hash } = chain.applied.tip;
    const position = { term, height, hash };
    const standing = { term: TERM, position, membershipHash: membershipHash(context.membership) };
    const justify = () => new Uint8Array();
    const [leader, ...others] = world.nodes.map(
      (signer, i) => new Elections(context, new Identity(i + 1, [signer]), memberships, justify),
    );
    assert.ok(leader);
    leader.stand(standing, null);
    for (const elections of others) elections.requested({ ...standing, candidate: 1 });
    for (const elections of others) elections.granted(TERM, 1, position);
    for (const elections of [leader, ...others]) {
      const grant = elections.grant(TERM, 1);
      assert.ok(grant !== null && leader.received(TERM, grant));
    }
    return leader.firstControl(TERM, position).leaderCertificate;
  }

  #certify(height: number): void {
    const { certifier, tail, memberships } = this.opened;
    const { world, context } = this.#parts;
    const block = tail.blockAt(height);
    assert.ok(block);
    certifier.vote(block);
    world.nodes.slice(1).forEach((signer, i) => {
      const other = new Certifier(context, new Identity(i + 2, [signer]), memberships);
      other.vote(block);
      assert.ok(certifier.receive(i + 2, other.ownVotes(TERM, height), tail.blockAt));
    });
    certifier.certify(block, tail.blockAt);
  }

  #status(): NodeStatus {
    const { chain, certifier } = this.opened;
    return {
      self: 1,
      role: this.role,
      term: TERM,
      leader: this.leader,
      lastHeight: chain.applied.tip.height,
      certifiedHeight: certifier.certifiedHeight,
      tip: chain.applied.tip,
      stateRoot: chain.applied.tree.root,
      pendingTransactions: this.mempool.size,
      signaturesVerified: this.#verifier.verifiedTransactions,
      membership: this.#parts.context.membership,
      membershipWait: null,
      culprits: this.opened.evidence.culprits,
      connected: new Set([1, 2]),
      snapshots: {
        offeredHeight: 0,
        wholeFrom: 1,
        bodiesFrom: 1,
        prunedHeight: 0,
        arriving: null,
      },
    };
  }
}
