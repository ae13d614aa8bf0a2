/** Drafts of what clerk and approver sign about a batch: the ledger's own figures, so that nobody types a total. */

import { type CivilDate, fiscalYearOf } from "../../contracts/fields/dates.ts";
import {
  BATCH_LINES_MAX,
  type Batch,
  claimsOf,
  payoutYenOf,
} from "../../contracts/settlement/batch.ts";
import { payDayOf } from "../../contracts/settlement/payout-schedule.ts";
import { MERCHANT, MERCHANT_ACCOUNT } from "../../contracts/state/state-records.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import { ClientError } from "../client-fault.ts";

/** A batch that is to be cut. */
export interface Cut {
  readonly payer: string;
  readonly batch: string;
  readonly closesOn: CivilDate;
  /** The day of the schedule when left out. */
  readonly paysOn?: CivilDate;
  readonly feeBp: number;
}

/**
 * The draft of a BATCH_CUT over all tills of the payer that hold something of the fiscal year; of the first ones, when
 * they are too many for one batch.
 * @throws ClientError `BATCH_NOT_OWED` when all are empty.
 */
export function cutDraft(ledger: AuditedLedger, { payer, batch, closesOn, ...terms }: Cut) {
  const fiscalYear = fiscalYearOf(closesOn);
  const merchants = ledger
    .all(MERCHANT_ACCOUNT)
    .filter(({ value }) => value.holdings.some((holding) => holding.fiscalYear === fiscalYear))
    .map(({ id }) => id)
    .filter((id) => ledger.read(MERCHANT.key(id))?.issuer === payer);
  if (merchants.length === 0) throw new ClientError("BATCH_NOT_OWED", { payer, fiscalYear });
  const { feeBp, paysOn = payDayOf(closesOn) } = terms;
  const taken = merchants.slice(0, BATCH_LINES_MAX);
  const fields = { payer, batch, fiscalYear, closesOn, paysOn, feeBp, merchants: taken };
  return { type: "BATCH_CUT", public: fields, private: null };
}

/** The draft of a BATCH_APPROVE. @throws ClientError `BATCH_NOT_OWED` when it was approved before. */
export function approvalDraft({ lines, approvedOn }: Batch, payer: string, batch: string) {
  if (approvedOn !== null) throw new ClientError("BATCH_NOT_OWED", { payer, batch, approvedOn });
  const due = lines.filter(({ status }) => status === "OPEN");
  const objected = lines.filter(({ status }) => status === "OBJECTED");
  const fields = {
    payer,
    batch,
    totalYen: due.reduce((sumYen, line) => sumYen + payoutYenOf(line), 0),
    returned: objected.map(({ merchant }) => merchant),
    claims: claimsOf(payer, due),
  };
  return { type: "BATCH_APPROVE", public: fields, private: null };
}
