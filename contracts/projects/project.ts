/**
 * Projects that residents support with points: a school that is given a new use, a festival. What comes together is
 * public; who gave is not. Where points go back if the goal is missed, a donation is kept under a commitment to its
 * wallet, which only the donor can open.
 */
import { type Hash, hash } from "../../ledger/hash.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { flag, type Infer, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import {
  amountPt,
  displayName,
  grantCategory,
  merchantCategory,
  restrictedTo,
  totalPt,
} from "../fields/fields.ts";
import { addPt, type Balance, pointAsset } from "../points/accounts.ts";
import { holdingsSchema } from "../spending/till.ts";
import { keySpace } from "../state/key-space.ts";

/** How long donors can have their points back after a goal was missed, days (a claim period of 60 or more). */
export const CLAIM_DAYS = 60;

/** What is laid down for a project. */
export const projectFields = {
  nameJa: displayName,
  nameEn: displayName,
  goalPt: uint(ISSUED_PT_MAX, 1),
  /** The last day for donations. */
  deadline: civilDate,
  /** The registered merchant whose till gets the points. */
  beneficiary: identifier,
  /** Whether donors get their points back when the goal is missed. */
  refundable: flag,
};

/** The record of a project. */
const projectSchema = record({
  ...projectFields,
  /** What the beneficiary is: points that may not be spent there may not be given either. */
  category: merchantCategory,
  /** All that was ever given, pt: the public progress. */
  raisedPt: totalPt,
  /** What is here now, by fiscal year and type. */
  holdings: holdingsSchema,
  /** - `OPEN`. - `PAID`: the beneficiary has the points. - `REFUNDING`: donors may take theirs. - `LAPSED`. */
  status: oneOf(["OPEN", "PAID", "REFUNDING", "LAPSED"]),
  /** The last day on which donors may take theirs back; null unless it is refunding. */
  claimUntil: nullable(civilDate),
});
/** A project. */
export type Project = Infer<typeof projectSchema>;

/** The record of a donation that can be given back. */
const donationSchema = record({
  issuer: identifier,
  project: identifier,
  pointType: identifier,
  category: grantCategory,
  amountPt,
  fiscalYear: uint(9998, 1970),
  expiresOn: nullable(civilDate),
  consideration: oneOf(["NONE", "PAID"]),
  restrictedTo,
  perUseCapPt: amountPt,
  status: oneOf(["HELD", "REFUNDED"]),
});

/** The commitment under which a donation is kept: salt and pseudonym open it. */
export function commitToDonation(salt: Uint8Array, wallet: Uint8Array): Hash {
  return hash("donation-commit", salt, wallet);
}

/** What the account of a project holds. */
function projectBalances(id: string, { holdings }: Project): readonly Balance[] {
  return holdings.map(({ issuer, pointType, balancePt }) => ({
    account: `project/${id}`,
    asset: pointAsset(issuer, pointType),
    balancePt,
  }));
}

/** The points of a project. */
export function heldPt({ holdings }: Project): number {
  return holdings.reduce((sumPt, { balancePt }) => addPt(sumPt, balancePt), 0);
}

/** A project that residents support. */
export const PROJECT = keySpace("project", "<issuer>/<project>", projectSchema, ({ id }, project) =>
  projectBalances(id, project),
);

/** A donation that can be given back, by a commitment to its wallet. */
export const DONATION = keySpace("donation", "<commitmentHex>", donationSchema);
