import { row } from "./fault-row.ts";

/** Why the rules of grants, payments taken back, campaigns and conversions refuse a transaction. */
export const ECONOMY_FAULTS = {
  // Parameters
  PARAMETER_OUT_OF_RANGE: row(
    409,
    "office",
    "The parameter cannot have that value",
    "設定できる範囲を超えた値です",
  ),
  NOTICE_TOO_SHORT: row(
    409,
    "office",
    "The change is announced too late for that day",
    "予告の期間が足りません",
  ),

  // Grants and expiry
  ITEMS_MISMATCH: row(
    409,
    "office",
    "The list does not have the count and the total that were approved",
    "名簿の件数または合計が承認された内容と一致しません",
  ),
  UNKNOWN_LOT: row(
    409,
    "office",
    "A wallet holds no such points",
    "対象のポイントがウォレットにありません",
  ),
  NOTHING_EXPIRED: row(
    409,
    "office",
    "None of these wallets holds expired points of the type",
    "期限を過ぎたポイントがありません",
  ),
  SCHEME_ENDING: row(
    409,
    "office",
    "The end of the point type is announced",
    "終了が公表されたポイントです",
  ),

  // Payments taken back
  PAYMENT_NOT_FOUND: row(
    409,
    "office",
    "The wallet does not remember that payment, or all of it was taken back",
    "取り消せる支払いが見つかりません",
  ),
  VOID_TOO_LATE: row(
    409,
    "office",
    "Only payments of the same day are voided; later ones are refunded",
    "取消しは当日に限ります。返金を行ってください",
  ),
  REFUND_TOO_LATE: row(
    409,
    "office",
    "The time in which the payment could be refunded has passed",
    "返金できる期間を過ぎています",
  ),
  REFUND_TOO_LARGE: row(
    409,
    "office",
    "More than what is left of the payment",
    "支払いの残りより大きい額です",
  ),
  TILL_INSUFFICIENT: row(
    409,
    "office",
    "The merchant's till no longer holds these points: they were settled",
    "店の勘定に対象のポイントがありません",
  ),
  PREMIUM_SPENT: row(
    409,
    "balance",
    "The premium to be clawed back is no longer in the wallet",
    "差し引く特典のポイントが残っていません",
  ),

  // Campaigns
  UNKNOWN_CAMPAIGN: row(
    409,
    "shop",
    "There is no such campaign",
    "登録されていないキャンペーンです",
  ),
  CAMPAIGN_NOT_OPEN: row(
    409,
    "campaign",
    "The campaign does not run now, here, or for this",
    "実施中のキャンペーンではありません",
  ),
  CAMPAIGN_TERMS_INVALID: row(
    409,
    "office",
    "The terms of the campaign contradict each other or what was given already",
    "キャンペーンの条件が正しくありません",
  ),
  CAMPAIGN_EXHAUSTED: row(
    409,
    "exhausted",
    "The caps of the campaign leave nothing to give",
    "キャンペーンの上限に達しました",
  ),
  ALREADY_CHECKED_IN: row(
    409,
    "visited",
    "The wallet was at the event already",
    "すでに来場の記録があります",
  ),

  // Conversions
  UNKNOWN_PARTNER: row(
    409,
    "office",
    "The company is no partner, or has no conversion rate",
    "提携していない企業です",
  ),
  CONSENT_MISSING: row(
    409,
    "office",
    "The resident has not consented to conversions of that company's points",
    "本人の同意がありません",
  ),
  NOT_UNIT_STEP: row(
    409,
    "office",
    "The units are not a multiple of the step of the rate",
    "交換単位の倍数ではありません",
  ),
  EXPOSURE_EXCEEDED: row(
    409,
    "away",
    "The company would owe more than it may, or more than it paid in advance",
    "企業の債務の上限を超えるため、いまは交換できません",
  ),
  UNKNOWN_CONVERSION: row(
    409,
    "office",
    "The company was asked for no such conversion",
    "該当する交換の申込みがありません",
  ),
  CONVERSION_CLOSED: row(
    409,
    "office",
    "The conversion is confirmed or rejected already",
    "すでに確定または不成立となった交換です",
  ),
  CONVERSION_LATE: row(
    409,
    "office",
    "The time to confirm the conversion has passed",
    "交換を確定できる期限を過ぎています",
  ),
  ANSWER_PENDING: row(
    409,
    "office",
    "The company still has time to answer",
    "企業の回答の期限前です",
  ),
  NOT_CONVERTIBLE: row(
    409,
    "office",
    "Converted points cannot become points of that type",
    "交換先にできないポイントです",
  ),
  RESERVE_EMPTY: row(
    409,
    "office",
    "No converted points wait there",
    "留保されているポイントがありません",
  ),
  FUNDING_MISMATCH: row(
    409,
    "office",
    "The company does not pay in advance",
    "前払いの企業ではありません",
  ),

  // Disputes and transfers to shopping streets
  UNKNOWN_DISPUTE: row(
    409,
    "office",
    "No dispute about that payment is open",
    "受付中の異議がありません",
  ),
  UNKNOWN_TRANSFER: row(
    409,
    "office",
    "There is no such transfer to that street",
    "該当する移行の申込みがありません",
  ),
  TRANSFER_CLOSED: row(
    409,
    "office",
    "The transfer is acknowledged or released already",
    "すでに受領または取りやめとなった移行です",
  ),
  TRANSFER_LATE: row(
    409,
    "office",
    "The time to acknowledge the transfer has passed",
    "受領できる期限を過ぎています",
  ),

  // What is forgotten
  WITNESS_PRUNED: row(
    409,
    "office",
    "What is private of those days is destroyed already",
    "その日より前の秘匿部分はすでに廃棄されています",
  ),
  WITNESS_TOO_YOUNG: row(
    409,
    "office",
    "What is private of those days must still be kept",
    "秘匿部分を保存すべき期間がまだ過ぎていません",
  ),
  WITNESS_NEEDED: row(
    409,
    "office",
    "An open dispute or batch needs what is private of those days",
    "受付中の異議または未承認の精算のため、まだ廃棄できない日があります",
  ),
  NOTHING_TO_FORGET: row(
    409,
    "office",
    "None of these wallets remembers a payment of days that are destroyed",
    "消去すべき古い支払いの控えがありません",
  ),
} as const;
