/**
 * The proof of who runs the network now, from the genesis alone: each block that named a membership, with its
 * certificate by the membership before it (docs/decisions/0010).
 *
 *     step  = [ header: bstr, certificate, certifiedHeader: bstr / null, historyPath, control: bstr ]
 *     proof = [ * step ]
 *
 * Whoever has only an old proof cannot know of later changes: keys of retired members must be destroyed.
 */
import { decodeControl } from "./block.ts";
import { equalBytes } from "./bytes.ts";
import { type SignatureContext, verifyCertificate } from "./certificate.ts";
import { LedgerFault } from "./faults.ts";
import { finalityFields, verifyFinality } from "./finality.ts";
import { hash } from "./hash.ts";
import { CONTROL_SIZE_BYTES_MAX, MEMBERSHIP_CHANGES_MAX } from "./limits.ts";
import type { Membership } from "./membership.ts";
import { bytes, type Infer, list, record } from "./schema.ts";

/** One change of membership. */
export const membershipStepSchema = record({
  ...finalityFields,
  control: bytes(1, CONTROL_SIZE_BYTES_MAX),
});
/** One change of membership. */
export type MembershipStep = Infer<typeof membershipStepSchema>;

/** All changes, oldest first. */
export const membershipProofSchema = list(membershipStepSchema, MEMBERSHIP_CHANGES_MAX);

/** A membership that is proven, and the height that its change was proven at: it is in force above. */
export interface ProvenMembership {
  readonly membership: Membership;
  readonly provenHeight: number;
}

/**
 * Checks a proof, or its continuation.
 * @param known what was proven before: at first the genesis membership, at height 0.
 * @returns one membership for each step.
 * @throws LedgerFault `CERTIFICATE_INVALID`, `PATH_INVALID`, `MEMBERSHIP_CHANGE_INVALID`.
 */
export function verifyMembershipProof(
  known: ProvenMembership,
  steps: readonly MembershipStep[],
  signatures: SignatureContext,
): ProvenMembership[] {
  const proven: ProvenMembership[] = [];
  let last = known;
  for (const step of steps) {
    last = verifyStep(last, step, signatures);
    proven.push(last);
  }
  return proven;
}

function verifyStep(
  { membership, provenHeight }: ProvenMembership,
  step: MembershipStep,
  signatures: SignatureContext,
): ProvenMembership {
  const { height, controlHash } = verifyFinality(step);
  const named = decodeControl(step.control).membershipChange;
  const isNext =
    named !== null &&
    height > provenHeight &&
    equalBytes(controlHash, hash("control", step.control));
  if (!isNext) throw new LedgerFault("MEMBERSHIP_CHANGE_INVALID", { height });
  verifyCertificate(step.certificate, { ...signatures, membership });
  return { membership: named, provenHeight: step.certificate.height };
}
