import { list, oneOf, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { civilDate } from "../fields/dates.ts";
import { shortName, totalYen } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { moveHoldings } from "../spending/till.ts";
import { BATCH } from "../state/state-records.ts";
import { BATCH_LINES_MAX, type BatchLine, payoutName, payoutYenOf } from "./batch.ts";
import { settle } from "./dues.ts";

/**
 * PAYOUT_REPORT: what the bank did with a batch. What is paid is settled, and its points are retired (I5); what
 * failed is owed still, and is reported again when it is paid.
 */
export const payoutReport = defineTransaction({
  type: "PAYOUT_REPORT",
  since: 1,
  title: { ja: "支払結果の報告", en: "Report payouts" },
  summary: {
    ja: "会計管理者が、銀行の振込結果を加盟店ごとに記録します。支払済みのポイントは消滅します。",
    en: "The accountant records what the bank paid to each merchant; points that are paid out are retired.",
  },
  public: record({
    payer: municipalityCode,
    batch: shortName,
    paidOn: civilDate,
    /** What the bank paid together, yen. */
    totalYen,
    results: list(
      record({ merchant: shortName, outcome: oneOf(["PAID", "FAILED"]) }),
      BATCH_LINES_MAX,
      1,
    ),
  }),
  private: null,
  validity: "organisation",
  signers: [officer("payer", "accountant")],
  faults: ["UNKNOWN_BATCH", "BATCH_OPEN", "PAY_DATE_MISMATCH", "PAYOUT_MISMATCH", "TOTAL_MISMATCH"],
  keys: ({ public: { payer, batch } }) => [BATCH.key(payer, batch)],
  apply(view, { public: report }, { today }) {
    const { payer, batch: name, paidOn, results } = report;
    const key = BATCH.key(payer, name);
    const batch = view.get(key);
    if (batch === null) return "UNKNOWN_BATCH";
    if (batch.approvedOn === null) return "BATCH_OPEN";
    if (paidOn > today || paidOn < batch.approvedOn) return "PAY_DATE_MISMATCH";

    const outcomes = new Map(results.map(({ merchant, outcome }) => [merchant, outcome]));
    const reported = batch.lines.filter((line) => outcomes.has(line.merchant) && isOwed(line));
    // As many lines as results: each result found a line of its own, and none was paid before.
    if (reported.length !== results.length) return "PAYOUT_MISMATCH";
    const paid = reported.filter(({ merchant }) => outcomes.get(merchant) === "PAID");
    const paidYen = paid.reduce((sumYen, line) => sumYen + payoutYenOf(line), 0);
    if (paidYen !== report.totalYen) return "TOTAL_MISMATCH";

    const lines = batch.lines.map((line) => {
      if (!reported.includes(line)) return line;
      const isPaid = paid.includes(line);
      const status = isPaid ? ("PAID" as const) : ("FAILED" as const);
      return { ...line, status, paidOn: isPaid ? paidOn : null };
    });
    view.put(key, { ...batch, lines });
    return paid.flatMap((line) => [
      ...settle(payoutName(payer, line.merchant, name), payoutYenOf(line)),
      ...moveHoldings(line.holdings, key.text, `retired/${key.id}`),
    ]);
  },
});

function isOwed({ status }: BatchLine): boolean {
  return status === "DUE" || status === "FAILED";
}
