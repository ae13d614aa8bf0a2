/**
 * One process of a node: a member as it is in a real node, over simulated clock, disk and network. No API and no
 * worker threads: clients call the door directly, signatures are checked on the spot.
 */
import { toHex } from "../../ledger/bytes.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { signaturesOf, type Transaction } from "../../ledger/transaction.ts";
import { Identity } from "../../node/chain/identity.ts";
import type { Driver } from "../../node/driver/driver.ts";
import type { Ledger } from "../../node/ledger-reader.ts";
import { composeMember, type Member, type MemberSetup } from "../../node/member.ts";
import type { Decision } from "../../node/mempool.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import type { SnapshotPolicy } from "../../node/snapshot/policy.ts";
import type { Database } from "../../node/storage/database.ts";
import { SimulatedTransport } from "./simulated-network.ts";

/** What a process is started with. */
export interface NodeProcessParts {
  readonly self: number;
  readonly signer: Signer;
  readonly genesis: Genesis;
  readonly signatures: SignatureContext;
  readonly timing: MemberSetup["timing"];
  readonly limits: NonNullable<MemberSetup["limits"]>;
  readonly snapshots: SnapshotPolicy | null;
  readonly jitterSeed: number;
  readonly database: Database;
  readonly log: MemberSetup["log"];
  readonly nowMs: () => number;
  /** Lets something happen to this process after a time. */
  readonly after: (delayMs: number, happen: () => void) => void;
  readonly send: (to: string, message: Uint8Array) => void;
  readonly onFailure: (error: unknown) => void;
  /** Told of what the node found damaged and repairs. */
  readonly onRepair: (code: string) => void;
}

/** A running node. */
export class NodeProcess {
  readonly opened: OpenedChain;
  readonly #transport: SimulatedTransport;
  readonly #member: Member;

  private constructor(parts: NodeProcessParts, opened: OpenedChain) {
    const { self, signer, genesis, log, after } = parts;
    this.opened = opened;
    this.#transport = new SimulatedTransport(toHex(signer.publicKey), parts.send);
    this.#member = composeMember({
      ...parts,
      identity: new Identity(self, [signer]),
      opened,
      transport: this.#transport,
      contacts: [],
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
      onApplied: () => {},
    });
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
    const { database, genesis, signatures, self, signer, nowMs } = parts;
    const opened = await openChain({
      database,
      genesis,
      signatures,
      identity: new Identity(self, [signer]),
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
    this.#member.tick();
  }

  /** A message of another member arrives. */
  receive(from: string, message: Uint8Array): Promise<void> {
    return this.#transport.receive(from, message);
  }

  /**
   * A client's transaction, as `POST /v1/transactions`: the decision on it, null when the time runs out first.
   * @throws LedgerFault when the door refuses it.
   */
  async submit(transaction: Uint8Array, waitMs: number): Promise<Decision | null> {
    const { admission } = this.#member;
    return admission.wait(await admission.admit(transaction), waitMs);
  }
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
