/**
 * One process of a node: a member as it is in a real node, over simulated clock, disk and network. No API and no
 * worker threads: clients call the door directly, signatures are checked on the spot.
 */
import { toHex } from "../../ledger/bytes.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import { signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { signaturesOf, type Transaction } from "../../ledger/transaction.ts";
import { Identity } from "../../node/chain/identity.ts";
import type { Driver } from "../../node/driver/driver.ts";
import type { Ledger } from "../../node/ledger-reader.ts";
import { composeMember, type Member, type MemberSetup } from "../../node/member.ts";
import { MembershipWatch } from "../../node/membership-watch.ts";
import type { Decision } from "../../node/mempool.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import { AloneWatch, isOutOfReach, type OwnKey, ownSeed } from "../../node/own-key.ts";
import type { Contact } from "../../node/peers.ts";
import type { SnapshotPolicy } from "../../node/snapshot/policy.ts";
import type { Database } from "../../node/storage/database.ts";
import { admitOne, decisionOnOne } from "../support/admit-one.ts";
import { SimulatedTransport, type SimulatedTransportParts } from "./simulated-network.ts";

/** What a process is started with. */
export interface NodeProcessParts {
  readonly self: number;
  /** Of the node's key and of the one that comes after it. */
  readonly seeds: readonly Uint8Array[];
  /** Under which of them the process is in reach. */
  readonly key: OwnKey;
  /** Whom its operator knows to be members now. */
  readonly contacts: () => readonly Contact[];
  readonly genesis: Genesis;
  readonly signatures: SignatureContext;
  readonly timing: MemberSetup["timing"];
  readonly limits: NonNullable<MemberSetup["limits"]>;
  readonly pipelinedMin: number;
  readonly snapshots: SnapshotPolicy | null;
  readonly jitterSeed: number;
  readonly database: Database;
  readonly log: MemberSetup["log"];
  readonly nowMs: () => number;
  readonly loopTimes: MemberSetup["loopTimes"];
  /** Lets something happen to this process after a time. */
  readonly after: (delayMs: number, happen: () => void) => void;
  readonly network: Pick<SimulatedTransportParts, "send" | "believes">;
  /** The process has to be started again, to be in reach under that key. */
  readonly onOtherKey: (key: OwnKey) => void;
  readonly onFailure: (error: unknown) => void;
  /** Told of what the node found damaged and repairs. */
  readonly onRepair: (code: string) => void;
}

/** A running node. */
export class NodeProcess {
  readonly opened: OpenedChain;
  readonly transport: SimulatedTransport;
  readonly #member: Member;
  readonly #alone: AloneWatch;
  readonly #database: Database;

  private constructor(parts: NodeProcessParts, opened: OpenedChain) {
    const { self, genesis, log, after, key, onOtherKey } = parts;
    this.opened = opened;
    this.#database = parts.database;
    const seedOf = (one: OwnKey) => ownSeedOf(parts, opened, one);
    const { publicKey } = signerOfSeed(seedOf(key));
    this.transport = new SimulatedTransport({ key: toHex(publicKey), ...parts.network });
    const watch = new MembershipWatch(self, publicKey, log, () => onOtherKey("in force"));
    watch.look(opened.chain.applied.tip.memberships);
    this.#member = composeMember({
      ...parts,
      identity: identityOf(parts),
      opened,
      transport: this.transport,
      contacts: parts.contacts(),
      verifier: { verify: (transactions) => verifySoon(parts, transactions) },
      genesisTimeMs: genesis.createdAtMs,
      after: (delayMs, work) => {
        let isCalledOff = false;
        after(delayMs, () => {
          if (!isCalledOff) work();
        });
        return () => {
          isCalledOff = true;
        };
      },
      defer: (work) => after(0, work),
      onApplied: ({ tip }) => watch.look(tip.memberships),
    });
    const otherKey = key === "other" ? "in force" : "other";
    const hasOtherKey = seedOf(otherKey) !== seedOf(key);
    const isOut = () => {
      const { inForce } = opened.memberships;
      return hasOtherKey && isOutOfReach({ self, publicKey, inForce, connected: this.connected() });
    };
    const onAlone = () => onOtherKey(otherKey);
    this.#alone = new AloneWatch(self, parts.timing.electionTicks, { isOut, onAlone });
    const { height } = opened.chain.applied.tip;
    log.info("NODE_READY", { applied: height, members: genesis.members.length });
  }

  get driver(): Driver {
    return this.#member.driver;
  }

  get ledger(): Ledger {
    return this.#member.ledger;
  }

  /** Opens the directory and puts the node together. */
  static async start(parts: NodeProcessParts): Promise<NodeProcess> {
    const { database, genesis, signatures, nowMs } = parts;
    const opened = await openChain({
      database,
      genesis,
      signatures,
      identity: identityOf(parts),
      verifyTransactions: (checked) =>
        verifySoon(
          parts,
          checked.map(({ source }) => source),
        ),
      nowMs,
      notice: parts.onRepair,
    });
    return new NodeProcess(parts, opened);
  }

  /** One tick of the node's clock. */
  tick(): void {
    this.transport.tick();
    this.#member.tick();
    this.#alone.tick();
  }

  /** Finishes what is under way. */
  async stop(): Promise<void> {
    await this.driver.stop();
    await this.#database.close();
  }

  /** Numbers of the members in reach, this node among them. */
  connected(): ReadonlySet<number> {
    return this.#member.peers.connected();
  }

  /** A message of another member arrives. */
  receive(from: string, message: Uint8Array): Promise<void> {
    return this.transport.receive(from, message);
  }

  /**
   * A client's transaction, as `POST /v1/transactions`: the decision on it, null when the time runs out first.
   * @throws LedgerFault when the door refuses it.
   */
  async submit(transaction: Uint8Array, waitMs: number): Promise<Decision | null> {
    const { admission } = this.#member;
    return decisionOnOne(admission, await admitOne(admission, transaction), waitMs);
  }
}

function identityOf({ self, seeds }: NodeProcessParts): Identity {
  return new Identity(self, seeds.map(signerOfSeed));
}

/** As a real node chooses it when it starts. */
function ownSeedOf(
  { self, seeds }: NodeProcessParts,
  { chain, memberships }: OpenedChain,
  key: OwnKey,
): Uint8Array {
  const { periods } = chain.applied.tip.memberships;
  const known = [...periods.map(({ membership }) => membership), memberships.inForce];
  return ownSeed({ nodeNumber: self, seeds }, known, key);
}

/** The check takes a moment, as on worker threads: other things happen meanwhile. */
function verifySoon(
  { after, signatures }: NodeProcessParts,
  transactions: readonly Transaction[],
): Promise<boolean[]> {
  return new Promise((resolve) => {
    after(0, () =>
      resolve(
        transactions.map(
          (transaction) =>
            transaction.auth.length > 0 && signaturesOf(transaction).every(signatures.verify),
        ),
      ),
    );
  });
}
