import { row } from "./fault-row.ts";

/** Why a transaction's rule refuses it. */
export const RULE_FAULTS = {
  // Governance
  RULES_NOT_IN_FORCE: row(
    409,
    "office",
    "The version of the rules that has this transaction is not in force yet",
    "この取引を定める版の規則は、まだ施行されていません",
  ),
  GOVERNORS_TOO_FEW: row(
    403,
    "office",
    "Fewer governing organisations signed than decide together",
    "運営団体の署名が足りません",
  ),
  THRESHOLD_INVALID: row(
    409,
    "office",
    "Decisions need more than half of those who govern, and no more than all",
    "決定に必要な団体数は、過半数から全団体までです",
  ),
  UNKNOWN_KEY: row(
    409,
    "office",
    "The organisation has no such key in use",
    "有効な鍵として登録されていません",
  ),
  UNKNOWN_NODE: row(409, "office", "There is no such node", "登録されていないノードです"),
  NODE_NUMBER_MISMATCH: row(
    409,
    "office",
    "The number is not the next free one: numbers are never used twice",
    "ノード番号が次の空き番号ではありません",
  ),
  KEY_USED: row(
    409,
    "office",
    "The key belongs or belonged to a node or an officer: keys are never used twice",
    "すでに使われた鍵です",
  ),
  LAST_VOTER: row(
    409,
    "office",
    "It would leave the network without a voter",
    "投票権を持つノードがなくなります",
  ),

  // Set-up by organisations
  ALREADY_EXISTS: row(409, "office", "It is already registered", "すでに登録されています"),
  UNKNOWN_ORGANISATION: row(
    409,
    "office",
    "The organisation is not registered",
    "登録されていない団体です",
  ),
  UNKNOWN_ISSUER: row(
    409,
    "office",
    "The municipality has not opened its issue",
    "発行者が登録されていません",
  ),
  MUNICIPALITY_CODE_INVALID: row(
    409,
    "office",
    "The check digit of the municipality code is wrong",
    "団体コードの検査数字が合いません",
  ),
  UNKNOWN_POINT_TYPE: row(
    409,
    "office",
    "The point type is not defined",
    "登録されていないポイントです",
  ),
  BUDGET_INSUFFICIENT: row(
    409,
    "office",
    "The budget right does not cover it",
    "予算残額が不足しています",
  ),
  LIMIT_EXCEEDED: row(
    409,
    "office",
    "A cap of the point type or of the ledger is exceeded",
    "上限を超えています",
  ),
  UNKNOWN_MERCHANT: row(
    409,
    "shop",
    "The merchant is not registered",
    "登録されていない加盟店です",
  ),
  MERCHANT_SUSPENDED: row(409, "shop", "The merchant is suspended", "利用停止中の加盟店です"),
  UNKNOWN_TERMINAL: row(
    409,
    "shop",
    "The terminal is not registered for this merchant",
    "登録されていない端末です",
  ),
  TERMINAL_REVOKED: row(409, "shop", "The terminal is revoked", "失効した端末です"),
  EXPIRY_IN_PAST: row(409, "office", "The expiry date has passed", "有効期限が過去の日付です"),

  EXPIRY_MISMATCH: row(
    409,
    "office",
    "The expiry date is not the one that the point type's rule gives",
    "有効期限がポイント種別の規則と一致しません",
  ),
  FISCAL_YEAR_MISMATCH: row(
    409,
    "office",
    "The fiscal year is not one that this may be done for today",
    "対象の会計年度ではありません",
  ),

  // Access tests
  LOADTEST_WINDOW_INVALID: row(
    409,
    "office",
    "An access test must lie ahead and last an hour at most",
    "試験の時間帯は、終了前で一時間以内のものとしてください",
  ),
  LOADTEST_CLOSED: row(
    409,
    "office",
    "No access test of that name is open now",
    "その名称の一斉同時アクセス試験は実施時間ではありません",
  ),
  LOADTEST_REPEATED: row(
    409,
    "office",
    "The terminal has taken part in this access test already",
    "この端末はすでに試験に参加しています",
  ),

  // Residents
  UNKNOWN_WALLET: row(409, "card", "There is no such wallet", "登録されていないウォレットです"),
  WALLET_SUSPENDED: row(409, "card", "The wallet is suspended", "利用停止中のウォレットです"),
  CARD_MISMATCH: row(
    409,
    "card",
    "The card is not the one bound to the wallet",
    "このウォレットのカードではありません",
  ),
  BALANCE_INSUFFICIENT: row(
    409,
    "balance",
    "The usable points do not cover the amount",
    "使えるポイントが足りません",
  ),

  // Cards and their certificates
  CERT_REVOKED: row(
    409,
    "card",
    "The card's certificate is revoked or has expired",
    "電子証明書が失効しています",
  ),
  CERT_STATUS_STALE: row(
    409,
    "away",
    "No verifier has attested the card recently enough for this",
    "カードの有効性が最近確認されていません",
  ),
  CERT_STATUS_UNKNOWN: row(
    409,
    "card",
    "The issuer gives no word on the card's certificate",
    "電子証明書の有効性を確認できません",
  ),
  CERTIFICATE_POLICY: row(
    409,
    "office",
    "The network's policy wants a certificate here, or none",
    "証明書の扱いがこのネットワークの方針と異なります",
  ),
  CERTIFICATE_UNTRUSTED: row(
    409,
    "card",
    "The certificate is not one of this card that a trust anchor issued and that is valid now",
    "信頼できる有効な証明書ではありません",
  ),
  STATUS_AHEAD: row(
    409,
    "office",
    "The attested time is ahead of the ledger's clock",
    "確認した時点が未来です",
  ),
  STATUS_SUPERSEDED: row(
    409,
    "office",
    "Something later was attested before",
    "より新しい確認がすでに記録されています",
  ),
  NOT_SUSPENDED: row(409, "office", "It is not suspended", "一時停止されていません"),
  RESERVE_LEFT: row(
    409,
    "office",
    "Support points wait for a municipality to be chosen; allocate them first",
    "まだ交付先を選んでいない応援ポイントがあります。先に交付先を選んでください",
  ),
  FORFEIT_MISMATCH: row(
    409,
    "office",
    "The points that lapse are not those that the wallet holds",
    "失効に同意したポイントが、残っているポイントと一致しません",
  ),
  MYKEY_ID_TAKEN: row(
    409,
    "office",
    "Somebody in the network has this MyKey ID",
    "このマイキーＩＤはすでに使われています",
  ),
  UNKNOWN_MYKEY_ID: row(
    409,
    "office",
    "The municipality holds no such MyKey ID",
    "登録されていないマイキーＩＤです",
  ),
  CONTINUITY_UNPROVEN: row(
    409,
    "office",
    "Nothing proves that the new card is that of the wallet's holder",
    "新しいカードが同じ方のものであることを確認できません",
  ),
} as const;
