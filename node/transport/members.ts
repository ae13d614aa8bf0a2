/** The list of members: who may connect, and where each is reached. */
import type { PeerAddress, PeerKey } from "./transport.ts";

const PEER_KEY = /^[0-9a-f]{64}$/;

/**
 * Checks a list of members and indexes it by key, without this node itself.
 * @throws {RangeError} when a key is malformed or occurs twice
 */
export function membersByKey(
  members: readonly PeerAddress[],
  self: PeerKey,
): Map<PeerKey, PeerAddress> {
  const byKey = new Map<PeerKey, PeerAddress>();
  for (const member of members) {
    if (!PEER_KEY.test(member.key)) throw new RangeError(`not a peer key: "${member.key}"`);
    if (byKey.has(member.key)) throw new RangeError(`member listed twice: ${member.key}`);
    byKey.set(member.key, member);
  }
  byKey.delete(self);
  return byKey;
}

/** Orders keys as text: the one order of members that does not depend on who asks. */
export function compareKeys(a: PeerKey, b: PeerKey): number {
  return a < b ? -1 : Number(a > b);
}
