import { row } from "./fault-row.ts";

/** What auditors, followers and holders of receipts find wrong with a chain. */
export const CHAIN_FAULTS = {
  RULES_UNKNOWN: row(
    503,
    "office",
    "The consortium has put rules in force that this program does not know: install the newer version",
    "このプログラムが知らない版の規則が施行されています。新しい版を導入してください",
  ),
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
  EVIDENCE_INVALID: row(
    422,
    "office",
    "Evidence does not prove what it should",
    "不正行為の証拠が成り立ちません",
  ),
  NO_CONFLICT: row(
    422,
    "office",
    "The chains do not contradict each other",
    "二つの台帳は矛盾していません",
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
} as const;
