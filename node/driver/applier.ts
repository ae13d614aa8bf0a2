/**
 * The apply thread: committed blocks, in order, onto the state; then whoever waits for one is told.
 */
import type { Message } from "../../consensus/messages.ts";
import type { Membership } from "../../ledger/membership.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import type { LedgerChain } from "../chain/ledger-chain.ts";
import type { DiskWatch } from "./disk-watch.ts";
import type { Tail } from "./tail.ts";
import { Worker } from "./worker.ts";

/** What the applier works with. */
export interface ApplierParts {
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly disk: DiskWatch;
  /** Makes the certificate that covers a change of membership durable, before that is applied. */
  readonly syncCertificate: () => Promise<void>;
  /** Told when a change of membership is applied: the core goes by it from now on. */
  readonly onMembershipChange: (before: Membership, after: Membership) => void;
  /** Told of each applied block, in order. */
  readonly onApplied: (link: ChainLink) => void;
  /** Called with the core's answer after its blocks are applied. */
  readonly deliver: (message: Message) => void;
}

/** One applier; blocks follow each other in the order committed. */
export class Applier {
  readonly #parts: ApplierParts;
  #waiting: Message[] = [];
  readonly #worker = new Worker(() => this.#work());

  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  /** Takes a MsgStorageApply. */
  apply(message: Message): void {
    this.#waiting.push(message);
  }

  /** Resolves when nothing waits and nothing is under way. */
  async rest(): Promise<void> {
    while (this.#waiting.length > 0 || this.#worker.isBusy) await this.run();
  }

  /** Works until nothing waits. Calls while it is at work join it. @throws when the disk fails. */
  run(): Promise<void> {
    return this.#worker.run();
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      for (const { index } of next.entries) await this.#applyBlock(index);
      for (const response of next.responses) this.#parts.deliver(response);
    }
  }

  async #applyBlock(height: number): Promise<void> {
    const { chain, tail, disk, syncCertificate, onApplied, onMembershipChange } = this.#parts;
    if (height <= chain.applied.tip.height) return;
    const link = tail.at(height);
    if (link === undefined) throw new Error(`committed block ${height} was not executed here`);
    const after = link.block?.control.membershipChange ?? null;
    await disk.during(async () => {
      if (after !== null) await syncCertificate();
      await chain.apply(link);
    });
    tail.applied(height);
    if (after !== null) onMembershipChange(link.tip.memberships.current, after);
    onApplied(link);
  }
}
