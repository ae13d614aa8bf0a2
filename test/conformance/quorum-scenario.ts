// The scenarios of majorities and joint majorities: `committed` and `vote`.

import { sortedIds } from "../../consensus/membership.ts";
import {
  jointCommitted,
  jointVote,
  majorityCommitted,
  majorityVote,
} from "../../consensus/quorum.ts";
import type { LogIndex, NodeId } from "../../consensus/types.ts";
import { type Case, toNumber, valuesOf } from "./scenario.ts";

/** The commands that these scenarios consist of. */
export const QUORUM_COMMANDS: readonly string[] = ["committed", "vote"];

/** Carries out one case and answers what it prints. */
export function runQuorumCase(testCase: Case): string {
  const voters = valuesOf(testCase, "cfg")
    .filter((word) => word !== "")
    .map(toNumber);
  const second = valuesOf(testCase, "cfgj");
  const isJoint = second.length > 0;
  const votersOutgoing = second.filter((word) => word !== "zero").map(toNumber);
  const halves = { voters: sortedIds(voters), votersOutgoing: sortedIds(votersOutgoing) };

  // The inputs name each voter once, in the order in which the halves name them.
  const everyone = [...new Set([...voters, ...votersOutgoing])];
  const key = testCase.command === "vote" ? "votes" : "idx";
  const inputs = valuesOf(testCase, key).filter((word) => word !== "");
  if (inputs.length !== everyone.length) {
    const ids = sortedIds(everyone).join(" ");
    return `error: mismatched input (explicit or _) for voters map[${ids}]: ${inputs.join(" ")}\n`;
  }
  const given = new Map(everyone.map((id, position) => [id, inputs[position] ?? "_"]));
  return testCase.command === "vote"
    ? runVote(halves, isJoint, given)
    : runCommitted(halves, isJoint, given);
}

interface Halves {
  readonly voters: readonly NodeId[];
  readonly votersOutgoing: readonly NodeId[];
}

type Given = ReadonlyMap<NodeId, string>;

function runVote(halves: Halves, isJoint: boolean, given: Given): string {
  const ballot = (id: NodeId): boolean | undefined => {
    const word = given.get(id);
    return word === undefined || word === "_" ? undefined : word === "y";
  };
  if (!isJoint) return `${majorityVote(halves.voters, ballot)}\n`;
  const result = jointVote(halves, ballot);
  const mirrored = jointVote(mirror(halves), ballot);
  const difference = mirrored === result ? "" : `${mirrored} <-- via symmetry\n`;
  return `${difference}${result}\n`;
}

function runCommitted(halves: Halves, isJoint: boolean, given: Given): string {
  const acked = (id: NodeId): LogIndex | undefined => {
    const word = given.get(id);
    return word === undefined || word === "_" ? undefined : toNumber(word);
  };
  const picture = drawProgress(sortedIds([...halves.voters, ...halves.votersOutgoing]), acked);
  const result = isJoint ? jointCommitted(halves, acked) : majorityCommitted(halves.voters, acked);
  const others = isJoint
    ? [{ index: jointCommitted(mirror(halves), acked), how: "symmetry" }]
    : [
        { index: alternativeCommitted(halves.voters, acked), how: "alternative computation" },
        {
          index: jointCommitted({ ...halves, votersOutgoing: [] }, acked),
          how: "zero-joint quorum",
        },
        {
          index: jointCommitted({ ...halves, votersOutgoing: halves.voters }, acked),
          how: "self-joint quorum",
        },
      ];
  const differing = others
    .filter(({ index }) => index !== result)
    .map(({ index, how }) => `${showIndex(index)} <-- via ${how}\n`);
  return `${picture}${differing.join("")}${showIndex(result)}\n`;
}

function mirror({ voters, votersOutgoing }: Halves): Halves {
  return { voters: votersOutgoing, votersOutgoing: voters };
}

function showIndex(index: LogIndex): string {
  return index === Number.POSITIVE_INFINITY ? "∞" : String(index);
}

/** The commit index by its definition: the highest index that more than half have reached. */
export function alternativeCommitted(
  voters: readonly NodeId[],
  acked: (id: NodeId) => LogIndex | undefined,
): LogIndex {
  if (voters.length === 0) return Number.POSITIVE_INFINITY;
  const reached = voters.map((id) => acked(id) ?? 0);
  const candidates = [0, ...reached].filter(
    (index) => reached.filter((other) => other >= index).length * 2 > voters.length,
  );
  return Math.max(...candidates);
}

/** One bar a voter, longer the further it is. */
function drawProgress(
  voters: readonly NodeId[],
  acked: (id: NodeId) => LogIndex | undefined,
): string {
  if (voters.length === 0) return "<empty majority quorum>";
  const width = voters.length;
  const ranked = voters.map((id) => acked(id) ?? 0).sort((a, b) => a - b);
  const rows = voters.map((id) => {
    const index = acked(id);
    const rank = ranked.indexOf(index ?? 0);
    const bar = index === undefined ? "?" : `${"x".repeat(rank)}>`;
    const number = String(index ?? 0).padStart(5);
    return `${bar.padEnd(width + 1)} ${number}    (id=${id.toString(16)})\n`;
  });
  return `${" ".repeat(width)}    idx\n${rows.join("")}`;
}
