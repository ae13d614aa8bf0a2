import { record, uint } from "../../ledger/schema.ts";
import { defineTransaction, officer, type View } from "../declaration.ts";
import { addDays, civilDate, fiscalYearOf } from "../fields/dates.ts";
import { ascending, fiscalYear, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { needWitness, WITNESS } from "../governance/witness.ts";
import { moveHoldings, takeFiscalYear } from "../spending/till.ts";
import { BATCH, MERCHANT, MERCHANT_ACCOUNT } from "../state/state-records.ts";
import {
  BATCH_HOLDINGS_MAX,
  BATCH_LINES_MAX,
  type BatchLine,
  FEE_BP_MAX,
  feeYenOf,
  grossPtOf,
  OBJECTION_DAYS,
  periodStart,
} from "./batch.ts";
import { isBankingDay, isClosingDay, payDayOf } from "./payout-schedule.ts";

/**
 * BATCH_CUT: what merchants took is taken from their tills, to be paid out. Nothing is owed yet: merchants may
 * object, and two others approve.
 */
export const batchCut = defineTransaction({
  type: "BATCH_CUT",
  since: 1,
  title: { ja: "精算の締め", en: "Cut a settlement batch" },
  summary: {
    ja: "加盟店が受け取ったポイントを年度ごとに締め、支払日と手数料を定めます。",
    en: "Takes what merchants took in a fiscal year from their tills; says when it is paid, and the fee.",
  },
  public: record({
    payer: municipalityCode,
    batch: shortName,
    fiscalYear,
    /** The 15th or the last day of a month. */
    closesOn: civilDate,
    /** The day of the schedule or a later one, on which banks work. */
    paysOn: civilDate,
    /** Merchant fee, basis points of the points. */
    feeBp: uint(FEE_BP_MAX),
    merchants: ascending(shortName, BATCH_LINES_MAX),
  }),
  private: null,
  validity: "organisation",
  signers: [officer("payer", "clerk")],
  faults: [
    "ALREADY_EXISTS",
    "CLOSING_DATE_MISMATCH",
    "PAY_DATE_MISMATCH",
    "UNKNOWN_MERCHANT",
    "NOTHING_TO_SETTLE",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { payer, batch, merchants } }) => [
    BATCH.key(payer, batch),
    WITNESS,
    ...merchants.flatMap((merchant) => [MERCHANT.key(merchant), MERCHANT_ACCOUNT.key(merchant)]),
  ],
  apply(view, { public: { payer, batch, merchants, ...terms } }, { today }) {
    const key = BATCH.key(payer, batch);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    const { closesOn, paysOn } = terms;
    // A batch never crosses 31 March: its period lies in one fiscal year, and so does what it takes.
    const isClosed = isClosingDay(closesOn) && closesOn < today;
    if (!isClosed || fiscalYearOf(closesOn) !== terms.fiscalYear) return "CLOSING_DATE_MISMATCH";
    const isInTime = paysOn >= payDayOf(closesOn) && paysOn > today;
    if (!isInTime || !isBankingDay(paysOn)) return "PAY_DATE_MISMATCH";

    const lines: BatchLine[] = [];
    for (const merchant of merchants) {
      const line = cutTill(view, merchant, { payer, ...terms });
      if (typeof line === "string") return line;
      lines.push(line);
    }
    const holdings = lines.reduce((sum, line) => sum + line.holdings.length, 0);
    if (holdings > BATCH_HOLDINGS_MAX) return "LIMIT_EXCEEDED";
    needWitness(view, periodStart(terms), today);
    const objectionUntil = addDays(today, OBJECTION_DAYS);
    view.put(key, { ...terms, cutOn: today, objectionUntil, approvedOn: null, lines });
    return lines.flatMap(({ merchant, holdings: taken }) =>
      moveHoldings(taken, `merchant/${merchant}`, key.text),
    );
  },
});

/** Takes what a till holds of a fiscal year. */
function cutTill(
  view: View,
  merchant: string,
  {
    payer,
    ...terms
  }: { readonly payer: string; readonly fiscalYear: number; readonly feeBp: number },
): BatchLine | "UNKNOWN_MERCHANT" | "NOTHING_TO_SETTLE" {
  const tillKey = MERCHANT_ACCOUNT.key(merchant);
  const till = view.get(tillKey);
  const isOwn = view.get(MERCHANT.key(merchant))?.issuer === payer;
  if (till === null || !isOwn) return "UNKNOWN_MERCHANT";
  const { taken: holdings, left } = takeFiscalYear(till.holdings, terms.fiscalYear);
  if (holdings.length === 0) return "NOTHING_TO_SETTLE";
  view.put(tillKey, { ...till, holdings: left });
  const feeYen = feeYenOf(grossPtOf({ holdings }), terms.feeBp);
  return { merchant, holdings, feeYen, status: "OPEN", paidOn: null };
}
