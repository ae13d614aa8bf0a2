/**
 * What can go wrong on the client's side of the line: files, processes, connections. What a node or a
 * rule of the ledger refuses is a `LedgerFault`, what a card refuses a `CardError`; the three have
 * codes that never overlap.
 */
import type { FaultText } from "./card/card-faults.ts";

/** Every fault of the client: what happened, as a code, with its text. */
export const CLIENT_FAULTS = {
  USAGE: { en: "The command line is wrong", ja: "コマンドの書き方が正しくありません" },
  FILE_UNREADABLE: { en: "A file cannot be read", ja: "ファイルを読めません" },
  FILE_UNWRITABLE: { en: "A file cannot be written", ja: "ファイルに書けません" },
  FILE_EXISTS: {
    en: "It is already there and is not overwritten",
    ja: "すでに存在するため上書きしません",
  },
  FILE_MALFORMED: { en: "A file is not what it should be", ja: "ファイルの内容が正しくありません" },
  NODE_UNREACHABLE: { en: "The node does not answer", ja: "ノードが応答しません" },
  NODE_ANSWER_INVALID: {
    en: "The node's answer is not what the API promises",
    ja: "ノードの応答が規定どおりではありません",
  },
  WRONG_RECEIPT: {
    en: "The node's receipt does not prove what the node answered",
    ja: "ノードの受領証が応答を証明していません",
  },
  WRONG_CERTIFICATE: {
    en: "The node's certificate does not prove the end of its chain",
    ja: "ノードの証明が台帳の末尾を証明していません",
  },
  UNDECIDED: {
    en: "Not decided yet; send the same file again",
    ja: "まだ確定していません。同じファイルをもう一度送ってください",
  },
  OTHER_TRANSACTION: {
    en: "The files are not copies of one transaction",
    ja: "ファイルが同じ取引の写しではありません",
  },
  MEMBERSHIP_WAITS: {
    en: "The change of membership is not done yet",
    ja: "ノードの変更がまだ終わっていません",
  },
  NODE_EXITED: { en: "A node process ended", ja: "ノードのプロセスが終了しました" },
  NOT_READY: { en: "A node did not become ready", ja: "ノードの準備が完了しませんでした" },
  OTHER_SIZE: {
    en: "The network in that folder has another number of nodes",
    ja: "そのフォルダーのネットワークはノードの数が違います",
  },
  NO_FREE_PORT: { en: "No free port was found", ja: "空いているポートがありません" },
  VPCD_UNREACHABLE: {
    en: "No virtual reader (pcscd with vpcd) answers there",
    ja: "仮想カードリーダー（pcscd と vpcd）が応答しません",
  },
  PIN_ENTRY_ENDED: {
    en: "No PIN was entered",
    ja: "暗証番号が入力されませんでした",
  },
  SHARES_MISMATCH: {
    en: "These shares do not open the sealed secret: too few, altered, or given out before newer ones",
    ja: "この分散鍵では開けません。数が足りないか、内容が変わったか、古いものです",
  },
  OFFICE_UNREACHABLE: {
    en: "The municipality's service does not answer",
    ja: "市区町村のサービスが応答しません",
  },
  // A partner's desk
  COMPANY_UNREACHABLE: {
    en: "The company's own system does not answer",
    ja: "会社のシステムが応答しません",
  },
  COMPANY_ANSWER_INVALID: {
    en: "The company's own system does not answer what was asked; nothing was confirmed",
    ja: "会社のシステムの応答が問い合わせと合いません。交換は確定していません",
  },
  PARTNER_IN_USE: {
    en: "Another process works in that folder",
    ja: "このフォルダーでは別のプロセスが動いています",
  },
  // The terminal
  TERMINAL_IN_USE: {
    en: "The terminal is already running",
    ja: "この端末はすでに動いています",
  },
  OTHER_NETWORK: {
    en: "The node belongs to another network",
    ja: "ノードが別のネットワークのものです",
  },
  JOURNAL_DAMAGED: {
    en: "The payment that was under way cannot be read; ask the office before taking another one",
    ja: "途中の支払いの記録を読めません。次の支払いを受ける前に担当窓口へお問い合わせください",
  },
  NOT_A_PAYMENT: {
    en: "The transaction with that number is no payment",
    ja: "その番号の取引は支払いではありません",
  },
  PREVIOUS_PAYMENT: {
    en: "An earlier payment was found and settled; look at it, then start again if it is still needed",
    ja: "前回の支払いを確認しました。内容を見て、必要であればもう一度始めてください",
  },
  CERTIFICATE_REFUSED: {
    en: "The card's certificate is not accepted",
    ja: "カードの証明書が受け付けられません",
  },
  STATUS_SOURCE_MALFORMED: {
    en: "What came is no list of revoked certificates and no answer about one",
    ja: "失効リストまたは照会の応答として読めません",
  },
  STATUS_SOURCE_UNTRUSTED: {
    en: "The list or answer is not signed by an authority that is trusted",
    ja: "失効リストまたは照会の応答が、信頼する認証局のものではありません",
  },
  STATUS_SOURCE_NOT_CURRENT: {
    en: "The list or answer is not in force now",
    ja: "失効リストまたは照会の応答が、現在有効なものではありません",
  },
  STATUS_SOURCE_UNSUPPORTED: {
    en: "The list speaks of less or of more than is understood here",
    ja: "対応していない形式の失効リストです",
  },
  STATUS_SOURCE_UNREACHABLE: {
    en: "The issuer's service gives no answer",
    ja: "認証局の照会サービスから応答がありません",
  },
  POINTS_LEFT: {
    en: "The wallet holds another number of points than the resident gives up",
    ja: "残っているポイントが、本人が確認した数と一致しません",
  },
  MYKEY_ID_REFUSED: {
    en: "This cannot be a MyKey ID: choose another text, without numbers that say who you are",
    ja: "このマイキーIDは使えません。個人番号や生年月日ではない、別の文字列を選んでください",
  },
  VOUCHER_CODE_WRONG: {
    en: "This is not the code of a voucher; scan it again, or compare what was typed",
    ja: "ポイント券のコードとして読めません。もう一度読み取るか、入力を確かめてください",
  },
  // A facility's register of members
  LINK_UNPROVEN: {
    en: "The file does not prove that a facility holds this of its member",
    ja: "施設の登録を証明するファイルとして成り立ちません",
  },
  LINK_OF_OTHER: {
    en: "The proof is about the holder of another card",
    ja: "別のカードの持ち主についての証明です",
  },
  MEMBER_UNKNOWN: {
    en: "There is no such member",
    ja: "その利用者は登録されていません",
  },
  MEMBER_KNOWN: {
    en: "The card is already that of another member's number",
    ja: "このカードは別の利用者番号で登録されています",
  },
  MEMBER_UNCOMMITTED: {
    en: "The ledger does not hold a root with this member yet: commit first",
    ja: "この利用者を含む要約がまだ台帳にありません。先に要約を記録してください",
  },
  AUDIT_FAILED: {
    en: "The downloaded ledger is not right; audit verify says more",
    ja: "ダウンロードした台帳が正しくありません",
  },
  BATCH_NOT_OWED: {
    en: "There is no such batch, or nothing of it is owed",
    ja: "支払うべき精算がありません",
  },
  ACCOUNT_MISSING: {
    en: "A merchant's bank account is missing",
    ja: "加盟店の振込先口座がありません",
  },
  NAME_UNWRITABLE: {
    en: "A name is too long or holds characters that a bank file does not take; write it in kana",
    ja: "銀行のファイルに書けない名義です。カナで、字数の範囲で書いてください",
  },
  BANK_FILE_MISMATCH: {
    en: "A bank file does not belong to the batch",
    ja: "銀行のファイルが精算と一致しません",
  },
  // Bulk grants
  GRANT_LIST_MALFORMED: {
    en: "The list of grants cannot be read",
    ja: "付与の名簿を読めません",
  },
  GRANT_LINES_WRONG: {
    en: "Lines of the list are wrong; the result file says which",
    ja: "名簿に誤りのある行があります。結果のファイルを見てください",
  },
  GRANT_LIST_KNOWN: {
    en: "This list was granted already; repeat it only on purpose",
    ja: "この名簿はすでに付与に使われています。もう一度付与するときだけ、その旨を指定してください",
  },
  GRANT_DAY_PAST: {
    en: "The day of the grant is over; prepare it again",
    ja: "付与の日を過ぎています。もう一度作成してください",
  },
  GRANTS_MISMATCH: {
    en: "The import is not what the officer expects",
    ja: "付与の内容が、確認した内容と一致しません",
  },
  DEMO_FAILED: {
    en: "The demonstration did not show what it promises",
    ja: "デモが約束した結果になりませんでした",
  },
  SET_UP_MALFORMED: {
    en: "The file with what a municipality sets up cannot be read",
    ja: "開設の内容を書いたファイルの書き方が正しくありません",
  },
  SET_UP_DIFFERS: {
    en: "The file says something else than what is there already",
    ja: "ファイルの内容が、すでにある内容と一致しません",
  },
  SET_UP_UNSIGNED: {
    en: "The clerk signs first",
    ja: "先に担当者が署名してください",
  },
  COMPANY_UNKNOWN: {
    en: "The ledger knows no company of that name",
    ja: "その企業は台帳に登録されていません",
  },
  SCENARIO_MALFORMED: {
    en: "A scenario cannot be read",
    ja: "シナリオの書き方が正しくありません",
  },
  NODES_DIFFER: {
    en: "The nodes hold something else than the same rules give here",
    ja: "同じ規則をここで実行した結果と、ノードの内容が一致しません",
  },
  STEP_IMPOSSIBLE: {
    en: "The step of the scenario cannot be done here",
    ja: "シナリオのこの手順はここではできません",
  },
  SYSTEM_REFUSED: {
    en: "The operating system refused",
    ja: "オペレーティングシステムが拒否しました",
  },
  INTERNAL_ERROR: {
    en: "A defect of this program; --debug shows where",
    ja: "プログラムの不具合です（--debug で場所を表示）",
  },
} as const satisfies Record<string, FaultText>;

/** A code of the client. */
export type ClientFaultCode = keyof typeof CLIENT_FAULTS;

/** What is particular to this occurrence. */
export type ClientFacts = { readonly [name: string]: string | number | boolean };

/** Facts, and the error that led here, if one did. */
type ClientDetails = { readonly [name: string]: unknown };

/** Carries a client fault, as `LedgerFault` carries one of the ledger. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientFaultCode;
  readonly facts: ClientFacts;

  constructor(code: ClientFaultCode, details: ClientDetails = {}) {
    const { cause, ...facts } = details;
    super(CLIENT_FAULTS[code].en, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts as ClientFacts;
  }
}
