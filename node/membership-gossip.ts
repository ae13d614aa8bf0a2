/**
 * Members tell each other who the members are: each says now and then how many memberships it knows, and whoever
 * knows more sends the proof of the rest. So a node that was away, or is new, learns whose word counts and where
 * to reach him, before it has the blocks that say so.
 */
import { LedgerFault } from "../ledger/faults.ts";
import type { Certifier } from "./chain/certifier.ts";
import type { Memberships } from "./chain/memberships.ts";
import type { Tail } from "./driver/tail.ts";
import type { Ledger } from "./ledger-reader.ts";
import type { NodeLog } from "./logger.ts";
import type { Peers } from "./peers.ts";
import type { MembershipProofFrame, MembershipsFrame } from "./wire.ts";
import { WIRE_STEPS_MAX } from "./wire.ts";

/** What the gossip works with. */
export interface MembershipGossipParts {
  readonly self: number;
  readonly memberships: Memberships;
  readonly certifier: Pick<Certifier, "adopt">;
  readonly tail: Pick<Tail, "blockAt">;
  readonly ledger: Pick<Ledger, "height" | "membershipSteps">;
  readonly peers: Pick<Peers, "connected" | "send" | "setMembers">;
  readonly log: NodeLog;
  /** Ticks between two announcements. */
  readonly intervalTicks: number;
}

/** Spreads what is proven of memberships, and keeps the list of peers by it. */
export class MembershipGossip {
  readonly #parts: MembershipGossipParts;
  #ticks = 0;
  #known: readonly unknown[] = [];

  constructor(parts: MembershipGossipParts) {
    this.#parts = parts;
    this.refresh();
  }

  /** Lets the transport know the members, if they are others than before. */
  refresh(): void {
    const current = this.#parts.memberships.current();
    const isSame =
      current.length === this.#known.length && current.every((one, i) => one === this.#known[i]);
    if (isSame) return;
    this.#known = current;
    this.#parts.peers.setMembers(current);
  }

  /** One tick of the node's clock. */
  tick(): void {
    this.#ticks += 1;
    if (this.#ticks % this.#parts.intervalTicks !== 0) return;
    const { peers, self, memberships } = this.#parts;
    for (const to of peers.connected()) {
      if (to !== self) peers.send(to, { kind: "memberships", count: memberships.count });
    }
  }

  /** A member says what it knows, or proves it. */
  receive(from: number, frame: MembershipsFrame | MembershipProofFrame): void {
    if (frame.kind === "memberships") this.#answer(from, frame.count);
    else this.#learn(from, frame);
  }

  #answer(to: number, count: number): void {
    const { ledger, memberships, peers } = this.#parts;
    const own = ledger.membershipSteps(count, WIRE_STEPS_MAX);
    // A node without the blocks hands on what it learned: it may be the only one that lets the asker in.
    const steps = own.length > 0 ? own : memberships.learnedSteps(count, WIRE_STEPS_MAX);
    if (steps.length > 0) peers.send(to, { kind: "membership-proof", from: count, steps });
  }

  #learn(from: number, frame: MembershipProofFrame): void {
    const { memberships, certifier, tail, ledger, log } = this.#parts;
    try {
      if (!memberships.learn(frame.from, frame.steps)) return;
      // Of what it has applied a node may have lost the certificate in a crash. One for more would be ahead of what
      // the core has committed.
      for (const { certificate } of frame.steps) {
        if (certificate.height <= ledger.height) certifier.adopt(certificate, tail.blockAt);
      }
      log.info("MEMBERSHIP_LEARNED", { from, memberships: memberships.count });
      this.refresh();
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      log.warn("MEMBERSHIP_PROOF_REFUSED", { from, reason: error.message });
    }
  }
}
