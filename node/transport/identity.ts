/** A member's key and address as libp2p writes them. */
import { generateKeyPairFromSeed, publicKeyFromRaw } from "@libp2p/crypto/keys";
import type { Ed25519PrivateKey, PeerId } from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import type { PeerAddress, PeerKey } from "./transport.ts";

const SEED_BYTES = 32;

/**
 * The node's key from its seed (RFC 8032, 5.1.5: the 32 secret bytes).
 * @throws {RangeError} when the seed is not 32 bytes
 */
export async function privateKeyFromSeed(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes`);
  return await generateKeyPairFromSeed("Ed25519", seed);
}

/** The libp2p identity of a member. */
export function peerIdOf(key: PeerKey): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(Buffer.from(key, "hex")));
}

/** The key behind a libp2p identity; none for kinds of key that no member has. */
export function peerKeyOf(peer: PeerId): PeerKey | undefined {
  if (peer.type !== "Ed25519") return undefined;
  return Buffer.from(peer.publicKey.raw).toString("hex");
}

/**
 * Where to dial a member, with the identity that must answer there.
 * @throws {RangeError} when the address is malformed, not TCP, or names an identity of its own
 */
export function dialAddress(member: PeerAddress): Multiaddr {
  const address = parseMultiaddr(member.multiaddr);
  const names = address.getComponents().map(({ name }) => name);
  if (!names.includes("tcp") || names.includes("p2p")) {
    throw new RangeError(`not a TCP address without identity: "${member.multiaddr}"`);
  }
  return address.encapsulate(`/p2p/${peerIdOf(member.key)}`);
}

function parseMultiaddr(text: string): Multiaddr {
  try {
    return multiaddr(text);
  } catch (cause) {
    throw new RangeError(`not a multiaddr: "${text}"`, { cause });
  }
}
