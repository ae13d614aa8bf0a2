import { row } from "./fault-row.ts";

/** Why a rule of settlement refuses a transaction. */
export const SETTLEMENT_FAULTS = {
  UNKNOWN_BATCH: row(
    409,
    "office",
    "There is no such settlement batch",
    "登録されていない精算です",
  ),
  BATCH_CLOSED: row(
    409,
    "office",
    "The batch is past the stage at which this may be done",
    "この精算では、もう受け付けられない手続きです",
  ),
  BATCH_OPEN: row(409, "office", "The batch is not approved yet", "まだ承認されていない精算です"),
  NOTHING_TO_SETTLE: row(
    409,
    "office",
    "The merchant's till holds nothing of that fiscal year",
    "対象の会計年度に精算するポイントがありません",
  ),
  CLOSING_DATE_MISMATCH: row(
    409,
    "office",
    "It is not the fifteenth or the last day of a month that has ended, of that fiscal year",
    "締め日が正しくありません",
  ),
  PAY_DATE_MISMATCH: row(
    409,
    "office",
    "The day of payment is too early, has passed or is no banking day",
    "支払日が正しくありません",
  ),
  OBJECTION_OPEN: row(409, "office", "The merchants may still object", "異議の受付期間中です"),
  OBJECTION_LATE: row(
    409,
    "office",
    "The time for objections has passed",
    "異議の受付期間を過ぎています",
  ),
  OBJECTION_MISMATCH: row(
    409,
    "office",
    "The merchants that get their points back are not those that objected",
    "異議のあった加盟店と一致しません",
  ),
  TOTAL_MISMATCH: row(
    409,
    "office",
    "The totals that were signed are not those of the ledger",
    "合計額が台帳と一致しません",
  ),
  PAYOUT_MISMATCH: row(
    409,
    "office",
    "The batch owes that merchant nothing",
    "支払うべき相手ではありません",
  ),
  DEPOSIT_INSUFFICIENT: row(
    409,
    "office",
    "The deposit is less than half of an unused balance above ten million yen",
    "供託額が足りません",
  ),
  UNKNOWN_DUE: row(409, "office", "Nothing is owed there", "支払うべき債務がありません"),
  DUE_IN_CLEARING: row(
    409,
    "office",
    "A clearing under way holds this due",
    "清算の手続き中の債務です",
  ),
  UNKNOWN_CLEARING: row(409, "office", "There is no such clearing", "登録されていない清算です"),
  CLEARING_CLOSED: row(
    409,
    "office",
    "The clearing is past the stage at which this may be done, or not there yet",
    "この清算では受け付けられない手続きです",
  ),
  NOT_A_PARTICIPANT: row(
    409,
    "office",
    "The organisation has no part in it",
    "参加していない団体です",
  ),
} as const;
