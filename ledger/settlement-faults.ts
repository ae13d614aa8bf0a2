import { row } from "./fault-row.ts";

/** Why a rule of settlement, vouchers, projects, services or agreements refuses a transaction. */
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
    "A merchant that objected is not among those that get their points back, or one is not in the batch",
    "異議のあった加盟店が抜けているか、この精算にない加盟店です",
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

  // Vouchers and projects
  UNKNOWN_SERIES: row(
    409,
    "office",
    "There is no such series of vouchers",
    "登録されていないポイント券です",
  ),
  SERIES_CLOSED: row(
    409,
    "office",
    "The series takes no more vouchers, or has ended",
    "このポイント券の受付は終わりました",
  ),
  UNKNOWN_VOUCHER: row(
    409,
    "shop",
    "There is no such voucher in the series",
    "登録されていない券です",
  ),
  VOUCHER_USED: row(
    409,
    "shop",
    "The voucher was used, cancelled or replaced",
    "すでに使われたか、取り消された券です",
  ),
  VOUCHER_EXPIRED: row(
    409,
    "shop",
    "The last day of the voucher has passed",
    "有効期限を過ぎた券です",
  ),
  NOT_ACCEPTED_HERE: row(
    409,
    "shop",
    "The merchant does not take these points",
    "この店では使えません",
  ),
  UNKNOWN_PROJECT: row(
    409,
    "office",
    "There is no such project",
    "登録されていないプロジェクトです",
  ),
  PROJECT_CLOSED: row(
    409,
    "office",
    "The project takes no donations any more, or gives none back",
    "このプロジェクトの受付は終わりました",
  ),
  PROJECT_OPEN_STILL: row(
    409,
    "office",
    "The deadline of the project has not passed",
    "プロジェクトの期限前です",
  ),
  UNKNOWN_DONATION: row(
    409,
    "office",
    "There is no such donation of this wallet, or it was given back",
    "返還できる寄附がありません",
  ),

  // Services and agreements
  UNKNOWN_AGREEMENT: row(
    409,
    "office",
    "There is no such agreement in force",
    "有効な合意がありません",
  ),
  AGREEMENT_MISMATCH: row(
    409,
    "office",
    "The merchants are not those of the agreement",
    "合意の加盟店と一致しません",
  ),
  SAME_ORGANISATION: row(
    409,
    "office",
    "An agreement takes two organisations",
    "別の二つの団体の合意が必要です",
  ),
  HEIGHT_AHEAD: row(
    409,
    "office",
    "The ledger has not reached that height",
    "台帳はまだその高さに達していません",
  ),
  UNKNOWN_FACILITY: row(
    409,
    "office",
    "The municipality has no such facility",
    "登録されていない施設です",
  ),
  UNKNOWN_SERVICE: row(
    409,
    "office",
    "The facility has no such service",
    "登録されていないサービスです",
  ),
  SERVICE_SENSITIVE: row(
    409,
    "office",
    "Links of a sensitive service are never on the ledger, and only theirs are committed to by a root",
    "要配慮サービスの扱いと合いません",
  ),
  UNKNOWN_LINK: row(
    409,
    "office",
    "There is no such link of that service",
    "登録されていない利用者です",
  ),
  LINK_SUSPENDED: row(
    409,
    "office",
    "The link is suspended or was removed",
    "利用停止中か、削除された登録です",
  ),
  RENEWAL_REQUIRED: row(
    409,
    "office",
    "No recent word of a municipality says that the user lives there",
    "在住の確認が必要です",
  ),
  RENEWAL_EARLY: row(409, "office", "It is too early to renew", "まだ更新の時期ではありません"),
} as const;
