import { present } from "./assert.ts";
import { hup, tickElection } from "./candidate.ts";
import type { Core, Role } from "./core.ts";
import { formatId } from "./describe.ts";
import type { Message } from "./messages.ts";
import { handleAppend, handleHeartbeat, handleSnapshot } from "./replica.ts";
import { dropped, type StepResult } from "./step-result.ts";
import { NO_NODE } from "./types.ts";

/** A follower answers its leader, passes clients on to it, and campaigns when it falls silent. */
export const FOLLOWER: Role = { step: stepFollower, tick: tickElection };

function stepFollower(core: Core, message: Message): StepResult {
  switch (message.type) {
    case "MsgApp":
      hearLeader(core, message);
      handleAppend(core, message);
      return null;
    case "MsgHeartbeat":
      hearLeader(core, message);
      handleHeartbeat(core, message);
      return null;
    case "MsgSnap":
      hearLeader(core, message);
      if (message.snapshot !== null) handleSnapshot(core, message, message.snapshot);
      return null;
    case "MsgProp":
      return forwardProposal(core, message);
    case "MsgReadIndex":
      return forwardRead(core, message);
    case "MsgReadIndexResp":
      receiveReadIndex(core, message);
      return null;
    case "MsgTransferLeader":
      forwardTransfer(core, message);
      return null;
    case "MsgTimeoutNow":
      obeyTimeoutNow(core, message);
      return null;
    default:
      return null;
  }
}

/** Any sign of life of the leader puts the election off (Raft paper, 5.2). */
function hearLeader(core: Core, message: Message): void {
  core.electionElapsed = 0;
  core.lead = message.from;
}

function forwardProposal(core: Core, message: Message): StepResult {
  const at = `at term ${core.term}; dropping proposal`;
  if (core.lead === NO_NODE) {
    core.logger?.("INFO", `${formatId(core.id)} no leader ${at}`);
    return dropped("NO_LEADER", "no leader is known");
  }
  if (!core.config.proposalForwarding) {
    const lead = formatId(core.lead);
    core.logger?.("INFO", `${formatId(core.id)} not forwarding to leader ${lead} ${at}`);
    return dropped("NOT_FORWARDED", `node ${core.lead} leads`);
  }
  core.send({ ...message, to: core.lead });
  return null;
}

function forwardRead(core: Core, message: Message): StepResult {
  if (core.lead === NO_NODE) {
    core.logger?.(
      "INFO",
      `${formatId(core.id)} no leader at term ${core.term}; dropping index reading msg`,
    );
    return { code: "READ_DROPPED", reason: "NO_LEADER" };
  }
  core.send({ ...message, to: core.lead });
  return null;
}

function receiveReadIndex(core: Core, message: Message): void {
  const { data } = present(message.entries[0], () => "the context of a read");
  core.readStates.push({ index: message.index, context: data });
}

function forwardTransfer(core: Core, message: Message): void {
  if (core.lead === NO_NODE) {
    core.logger?.(
      "INFO",
      `${formatId(core.id)} no leader at term ${core.term}; dropping leader transfer msg`,
    );
    return;
  }
  core.send({ ...message, to: core.lead });
}

/** The leader wants to hand over: no pre-vote, for nobody is unseated against his will. */
function obeyTimeoutNow(core: Core, message: Message): void {
  core.logger?.(
    "INFO",
    `${formatId(core.id)} [term ${core.term}] received MsgTimeoutNow from ` +
      `${formatId(message.from)} and starts an election to get leadership.`,
  );
  hup(core, "transfer");
}

/**
 * Forgets the leader, so that this node may vote before its lease runs out: for a driver that knows
 * by other means that the leader is gone.
 */
export function forgetLeader(core: Core): void {
  if (core.state !== "StateFollower") return;
  if (core.config.leaseBasedReads) {
    // The lease on which the leader answers reads is this node's promise.
    core.logger?.("ERROR", "ignoring MsgForgetLeader due to ReadOnlyLeaseBased");
    return;
  }
  if (core.lead === NO_NODE) return;
  core.logger?.(
    "INFO",
    `${formatId(core.id)} forgetting leader ${formatId(core.lead)} at term ${core.term}`,
  );
  core.lead = NO_NODE;
}
