/** Looks at every node all the time: what they show must fit together at every moment, not only at the end. */
import { setTimeout as delay } from "node:timers/promises";
import type { NodeStatus } from "../../client/sdk/answers.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { ChaosNode } from "./chaos-node.ts";

const LOOK_EVERY_MS = 100;

/** What was last seen of a node. */
interface Sight {
  readonly life: number;
  readonly height: number;
  readonly term: number;
}

/** Checks what nodes say of themselves. */
export class Observer {
  readonly #onViolation: (what: string) => void;
  readonly #hashAt = new Map<number, string>();
  readonly #leaderOf = new Map<number, number>();
  readonly #last = new Map<number, Sight>();
  #isStopped = false;

  constructor(onViolation: (what: string) => void) {
    this.#onViolation = onViolation;
  }

  /** Watches these nodes, whichever they are at the time. Settles after `stop`. */
  async run(nodes: readonly ChaosNode[]): Promise<void> {
    const watches = new Map<ChaosNode, Promise<void>>();
    while (!this.#isStopped) {
      for (const node of nodes) {
        if (!watches.has(node)) watches.set(node, this.#watch(node, nodes));
      }
      await delay(LOOK_EVERY_MS);
    }
    await Promise.all(watches.values());
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Terms that had a leader, as far as was seen. */
  get terms(): number {
    return this.#leaderOf.size;
  }

  async #watch(node: ChaosNode, nodes: readonly ChaosNode[]): Promise<void> {
    while (!this.#isStopped && nodes.includes(node)) {
      const { life } = node;
      const status = await node.client.status().catch(() => null);
      // Asked in one life, answered in another: it belongs to neither.
      if (status !== null && node.life === life) this.see(status, life);
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Takes one status in. @param life of the node when it was asked and answered. */
  see({ node, role, term, appliedHeight: height, blockHash, stateRoot }: NodeStatus, life: number) {
    const { number } = node;
    const hash = `${toHex(blockHash)} with state ${toHex(stateRoot)}`;
    const known = this.#hashAt.get(height) ?? hash;
    this.#hashAt.set(height, known);
    if (known !== hash) {
      this.#onViolation(`two blocks at height ${height}: ${known}, and on node ${number} ${hash}`);
    }
    if (role === "leader") {
      const leader = this.#leaderOf.get(term) ?? number;
      this.#leaderOf.set(term, leader);
      if (leader !== number) this.#onViolation(`term ${term} has leaders ${leader} and ${number}`);
    }
    const last = this.#last.get(number);
    this.#last.set(number, { life, height, term });
    if (last === undefined) return;
    // The term is on disk before anything is said in it, so it survives every end; the applied state is
    // computed again from the log, so its height only rises within one life.
    if (term < last.term) this.#onViolation(`node ${number} went back from term ${last.term}`);
    if (life === last.life && height < last.height) {
      this.#onViolation(`node ${number} went back from height ${last.height} to ${height}`);
    }
  }
}
