/**
 * Looks at the end of every log after every event, long before anything there is committed.
 *
 * - One block a term and height, whoever has it; its hash says the same of all below (log matching).
 * - No log is ahead of its node's term; a leader only appends.
 * - A new leader has all that was certified in earlier terms (leader completeness).
 */
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import type { Certificate } from "../../ledger/certificate.ts";
import type { ChainLink } from "../../node/chain/chain-link.ts";
import { demand } from "./broken-promise.ts";
import type { NodeProcess } from "./node-process.ts";

/** A process as it was seen last. */
interface Seen {
  readonly process: NodeProcess;
  readonly last: ChainLink;
  /** The term that it leads; null when it does not lead. */
  readonly leads: number | null;
}

/** Watches the logs of one run. */
export class LogWatch {
  /** Term and height → hash of the block. */
  readonly #blocks = new Map<string, string>();
  /** Term → the highest block that is certified in it. */
  readonly #certified = new Map<number, Certificate>();
  readonly #seen = new Map<number, Seen>();

  /** Somebody has a certificate. */
  certified(certificate: Certificate): void {
    const { term, height } = certificate;
    const known = this.#certified.get(term);
    if (known === undefined || known.height < height) this.#certified.set(term, certificate);
  }

  /** Looks at a node. @throws BrokenPromise. */
  look(number: number, process: NodeProcess): void {
    const { state, term } = process.driver.status;
    const { last } = process.opened.tail;
    const leads = state === "StateLeader" ? term : null;
    const seen = this.#seen.get(number);
    const before = seen?.process === process ? seen : null;
    if (before?.last === last && before.leads === leads) return;
    if (leads !== null && before?.leads === leads) this.#checkAppended(number, process, before);
    if (leads !== null && before?.leads !== leads) this.#checkComplete(number, process, leads);
    this.#checkEnd(number, last, term);
    this.#seen.set(number, { process, last, leads });
  }

  #checkEnd(number: number, { tip }: ChainLink, term: number): void {
    const key = `${tip.term}/${tip.height}`;
    const hash = toHex(tip.hash);
    const first = this.#blocks.get(key) ?? hash;
    demand(first === hash, () => `node ${number}: another block ${tip.height} of term ${tip.term}`);
    this.#blocks.set(key, hash);
    demand(tip.term <= term, () => `node ${number}: a block of ${tip.term} in term ${term}`);
  }

  #checkAppended(number: number, { opened }: NodeProcess, { last: { tip } }: Seen): void {
    const now = opened.tail.blockAt(tip.height);
    demand(
      now !== undefined && equalBytes(now.hash, tip.hash),
      () => `node ${number} leads, and replaces its block ${tip.height}`,
    );
  }

  #checkComplete(number: number, { opened }: NodeProcess, term: number): void {
    for (const { term: earlier, height, blockHash } of this.#certified.values()) {
      // What is applied is held against the history of all.
      if (earlier >= term || height <= opened.chain.applied.tip.height) continue;
      const own = opened.tail.blockAt(height);
      demand(
        own !== undefined && equalBytes(own.hash, blockHash),
        () => `node ${number} leads term ${term} without block ${height}, certified in ${earlier}`,
      );
    }
  }
}
