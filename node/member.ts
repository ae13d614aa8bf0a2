/**
 * A member of the network without its surroundings: consensus, the door for transactions, and the ways from there to
 * the other members. Disk, transport, clock and signature checks are given, so that a simulated node is put together
 * by the very lines that put a real one together.
 */
import { CARD_ANCHORS } from "../contracts/state/state-records.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { Admission, type AdmissionParts } from "./admission.ts";
import type { ChainLink } from "./chain/chain-link.ts";
import { composeDriver, type DriverSetup } from "./driver/compose-driver.ts";
import type { Driver } from "./driver/driver.ts";
import { Forwarder, type ForwarderParts } from "./forwarder.ts";
import { Ledger } from "./ledger-reader.ts";
import type { NodeLog } from "./logger.ts";
import { MembershipGossip } from "./membership-gossip.ts";
import { decisionOf, Mempool } from "./mempool.ts";
import { type Contact, Peers } from "./peers.ts";
import type { Transport } from "./transport/transport.ts";
import type { Frame, TransactionsFrame } from "./wire.ts";

/** What surrounds a member. */
export interface MemberSetup
  extends Omit<DriverSetup, "mempool" | "send" | "connected" | "after">,
    Pick<AdmissionParts, "verifier" | "after">,
    Pick<ForwarderParts, "defer"> {
  readonly transport: Transport;
  /** Whom to ask who the members are, beside the members that this node knows. */
  readonly contacts: readonly Contact[];
}

/** A member that waits for its clock and for messages. */
export interface Member {
  readonly driver: Driver;
  readonly admission: Admission;
  readonly mempool: Mempool;
  readonly ledger: Ledger;
  readonly peers: Peers;
  /** One tick of the consensus clock. */
  readonly tick: () => void;
}

/** Puts a member together. */
export function composeMember(setup: MemberSetup): Member {
  const { identity, signatures, opened, log, transport, verifier, nowMs, after, defer } = setup;
  const self = identity.number;
  const mempool = new Mempool();
  opened.chain.findCheckedIn((transactionBytes) => mempool.find(transactionBytes));
  const peers = new Peers(transport, self, setup.contacts, log);
  const ledger = new Ledger(opened);
  const intervalTicks = setup.timing.electionTicks;
  const gossip = new MembershipGossip({ ...opened, self, ledger, peers, log, intervalTicks });
  const send = (to: number, frame: Frame) => peers.send(to, frame);
  const driver = composeDriver({
    ...setup,
    mempool,
    send,
    connected: () => peers.connected(),
    onApplied: (link) => {
      decide(link, mempool);
      gossip.refresh();
      setup.onApplied(link);
    },
  });
  const leader = () => driver.status.lead;
  const forwarder = new Forwarder({ self, mempool, leader, send, defer });
  const admission = new Admission({
    networkId: signatures.networkId,
    chain: opened.chain,
    ledger,
    mempool,
    verifier,
    nowMs,
    takesCertificates: opened.store.get(CARD_ANCHORS.text) !== undefined,
    connected: () => peers.connected(),
    after,
    onAdmitted: (admitted) => {
      for (const { source } of admitted) forwarder.admitted(source.bytes);
      if (admitted.length > 0) driver.produce();
    },
  });
  receiveFrames(peers, { driver, admission, mempool, gossip, log });
  const tick = () => {
    driver.tick();
    forwarder.tick();
    gossip.tick();
  };
  return { driver, admission, mempool, ledger, peers, tick };
}

/** Whoever waits for a transaction of the block is told. */
function decide({ block, transactions, tip }: ChainLink, mempool: Mempool): void {
  if (block === null) return;
  transactions.forEach(({ id, leaf }, index) => {
    const decision = decisionOf(block.results[index] ?? "", tip.height, index);
    mempool.decided(id, leaf, decision);
  });
  mempool.expire(tip.timestampMs);
}

/** Who takes frames in. */
interface FrameReceivers {
  readonly driver: Driver;
  readonly admission: Admission;
  readonly mempool: Mempool;
  readonly gossip: MembershipGossip;
  readonly log: NodeLog;
}

/** Frames of other members: to whom each is for. */
function receiveFrames(peers: Peers, receivers: FrameReceivers): void {
  const { driver, gossip } = receivers;
  peers.onFrame(async (from, frame) => {
    switch (frame.kind) {
      case "consensus":
        return driver.receive(from, frame);
      case "transactions":
        return admitForwarded(from, frame, receivers);
      case "question":
      case "answer":
        return driver.receivePiece(from, frame);
      default:
        return gossip.receive(from, frame);
    }
  });
}

/** Through the same door as everybody's transactions. */
async function admitForwarded(
  from: number,
  { transactions }: TransactionsFrame,
  { admission, mempool, log }: FrameReceivers,
): Promise<void> {
  // They wait where they come from, and will be sent again.
  if (!mempool.hasRoom) return;
  for (const judged of await admission.admit(transactions)) {
    if (!(judged instanceof LedgerFault)) continue;
    log.debug("FORWARDED_TRANSACTION_REFUSED", { from, reason: judged.message });
  }
}
