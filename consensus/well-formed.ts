// What a correct peer can send. The driver has decoded the bytes and knows who sent them; this is
// the last look before the core, so that a faulty peer is refused and does not stop this node.
import { brokenRule, membersOf } from "./membership.ts";
import { type Message, type MessageType, traitsOf } from "./messages.ts";
import { isLocalThread, isNodeId } from "./types.ts";

/** What is wrong with a message, or null. */
export function malformation(message: Message): string | null {
  return (
    malformedNumbers(message) ??
    malformedTerm(message) ??
    malformedSender(message) ??
    CHECKS[message.type]?.(message) ??
    null
  );
}

const CHECKS: Partial<Record<MessageType, (message: Message) => string | null>> = {
  MsgProp: ({ entries }) => (entries.length === 0 ? "a proposal without entries" : null),
  MsgApp: malformedAppend,
  MsgSnap: malformedSnapshot,
  MsgReadIndex: ({ entries }) => (entries.length === 1 ? null : "a read without its context"),
  MsgReadIndexResp: ({ entries }) => (entries.length === 1 ? null : "a read without its context"),
};

function malformedNumbers(message: Message): string | null {
  const { term, logTerm, index, commit, rejectHint } = message;
  const counters = { term, logTerm, index, commit, rejectHint };
  for (const [name, value] of Object.entries(counters)) {
    if (!Number.isSafeInteger(value) || value < 0) return `${name} is not a counter: ${value}`;
  }
  return null;
}

/** Term 0 passes every check of terms, so only what belongs to no term may have it. */
function malformedTerm({ type, term }: Message): string | null {
  const { termless, local } = traitsOf(type);
  if (termless) return term === 0 ? null : `${type} with a term`;
  return term === 0 && !local ? `${type} without a term` : null;
}

function malformedSender({ type, from }: Message): string | null {
  if (isNodeId(from)) return null;
  return traitsOf(type).local && isLocalThread(from) ? null : `${type} from ${from}`;
}

/** Indexes go up by one, and terms never fall and never pass the leader's (Raft paper, 5.3). */
function malformedAppend({ entries, index, logTerm, term }: Message): string | null {
  let previous = { index, term: logTerm };
  for (const entry of entries) {
    if (entry.index !== previous.index + 1) return `entry ${entry.index} after ${previous.index}`;
    if (entry.term < previous.term) return `term ${entry.term} after ${previous.term}`;
    previous = entry;
  }
  return previous.term > term ? `entry of term ${previous.term} in term ${term}` : null;
}

function malformedSnapshot({ snapshot, term }: Message): string | null {
  if (snapshot === null) return "no snapshot";
  if (!Number.isSafeInteger(snapshot.index) || snapshot.index < 1) return "a snapshot of nothing";
  if (snapshot.term < 1 || snapshot.term > term) return `a snapshot of term ${snapshot.term}`;
  if (membersOf(snapshot.confState).length === 0) return "a snapshot without members";
  return brokenRule(snapshot.confState);
}
