/** Collects the proof of memberships while a chain is read block by block. */
import { type Block, encodeControl, historyLeaf } from "./block.ts";
import type { Certificate } from "./certificate.ts";
import type { ChainTip } from "./chain.ts";
import type { Hash } from "./hash.ts";
import type { MembershipStep } from "./membership-proof.ts";
import { merklePath } from "./merkle.ts";

/** The blocks from a change of membership on, until it is proven. */
export class MembershipRecorder {
  readonly steps: MembershipStep[] = [];
  #waiting: Block[] = [];

  /**
   * Takes the next block, which was found right.
   * @param before the tip before it. @param hashes of all blocks before it, by height, from the genesis'.
   */
  append(before: ChainTip, block: Block, hashes: readonly Hash[]): void {
    const { pending } = before.memberships;
    const { lastCertificate, membershipChange } = block.control;
    if (pending !== null && (lastCertificate?.height ?? 0) >= pending.changeHeight) {
      if (lastCertificate !== null) this.steps.push(this.#step(lastCertificate, hashes));
      this.#waiting = [];
    }
    if (this.#waiting.length > 0 || membershipChange !== null) this.#waiting.push(block);
  }

  #step(certificate: Certificate, hashes: readonly Hash[]): MembershipStep {
    const [change] = this.#waiting;
    const certified = this.#waiting.find(({ header }) => header.height === certificate.height);
    if (change === undefined || certified === undefined) throw new RangeError("no such block");
    const { height } = change.header;
    const isOwn = certified === change;
    return {
      header: change.headerBytes,
      certificate,
      certifiedHeader: isOwn ? null : certified.headerBytes,
      historyPath: isOwn
        ? []
        : merklePath(hashes.slice(0, certificate.height).map(historyLeaf), height),
      control: encodeControl(change.control),
    };
  }
}
