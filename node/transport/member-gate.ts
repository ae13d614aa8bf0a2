/** Lets libp2p talk with members alone. */
import type { ConnectionGater, PeerId } from "@libp2p/interface";
import { peerKeyOf } from "./identity.ts";
import type { PeerKey } from "./transport.ts";

/**
 * Asked by libp2p before a dial and, in both directions, as soon as the noise handshake has proved
 * who the other end is: nothing of a stranger is read beyond its handshake.
 */
export class MemberGate implements ConnectionGater {
  readonly #isMember: (key: PeerKey) => boolean;
  readonly #onRefused: (peer: PeerId) => void;

  constructor(isMember: (key: PeerKey) => boolean, onRefused: (peer: PeerId) => void) {
    this.#isMember = isMember;
    this.#onRefused = onRefused;
  }

  denyDialPeer(peer: PeerId): boolean {
    return !this.#admits(peer);
  }

  denyOutboundEncryptedConnection(peer: PeerId): boolean {
    return this.#refuses(peer);
  }

  denyInboundEncryptedConnection(peer: PeerId): boolean {
    return this.#refuses(peer);
  }

  #admits(peer: PeerId): boolean {
    const key = peerKeyOf(peer);
    return key !== undefined && this.#isMember(key);
  }

  #refuses(peer: PeerId): boolean {
    if (this.#admits(peer)) return false;
    this.#onRefused(peer);
    return true;
  }
}
