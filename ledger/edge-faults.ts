import { row } from "./fault-row.ts";

/** What a node refuses at its edge. */
export const EDGE_FAULTS = {
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
  BODY_DROPPED: row(
    410,
    "office",
    "This member does not keep the transactions of that block: ask another",
    "この参加者はそのブロックの取引を保存していません。ほかの参加者にお問い合わせください",
  ),
  WITNESS_DESTROYED: row(
    410,
    "office",
    "What is private of that transaction is destroyed: only its own receipt shows it",
    "この取引の秘匿部分と署名は廃棄されました。内容を示せるのは手元の受領証だけです",
  ),
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
  ALGORITHM_NOT_ADMITTED: row(
    403,
    "card",
    "The rules in force do not take this algorithm from a signer of that kind",
    "現在の規則では、この署名方式は使えません",
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

  // The node
  QUORUM_AT_RISK: row(
    409,
    "office",
    "Afterwards the voting nodes in reach would be no majority; sign it with force if that is meant",
    "接続中の投票ノードが過半数に満たなくなります。意図した変更であれば強制の指定を付けて署名してください",
  ),
  BUSY: row(
    503,
    "busy",
    "Too much is waiting; try again after the time in Retry-After",
    "混雑しています",
  ),
  TOO_MANY_REQUESTS: row(
    429,
    "busy",
    "More requests in a short time than one caller may make; try again after the time in Retry-After",
    "短い時間に送られた要求が多すぎます",
  ),
  NO_LEADER: row(
    503,
    "away",
    "The network has no leader at the moment",
    "合意形成のリーダーが不在です",
  ),
  NOT_A_MEMBER: row(
    503,
    "away",
    "This node is not a member of the network, or not any more; ask another one",
    "このノードは現在ネットワークに参加していません",
  ),
  SHUTTING_DOWN: row(503, "away", "The node is stopping", "停止処理中です"),
  PENDING: row(202, "busy", "Not decided yet; ask for the transaction again", "処理中です"),
  INTERNAL: row(500, "office", "The node failed; the log has the reason", "内部エラーです"),

  // Offices that answer over HTTP
  REQUEST_UNSIGNED: row(
    401,
    "shop",
    "The request is not signed in the form that this service takes",
    "要求に必要な形式の署名がありません",
  ),
  REQUEST_STALE: row(
    401,
    "shop",
    "The request was signed too long ago, or ahead of this service's clock",
    "要求の署名の時刻が現在と離れています",
  ),
  REQUEST_REPEATED: row(
    409,
    "again",
    "The same signed request came before",
    "同じ署名の要求をすでに受け取っています",
  ),
  OFFICE_AWAY: row(
    503,
    "away",
    "Somebody whom this service has to ask gives no answer",
    "問い合わせ先から応答がありません",
  ),
} as const;
