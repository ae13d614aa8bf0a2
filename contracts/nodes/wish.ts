/**
 * Who shall run the network, as governance wishes. Who does run it is what change blocks say, each one step
 * closer to the wish (next-membership.ts).
 */
import { MEMBERS_MAX } from "../../ledger/limits.ts";
import { identifier, nodeNumber } from "../../ledger/membership.ts";
import { bytes, flag, type Infer, list, oneOf, record, text } from "../../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../../ledger/signature.ts";

const wishedNodeSchema = record({
  number: nodeNumber,
  publicKey: bytes(ED25519_KEY_SIZE_BYTES),
  organisation: identifier,
  /** A multiaddr. Those of the genesis have no stricter form. */
  address: text(256),
  role: oneOf(["voter", "learner"]),
});
/** A node that governance wants in the network. */
export type WishedNode = Infer<typeof wishedNodeSchema>;

/** The record of the wish. */
export const wishSchema = record({
  /** In ascending order of number. */
  members: list(wishedNodeSchema, MEMBERS_MAX, 1),
  /** The highest number ever given: none is used twice. */
  lastNumber: nodeNumber,
  /** Whether steps are to be taken also where the voters in reach would be no quorum afterwards. */
  force: flag,
});
/** Who shall run the network. */
export type Wish = Infer<typeof wishSchema>;
