/** One step of a proof of memberships, by a chain of tests. */
import { encodeControl } from "../../ledger/block.ts";
import type { Membership } from "../../ledger/membership.ts";
import type { MembershipStep } from "../../ledger/membership-proof.ts";
import type { ChainBuilder } from "./chain-builder.ts";

/** Appends a block that names the membership, or none; the members in force certify it. */
export function provenChange(
  chain: ChainBuilder,
  membershipChange: Membership | null,
): MembershipStep {
  const { header, headerBytes, control } = chain.append({ control: { membershipChange } });
  return {
    header: headerBytes,
    certificate: chain.certificate(header.height),
    certifiedHeader: null,
    historyPath: [],
    control: encodeControl(control),
  };
}
