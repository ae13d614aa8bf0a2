/**
 * The one registry of faults: what can be wrong with something that came from outside.
 *
 * Codes are a promise: programs act on them, and they are never reused (a retired code stays listed).
 * Texts are for people and may be improved. `docs/faults.md` is held equal to this file by a test.
 * A programmer's error is not a fault: it is a `TypeError`, `RangeError` or failed assertion.
 */

/** What a resident or clerk at a counter is told: no more than is needed to go on. */
const COUNTER = {
  again: { ja: "もう一度お試しください", en: "Please try again" },
  card: {
    ja: "このカードは使えません。市区町村の窓口へお問い合わせください",
    en: "This card cannot be used. Please ask your municipal office",
  },
  shop: {
    ja: "この端末では利用できません。お店の方にお知らせください",
    en: "This terminal cannot be used. Please tell the shop",
  },
  balance: { ja: "ポイントが足りません", en: "Not enough points" },
  office: {
    ja: "受け付けられませんでした。担当窓口へお問い合わせください",
    en: "Not accepted. Please ask the office in charge",
  },
  busy: {
    ja: "混み合っています。少し待ってからお試しください",
    en: "Busy. Please wait a little and try again",
  },
  away: {
    ja: "ただいま利用できません。少し待ってからお試しください",
    en: "Not available at the moment. Please wait a little and try again",
  },
} as const;

/** One row: HTTP status, may the same request succeed later, text for developers, text for the counter. */
interface FaultRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly en: string;
  readonly ja: string;
  readonly counter: { readonly ja: string; readonly en: string };
}

function row(status: number, counter: keyof typeof COUNTER, en: string, ja: string): FaultRow {
  // 425 (RFC 8470, "too early"): the same bytes may be right when their time has come.
  const retryable = status === 503 || status === 429 || status === 425;
  return { status, retryable, en, ja, counter: COUNTER[counter] };
}

/** Every fault code. */
export const FAULTS = {
  // What arrives at the edge
  MALFORMED: row(
    400,
    "office",
    "The bytes are not the canonical encoding of anything",
    "符号化の形式が正しくありません",
  ),
  INVALID_FIELD: row(
    400,
    "office",
    "A field has a value that its schema does not allow",
    "項目の値が正しくありません",
  ),
  TOO_LARGE: row(413, "office", "Larger than the limit", "大きさの上限を超えています"),
  NOT_FOUND: row(404, "office", "There is no such thing", "見つかりません"),
  BODY_DROPPED: row(410, "office", "Not kept by this member: ask another", "保存していません"),
  METHOD_NOT_ALLOWED: row(
    405,
    "office",
    "This address does not take that method",
    "この操作は許可されていません",
  ),
  UNSUPPORTED_MEDIA_TYPE: row(
    415,
    "office",
    "The body must be application/cbor or application/json",
    "本文の形式に対応していません",
  ),
  UNKNOWN_TYPE: row(
    400,
    "office",
    "There is no such transaction type under the rules in force",
    "取引の種類が不明です",
  ),
  WRONG_NETWORK: row(400, "office", "Made for another network", "別のネットワーク向けの取引です"),

  // Signatures and time
  SIGNATURE_INVALID: row(400, "card", "A signature does not verify", "署名が正しくありません"),
  SIGNER_MISSING: row(403, "office", "A required signature is missing", "必要な署名がありません"),
  SIGNER_UNEXPECTED: row(
    403,
    "office",
    "A signature is there that this transaction does not take",
    "不要な署名が付いています",
  ),
  SIGNER_NOT_AUTHORISED: row(
    403,
    "office",
    "The key may not sign this for that organisation",
    "この鍵には署名の権限がありません",
  ),
  SAME_SIGNER: row(403, "office", "Two different persons must sign", "別の二人の署名が必要です"),
  VALIDITY_TOO_LONG: row(
    400,
    "again",
    "notAfter is too far after createdAt",
    "有効時間が長すぎます",
  ),
  EXPIRED: row(409, "again", "notAfter had passed", "有効期限を過ぎています"),
  NOT_YET_VALID: row(
    425,
    "again",
    "createdAt is ahead of the ledger's clock",
    "作成時刻が未来です",
  ),
  DUPLICATE_ID: row(
    409,
    "again",
    "The id already belongs to another transaction",
    "同じ番号の別の取引があります",
  ),

  // Governance
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

  // The node
  BUSY: row(
    503,
    "busy",
    "Too much is waiting; try again after the time in Retry-After",
    "混雑しています",
  ),
  NO_LEADER: row(
    503,
    "away",
    "The network has no leader at the moment",
    "合意形成のリーダーが不在です",
  ),
  SHUTTING_DOWN: row(503, "away", "The node is stopping", "停止処理中です"),
  PENDING: row(202, "busy", "Not decided yet; ask for the transaction again", "処理中です"),
  INTERNAL: row(500, "office", "The node failed; the log has the reason", "内部エラーです"),

  // Chain verification (auditor, followers, receipts)
  GENESIS_MISMATCH: row(
    422,
    "office",
    "The genesis is not the one of this chain",
    "ジェネシス（ネットワークの起点定義）が一致しません",
  ),
  HEIGHT_MISMATCH: row(422, "office", "The height does not follow", "高さが連続していません"),
  PREVIOUS_HASH_MISMATCH: row(
    422,
    "office",
    "The link to the block before is broken",
    "前のブロックとつながりません",
  ),
  TERM_REGRESSION: row(422, "office", "The term is lower than before", "任期が後退しています"),
  TIMESTAMP_INVALID: row(
    422,
    "office",
    "The timestamp goes back or is too far ahead",
    "時刻が正しくありません",
  ),
  MEMBERSHIP_MISMATCH: row(
    422,
    "office",
    "Another membership than the one in force",
    "参加ノードの構成が一致しません",
  ),
  MEMBERSHIP_CHANGE_INVALID: row(
    422,
    "office",
    "Not the change of membership that the chain asks for",
    "参加ノードの構成の変更が台帳の定めと一致しません",
  ),
  PROPOSER_UNKNOWN: row(
    422,
    "office",
    "The proposer is no voter",
    "提案者が投票権を持つ参加ノードではありません",
  ),
  PROPOSAL_SIGNATURE_INVALID: row(
    422,
    "office",
    "The proposer's signature does not verify",
    "提案者の署名が正しくありません",
  ),
  CONTROL_HASH_MISMATCH: row(
    422,
    "office",
    "The control part is not the one of the header",
    "制御部がヘッダーと一致しません",
  ),
  TRANSACTIONS_ROOT_MISMATCH: row(
    422,
    "office",
    "The transactions are not those of the header",
    "取引がヘッダーと一致しません",
  ),
  RESULTS_ROOT_MISMATCH: row(
    422,
    "office",
    "Re-execution gives other results",
    "再実行の結果が一致しません",
  ),
  STATE_ROOT_MISMATCH: row(
    422,
    "office",
    "Re-execution gives another state",
    "再実行後の状態が一致しません",
  ),
  HISTORY_ROOT_MISMATCH: row(
    422,
    "office",
    "The history tree is another one",
    "履歴ツリーが一致しません",
  ),
  DUPLICATE_IN_BLOCK: row(
    422,
    "office",
    "A block repeats a transaction id",
    "ブロック内で取引番号が重複しています",
  ),
  CERTIFICATE_INVALID: row(
    422,
    "office",
    "A certificate does not prove what it should",
    "証明書（投票）が正しくありません",
  ),
  CERTIFICATE_MISSING: row(
    422,
    "office",
    "No certificate covers the height",
    "証明書（投票）がありません",
  ),
  LEADER_CERTIFICATE_INVALID: row(
    422,
    "office",
    "A term begins without a proof of its leader's election",
    "選出の証明が正しくありません",
  ),
  PATH_INVALID: row(
    422,
    "office",
    "A path does not lead to its root",
    "証明の経路が正しくありません",
  ),
  INVARIANT_BROKEN: row(
    422,
    "office",
    "An invariant of the accounts is broken",
    "勘定の不変条件が破れています",
  ),
} as const satisfies Record<string, FaultRow>;

/** A code of the registry. */
export type FaultCode = keyof typeof FAULTS;

/** What is particular to this occurrence, for programs and logs. Never personal data. */
export type FaultFacts = { readonly [name: string]: string | number | boolean };

/** Facts, and the error that led here, if one did. */
type FaultDetails = { readonly [name: string]: unknown };

/** True when the text is a code of the registry. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}

/** The one class that carries a fault; programs look at `code` and `facts`, people read `message`. */
export class LedgerFault extends Error {
  override readonly name = "LedgerFault";
  readonly code: FaultCode;
  readonly facts: FaultFacts;

  constructor(code: FaultCode, details: FaultDetails = {}) {
    const { cause, ...facts } = details;
    const said = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
    super(
      `${code}: ${FAULTS[code].en}${said.length > 0 ? ` (${said.join(", ")})` : ""}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.facts = facts as FaultFacts;
  }
}
