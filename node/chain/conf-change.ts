/**
 * The ledger's memberships in the consensus core's words. The core knows numbers and roles; keys and addresses
 * are the ledger's.
 */
import {
  type ConfChange,
  type ConfChangeSingle,
  LEAVE_JOINT,
} from "../../consensus/conf-change.ts";
import { type ConfState, makeConfState } from "../../consensus/membership.ts";
import { NO_NODE } from "../../consensus/types.ts";
import type { Member, Membership } from "../../ledger/membership.ts";
import type { MembershipHistory } from "../../ledger/membership-history.ts";

/** A membership as the core has it once every change up to it is applied. */
export function confStateOf({ members, outgoing }: Membership): ConfState {
  const voters = members.filter(({ role }) => role === "voter").map(({ number }) => number);
  const silent = members.filter(({ role }) => role !== "voter").map(({ number }) => number);
  return makeConfState({
    voters,
    votersOutgoing: outgoing,
    learners: silent.filter((number) => !outgoing.includes(number)),
    learnersNext: silent.filter((number) => outgoing.includes(number)),
    autoLeave: outgoing.length > 0,
  });
}

/** The core's membership after the block of a height is applied: that which a block named last, in force or not yet. */
export function confStateAfter({ periods, pending }: MembershipHistory, height: number): ConfState {
  const named = [...periods, ...(pending === null ? [] : [pending])];
  const last = named.findLast(({ changeHeight }) => changeHeight <= height);
  if (last === undefined) throw new RangeError("a chain has a membership from its genesis on");
  return confStateOf(last.membership);
}

/** The change that leads the core from one membership to the next. */
export function confChangeBetween(before: Membership, after: Membership): ConfChange {
  if (before.outgoing.length > 0) return LEAVE_JOINT;
  const isJoint = after.outgoing.length > 0;
  return {
    transition: isJoint ? "ConfChangeTransitionJointImplicit" : "ConfChangeTransitionAuto",
    changes: changesBetween(before, after),
    context: new Uint8Array(),
  };
}

/** One step for each member that comes, goes, or gains or loses its voice; one that does nothing if none does. */
function changesBetween(before: Membership, after: Membership): ConfChangeSingle[] {
  const old = new Map(before.members.map((member) => [member.number, member]));
  const kept = new Set(after.members.map(({ number }) => number));
  const dropped = before.members.filter(({ number }) => !kept.has(number));
  const changes: ConfChangeSingle[] = [
    ...after.members.flatMap((member) => changeOf(old.get(member.number), member)),
    ...dropped.map(({ number }) => ({ type: "ConfChangeRemoveNode", nodeId: number }) as const),
  ];
  return changes.length > 0 ? changes : [{ type: "ConfChangeUpdateNode", nodeId: NO_NODE }];
}

function changeOf(before: Member | undefined, after: Member): ConfChangeSingle[] {
  const isVoter = after.role === "voter";
  if (before !== undefined && isVoter === (before.role === "voter")) return [];
  const type = isVoter ? "ConfChangeAddNode" : "ConfChangeAddLearnerNode";
  return [{ type, nodeId: after.number }];
}
