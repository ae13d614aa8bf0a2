/**
 * Agreements between municipalities: shops of the one take the points of the other (an antenna shop in the city takes
 * a rural town's points). What such a shop may take stands in its own record, so that a payment looks nowhere else; what
 * the issuer then owes is a due of the batch that pays the shop.
 */
import { identifier } from "../../ledger/membership.ts";
import { record } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { ascending } from "../fields/fields.ts";
import { keySpace } from "../state/key-space.ts";

/** Other issuers whose points one merchant takes. */
export const ACCEPTED_ISSUERS_MAX = 50;
/** Merchants of one agreement. */
export const AGREED_MERCHANTS_MAX = 200;

/** The shops of an agreement. */
export const agreedMerchants = ascending(identifier, AGREED_MERCHANTS_MAX);

/** The record of an agreement in force; no merchants when it has ended. */
const acceptanceSchema = record({
  since: civilDate,
  merchants: ascending(identifier, AGREED_MERCHANTS_MAX, 0),
});

/** An agreement by which shops of one municipality take the points of another. */
export const ACCEPTANCE = keySpace("acceptance", "<issuer>/<acceptor>", acceptanceSchema);
