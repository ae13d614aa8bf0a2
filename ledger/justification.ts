/**
 * What entitles an honest voter to elect a log without a block that it voted for.
 *
 *     justification = [ 1* leader certificate ] in canonical bytes; no bytes when none is needed
 *
 * A leader elected after the vote, from a log without the block, takes the block off the voter's log. From then on the
 * voter may elect others who lack it: had the block been certified, a quorum would not have elected that leader. So
 * the grant carries his election, under the voter's signature.
 *
 * It moves the question to those who elected him: each who voted for the block too was stale itself, or shows an
 * election of a still earlier term. Terms fall with each step and stay above the vote's, so a liar is at the
 * end of every path (blame.ts walks them).
 */
import { equalBytes } from "./bytes.ts";
import {
  type Grant,
  isAhead,
  type LeaderCertificate,
  type LogPosition,
  leaderCertificateSchema,
} from "./certificate.ts";
import { LedgerFault } from "./faults.ts";
import { JUSTIFICATION_SIZE_BYTES_MAX } from "./limits.ts";
import { fromBytes, list, toBytes } from "./schema.ts";

/** Elections in one justification: one for each leader whose blocks another one replaced, since the last commit. */
const JUSTIFICATION_ELECTIONS_MAX = 16;

const justificationSchema = list(leaderCertificateSchema, JUSTIFICATION_ELECTIONS_MAX, 1);

/** A place in a log: compared as Raft compares the ends of logs. */
type Place = Pick<LogPosition, "term" | "height">;

/** A justification as a grant carries it; null when it is more than one may carry. */
export function encodeJustification(elections: readonly LeaderCertificate[]): Uint8Array | null {
  if (elections.length === 0) return new Uint8Array();
  if (elections.length > JUSTIFICATION_ELECTIONS_MAX) return null;
  const encoded = toBytes(justificationSchema, elections);
  return encoded.length > JUSTIFICATION_SIZE_BYTES_MAX ? null : encoded;
}

/** The elections that a grant shows. What its voter made unreadable justifies nothing: none then. */
export function electionsIn({ justification }: Pick<Grant, "justification">): LeaderCertificate[] {
  if (justification.length === 0) return [];
  try {
    return [...fromBytes(justificationSchema, justification, JUSTIFICATION_SIZE_BYTES_MAX)];
  } catch (error) {
    if (error instanceof LedgerFault) return [];
    throw error;
  }
}

/**
 * True when an election, if its signatures are right, entitles to grant the candidacy in spite of a vote.
 *
 * - Its term is after the vote's: whoever elected before it voted did no wrong, and would end the walk without a name.
 * - Its term is before the grant's: else two elections could justify each other.
 * - The log elected ends behind the block, so it cannot hold it.
 * - It was held under the grant's own membership: its quorum meets the votes' wherever the candidacy's does, and
 *   nobody is acquitted by members of another time.
 */
export function entitles(
  election: LeaderCertificate,
  vote: Place,
  candidacy: Pick<LeaderCertificate, "term" | "membershipHash">,
): boolean {
  return (
    election.term > vote.term &&
    election.term < candidacy.term &&
    isAhead(vote, election.position) &&
    equalBytes(election.membershipHash, candidacy.membershipHash)
  );
}
