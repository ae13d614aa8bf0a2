import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { POINT_TYPE, UNUSED_BALANCE } from "../state/state-records.ts";
import {
  baseDate,
  depositYenMin,
  isConsistent,
  unusedBalanceFields,
  unusedPtOf,
} from "./unused-balance.ts";

/**
 * UNUSED_BALANCE_REPORT: what an issuer reports to the authority about its prepaid instruments, for everybody to
 * check: `audit report` compares it with what the chain gives for that day.
 */
export const unusedBalanceReport = defineTransaction({
  type: "UNUSED_BALANCE_REPORT",
  since: 1,
  title: { ja: "未使用残高の報告", en: "Report the unused balance" },
  summary: {
    ja: "基準日の未使用残高と供託額を、前払式支払手段の種別ごとに記録します。",
    en: "Records the unused balance of prepaid instruments on a base date, and the deposit.",
  },
  public: record({ issuer: municipalityCode, baseDate, ...unusedBalanceFields }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "ALREADY_EXISTS",
    "CLOSING_DATE_MISMATCH",
    "UNKNOWN_POINT_TYPE",
    "TOTAL_MISMATCH",
    "DEPOSIT_INSUFFICIENT",
  ],
  keys: ({ public: { issuer, baseDate: date, types } }) => [
    UNUSED_BALANCE.key(issuer, date),
    ...types.map(({ pointType }) => POINT_TYPE.key(issuer, pointType)),
  ],
  apply(view, { public: { issuer, baseDate: date, ...report } }, { today }) {
    const key = UNUSED_BALANCE.key(issuer, date);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    if (date >= today) return "CLOSING_DATE_MISMATCH";
    const { types, depositYen } = report;
    const arePrepaid = types.every(
      ({ pointType }) => view.get(POINT_TYPE.key(issuer, pointType))?.legalClass === "PREPAID",
    );
    if (!arePrepaid) return "UNKNOWN_POINT_TYPE";
    if (!isConsistent(types)) return "TOTAL_MISMATCH";
    if (depositYen < depositYenMin(unusedPtOf(types))) return "DEPOSIT_INSUFFICIENT";
    view.put(key, { reportedOn: today, ...report });
    return [];
  },
});
