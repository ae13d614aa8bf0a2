/**
 * Who runs the network at a height: voters, learners, and the quorum that a certificate needs.
 *
 * A member has a number (the id of the consensus core, never used twice) and an Ed25519 key (its
 * identity everywhere: transport, proposals, votes). While a change of membership is joint, `outgoing`
 * holds the numbers of the old voters, and a quorum is a majority of both (Raft section 6).
 */
import { type Hash, hash } from "./hash.ts";
import { MEMBERS_MAX } from "./limits.ts";
import { bytes, type Infer, list, oneOf, pattern, record, text, toBytes, uint } from "./schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "./signature.ts";

/** A short name that is safe in addresses and keys: `131164`, `toshima`, `card-company`. */
export const identifier = pattern(/^[a-z0-9][a-z0-9-]{0,31}$/, "1 to 32 of a-z, 0-9 and hyphen");

/** A member's number: positive, at most 2^31 - 1. */
export const nodeNumber = uint(2_147_483_647, 1);

/** A member of the network. */
export const memberSchema = record({
  number: nodeNumber,
  publicKey: bytes(ED25519_KEY_SIZE_BYTES),
  organisation: identifier,
  /** Where the node listens, a multiaddr such as `/ip4/127.0.0.1/tcp/7101`. */
  address: text(256),
  /**
   * `learner` and `leaving` members receive the chain and have no voice (but see `outgoing`). A leaving one
   * does so until it has read there that it may go.
   */
  role: oneOf(["voter", "learner", "leaving"]),
});
/** A member of the network. */
export type Member = Infer<typeof memberSchema>;

/** Members in ascending order of number; `outgoing` empty unless a joint change is under way. */
export const membershipSchema = record({
  members: list(memberSchema, MEMBERS_MAX, 1),
  outgoing: list(nodeNumber, MEMBERS_MAX),
});
/** Who runs the network at a height. */
export type Membership = Infer<typeof membershipSchema>;

/** Hashes that were asked for: every vote names one, and there are few memberships. */
const hashes = new WeakMap<Membership, Hash>();

/** What headers, votes and certificates name a membership by. */
export function membershipHash(membership: Membership): Hash {
  const known = hashes.get(membership);
  if (known !== undefined) return known;
  const computed = hash("membership", toBytes(membershipSchema, membership));
  hashes.set(membership, computed);
  return computed;
}

/** The member with that number, or undefined. */
export function memberOf(membership: Membership, number: number): Member | undefined {
  return membership.members.find((member) => member.number === number);
}

/** The member with that number if its vote counts: a voter, or an outgoing one while a change is joint. */
export function voterOf(membership: Membership, number: number): Member | undefined {
  const member = memberOf(membership, number);
  return member?.role === "voter" || membership.outgoing.includes(number) ? member : undefined;
}

/** Numbers of the (incoming) voters. */
export function votersOf(membership: Membership): number[] {
  return membership.members.filter(({ role }) => role === "voter").map(({ number }) => number);
}

/** True when the numbers hold a majority of the voters and, while joint, of the outgoing voters too. */
export function isQuorum(membership: Membership, numbers: ReadonlySet<number>): boolean {
  const majority = (voters: readonly number[]) =>
    voters.filter((voter) => numbers.has(voter)).length > voters.length / 2;
  const { outgoing } = membership;
  return majority(votersOf(membership)) && (outgoing.length === 0 || majority(outgoing));
}
