/**
 * From the membership in force to the wished one, step by step (docs/decisions/0010). The next step is a
 * function of the chain alone: the leader chooses when to take it, and everybody computes it again.
 */
import { equalBytes } from "../../ledger/bytes.ts";
import { MEMBERS_MAX } from "../../ledger/limits.ts";
import {
  type Member,
  type Membership,
  membershipSchema,
  votersOf,
} from "../../ledger/membership.ts";
import { toBytes } from "../../ledger/schema.ts";
import type { State } from "../state/state.ts";
import { WISHED_NODES } from "../state/state-records.ts";
import type { Wish, WishedNode } from "./wish.ts";

/** Who shall run the network, as the state after some block has it. It reads the key of `WISHED_NODES`. */
export function wishIn(get: State["get"]): Wish {
  const bytes = get(WISHED_NODES.text);
  if (bytes === null) throw new Error(`the state has no ${WISHED_NODES.text}`);
  return WISHED_NODES.space.decode(bytes);
}

/**
 * The membership that a block may name as the next one: one step closer to the wish, or null when it has come
 * true. It always has a voter and at most `MEMBERS_MAX` members. Where one member comes, goes, or gains or
 * loses its voice, the change is simple; more take a joint phase (Raft thesis, 4.3).
 */
export function nextMembership(
  current: Membership,
  wished: readonly WishedNode[],
): Membership | null {
  const { members, outgoing } = current;
  if (outgoing.length > 0) return { members, outgoing: [] };
  const newcomers = wished
    .filter(({ number }) => !members.some((member) => member.number === number))
    .slice(0, MEMBERS_MAX - members.length);
  if (newcomers.length > 0) return withLearners(current, newcomers, wished);
  const target = stepTo(inWishedRoles(members, wished), current);
  if (!isSame(target, current)) return target;
  const staying = members.filter(({ role }) => role !== "leaving");
  return staying.length < members.length ? stepTo(staying, current) : null;
}

/** Whether that is the step which the wish in the state before the block asks for. */
export function isNextMembership(
  change: Membership,
  current: Membership,
  { members }: Wish,
): boolean {
  const next = nextMembership(current, members);
  return next !== null && isSame(next, change);
}

/** Newcomers receive the chain before they count; those who are there keep their roles. */
function withLearners(
  current: Membership,
  newcomers: readonly WishedNode[],
  wished: readonly WishedNode[],
): Membership {
  const renewed = current.members.map((member) => ({
    ...(wishedAs(member, wished) ?? member),
    role: member.role,
  }));
  const learners = newcomers.map((node) => ({ ...node, role: "learner" as const }));
  const members = [...renewed, ...learners].sort((a, b) => a.number - b.number);
  return stepTo(members, current);
}

/** Every member as wished, or `leaving`. The last voter stays until a wished voter has come in. */
function inWishedRoles(members: readonly Member[], wished: readonly WishedNode[]): Member[] {
  const hasVoter = members.some((member) => wishedAs(member, wished)?.role === "voter");
  const lastVoter = hasVoter ? undefined : members.find(({ role }) => role === "voter");
  return members.map((member) =>
    member === lastVoter ? member : (wishedAs(member, wished) ?? { ...member, role: "leaving" }),
  );
}

function wishedAs({ number }: Member, wished: readonly WishedNode[]): WishedNode | undefined {
  return wished.find((node) => node.number === number);
}

/** The step to these members: while more than one of them changes its part, the old voters decide along. */
function stepTo(members: readonly Member[], before: Membership): Membership {
  const partBefore = partsOf(before.members);
  const partAfter = partsOf(members);
  const numbers = new Set([...partBefore.keys(), ...partAfter.keys()]);
  const changed = [...numbers].filter((number) => partBefore.get(number) !== partAfter.get(number));
  return { members, outgoing: changed.length > 1 ? votersOf(before) : [] };
}

/** What the consensus core knows of members: who there is, and who has a voice. */
function partsOf(members: readonly Member[]): Map<number, boolean> {
  return new Map(members.map(({ number, role }) => [number, role === "voter"]));
}

function isSame(a: Membership, b: Membership): boolean {
  return equalBytes(toBytes(membershipSchema, a), toBytes(membershipSchema, b));
}
