/** Memberships of the ledger in the terms of the consensus core: for tests, apart from how a node does it. */
import {
  type ChangeResult,
  enterJoint,
  leaveJoint,
  simpleChange,
} from "../../consensus/changer.ts";
import type { ConfChangeSingle } from "../../consensus/conf-change.ts";
import { type ConfState, isJoint, makeConfState, membersOf } from "../../consensus/membership.ts";
import type { Membership } from "../../ledger/membership.ts";

/** Leaving members are learners; an old voter waits for the end of the joint phase to become one. */
export function confStateOf({ members, outgoing }: Membership): ConfState {
  const voters = members.filter(({ role }) => role === "voter").map(({ number }) => number);
  const others = members.filter(({ role }) => role !== "voter").map(({ number }) => number);
  return makeConfState({
    voters,
    votersOutgoing: outgoing,
    learners: others.filter((number) => !outgoing.includes(number)),
    learnersNext: others.filter((number) => outgoing.includes(number)),
  });
}

/** What the core makes of the change from one to the other. */
export function changeByCore(before: ConfState, after: ConfState): ChangeResult {
  if (isJoint(before)) return leaveJoint(before);
  const learners = [...after.learners, ...after.learnersNext];
  const changes = [
    ...missing("ConfChangeAddNode", after.voters, before.voters),
    ...missing("ConfChangeAddLearnerNode", learners, before.learners),
    ...missing("ConfChangeRemoveNode", membersOf(before), membersOf(after)),
  ];
  return isJoint(after) ? enterJoint(before, changes, false) : simpleChange(before, changes);
}

function missing(
  type: ConfChangeSingle["type"],
  these: readonly number[],
  among: readonly number[],
): ConfChangeSingle[] {
  return these.filter((nodeId) => !among.includes(nodeId)).map((nodeId) => ({ type, nodeId }));
}
