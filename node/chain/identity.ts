/**
 * This node as a member: a number for ever, and a key that each membership names. While a key is rotated the
 * node holds both: blocks of the old membership are signed with the old one.
 */
import { toHex } from "../../ledger/bytes.ts";
import { type Membership, memberOf } from "../../ledger/membership.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";

/** Who this node is. */
export class Identity {
  readonly number: number;
  readonly #signers: ReadonlyMap<string, Signer>;

  constructor(number: number, signers: readonly Signer[]) {
    this.number = number;
    this.#signers = new Map(signers.map((signer) => [toHex(signer.publicKey), signer]));
  }

  /** The signer that a membership names for this node; null when it names none of its keys. */
  signerIn(membership: Membership): Signer | null {
    const member = memberOf(membership, this.number);
    return member === undefined ? null : (this.#signers.get(toHex(member.publicKey)) ?? null);
  }
}
