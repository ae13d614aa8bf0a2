/** The other side of a word: a system such as an e-library checks what its visitor brings. */

import { toHex } from "../../ledger/bytes.ts";
import { type ExpectedEligibility, verifyEligibility } from "../../ledger/eligibility.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import type { SignedWord } from "./questions.ts";

/** What the system expects. The challenge is its own, random, and good for one word. */
export type AskedFor = Pick<
  ExpectedEligibility,
  "networkId" | "audience" | "facility" | "service" | "challenge" | "nowMs"
>;

/**
 * Checks a word, and that its key is one of the facility's municipality now, as these nodes say: they are ones that the system
 * trusts, its own or several.
 * @returns the visitor's pseudonym for this system: the same each time, and nothing to any other system.
 * @throws LedgerFault as `verifyEligibility`; `SIGNER_NOT_AUTHORISED`, `NOT_FOUND`.
 */
export async function checkWord(
  { word, publicKey }: SignedWord,
  asked: AskedFor,
  nodes: readonly LedgerClient[],
): Promise<Uint8Array> {
  const subject = verifyEligibility(word, { ...asked, publicKey, verify: verifySignature });
  const facility = await firstAnswer(nodes, (node) => node.facility(asked.facility));
  const key = await firstAnswer(nodes, (node) => node.key(toHex(publicKey)));
  const isOfFacility =
    key.status === "ACTIVE" &&
    key.organisation === facility.municipality &&
    key.roles.includes("clerk");
  if (!isOfFacility) throw new LedgerFault("SIGNER_NOT_AUTHORISED");
  return subject;
}
