import { statusWordText } from "./status-words.ts";

/** What a card session was doing when the card gave an answer outside the known ones. */
export type CardStep = "SELECT_EF" | "READ_CERTIFICATE" | "QUERY_TRIES" | "VERIFY_PIN" | "SIGN";

/** Why a PIN was not accepted. */
export type PinFault =
  /** The card compared it and refused; `triesLeft` is at least 1. */
  | { readonly code: "PIN_WRONG"; readonly triesLeft: number }
  /** One try is left, so the PIN was not sent: a shop must not be where a card gets blocked. */
  | { readonly code: "PIN_LAST_TRY" }
  /** No try is left; only a municipal office can unblock the PIN. */
  | { readonly code: "PIN_BLOCKED" }
  /** Not four digits, so it was not sent and no try was spent. */
  | { readonly code: "PIN_MALFORMED" };

/** What keeps a client from a card at all, from the computer's side to the card's. */
export type ReaderFault =
  /** The PC/SC library was not there when the client was built, or is not there now. */
  | { readonly code: "PCSC_NOT_INSTALLED" }
  /** The smart-card service, pcscd, is not running or went away. */
  | { readonly code: "PCSC_NOT_RUNNING" }
  /** The service does not let this user at the readers. */
  | { readonly code: "PCSC_ACCESS_DENIED" }
  /** No reader is connected. */
  | { readonly code: "NO_READER" }
  /** No reader has that name. */
  | { readonly code: "READER_NOT_FOUND"; readonly reader: string }
  /** The reader was unplugged; the session is over. */
  | { readonly code: "READER_REMOVED" }
  /** The reader or its driver failed; the cause is kept, and the session is over. */
  | { readonly code: "READER_FAILED" }
  /** No card is on the reader. */
  | { readonly code: "NO_CARD" }
  /** More than one reader holds a card, and none was named. */
  | { readonly code: "SEVERAL_CARDS"; readonly readers: readonly string[] }
  /** Another program holds the card. */
  | { readonly code: "CARD_IN_USE" }
  /** The chip does not answer: upside down, dirty, or no chip card. */
  | { readonly code: "CARD_MUTE" };

/** Everything that can go wrong between a client and a card: code and facts. */
export type CardFault =
  | PinFault
  /** The card wants the PIN first. */
  | { readonly code: "PIN_REQUIRED" }
  /** The card left the reader; the session is over and whether the last command ran is unknown. */
  | { readonly code: "CARD_REMOVED" }
  | ReaderFault
  /** The session was ended by `disconnect`. */
  | { readonly code: "SESSION_ENDED" }
  /** The card has no JPKI application. */
  | { readonly code: "NOT_A_JPKI_CARD"; readonly statusWord: number }
  /** The card carries no user-authentication certificate. */
  | { readonly code: "NO_AUTH_CERTIFICATE"; readonly statusWord: number }
  /** The card would not sign. */
  | { readonly code: "SIGN_REFUSED"; readonly statusWord: number }
  /** An answer that no survey of the card has shown; `statusWord` is absent when it had none. */
  | {
      readonly code: "CARD_UNEXPECTED_ANSWER";
      readonly step: CardStep;
      readonly statusWord?: number;
    }
  /** A software card's file is not what `saveSoftwareCard` writes. */
  | { readonly code: "CARD_FILE_MALFORMED"; readonly what: string };

/** A fault's text for people: English and Japanese. */
export interface FaultText {
  readonly en: string;
  readonly ja: string;
}

/** Carries a `CardFault`; where a lower layer failed, that error is the `cause`. */
export class CardError extends Error {
  /** The code and its facts. */
  readonly fault: CardFault;

  constructor(fault: CardFault, options?: ErrorOptions) {
    super(cardFaultText(fault).en, options);
    this.name = "CardError";
    this.fault = fault;
  }

  /** The fault's code, where Node's own errors have it. */
  get code(): CardFault["code"] {
    return this.fault.code;
  }
}

type TextOf = {
  readonly [Code in CardFault["code"]]: (fault: Extract<CardFault, { code: Code }>) => FaultText;
};

const TEXTS: TextOf = {
  PIN_WRONG: ({ triesLeft }) => ({
    en: `The PIN is wrong. Tries left: ${triesLeft}.`,
    ja: `暗証番号が違います。残り${triesLeft}回です。`,
  }),
  PIN_LAST_TRY: () => ({
    en: "Only one try is left for the PIN. Ask at the municipal office before trying again.",
    ja: "暗証番号の入力はあと1回です。ロックを防ぐため、ここでは入力できません。市区町村の窓口でご確認ください。",
  }),
  PIN_BLOCKED: () => ({
    en: "The PIN is blocked. The municipal office can reset it.",
    ja: "暗証番号がロックされています。市区町村の窓口で再設定してください。",
  }),
  PIN_MALFORMED: () => ({
    en: "The PIN has four digits.",
    ja: "暗証番号は数字4桁です。",
  }),
  PIN_REQUIRED: () => ({
    en: "The PIN has to be entered first.",
    ja: "先に暗証番号を入力してください。",
  }),
  CARD_REMOVED: () => ({
    en: "The card was removed. Place it on the reader again.",
    ja: "カードが離れました。もう一度カードを置いてください。",
  }),
  SESSION_ENDED: () => ({
    en: "The card session is over. Start again.",
    ja: "カードの利用は終了しています。最初からやり直してください。",
  }),
  PCSC_NOT_INSTALLED: () => ({
    en: "Card readers need PC/SC: install pcscd and libpcsclite-dev, then run `npm run build`.",
    ja: "カードリーダーには PC/SC が必要です。pcscd と libpcsclite-dev をインストールし、npm run build を実行してください。",
  }),
  PCSC_NOT_RUNNING: () => ({
    en: "The smart-card service is not running. Install pcscd, or start it: sudo systemctl start pcscd.socket",
    ja: "スマートカードサービスが動いていません。pcscd をインストールするか、起動してください: sudo systemctl start pcscd.socket",
  }),
  PCSC_ACCESS_DENIED: () => ({
    en: "The smart-card service does not let this user at the readers. Ask whoever set up this computer.",
    ja: "このユーザーはカードリーダーを使えません。パソコンの管理者に相談してください。",
  }),
  NO_READER: () => ({
    en: "No card reader is connected. Plug it in.",
    ja: "カードリーダーがつながっていません。接続してください。",
  }),
  READER_NOT_FOUND: ({ reader }) => ({
    en: `No reader is named "${reader}". \`card readers\` lists those that are there.`,
    ja: `「${reader}」というカードリーダーはありません。card readers で一覧を見てください。`,
  }),
  READER_REMOVED: () => ({
    en: "The card reader was unplugged. Plug it in and start again.",
    ja: "カードリーダーが外れました。つなぎ直して、最初からやり直してください。",
  }),
  NO_CARD: () => ({
    en: "No card is on the reader. Place it there.",
    ja: "カードがありません。カードリーダーに置いてください。",
  }),
  SEVERAL_CARDS: ({ readers }) => ({
    en: `Cards are on several readers; choose one with --reader: ${readers.join(", ")}.`,
    ja: `複数のカードがあります。--reader で選んでください: ${readers.join("、")}`,
  }),
  CARD_IN_USE: () => ({
    en: "Another program is using the card. Close it, or take the card off and place it again.",
    ja: "ほかのソフトがカードを使っています。終了するか、カードを置き直してください。",
  }),
  CARD_MUTE: () => ({
    en: "The card does not answer. Check which way it lies and place it again.",
    ja: "カードが応答しません。向きを確かめて、置き直してください。",
  }),
  READER_FAILED: () => ({
    en: "The card reader failed. Check its connection.",
    ja: "カードリーダーでエラーが起きました。接続を確認してください。",
  }),
  NOT_A_JPKI_CARD: () => ({
    en: "This is not a My Number Card.",
    ja: "マイナンバーカードではありません。",
  }),
  NO_AUTH_CERTIFICATE: () => ({
    en: "The card carries no user-authentication certificate.",
    ja: "利用者証明用電子証明書が入っていません。",
  }),
  SIGN_REFUSED: ({ statusWord }) => ({
    en: `The card refused to sign (${statusWordText(statusWord)}).`,
    ja: `カードで署名できませんでした(${statusWordText(statusWord)})。`,
  }),
  CARD_UNEXPECTED_ANSWER: ({ step, statusWord }) => {
    const answer = statusWord === undefined ? "-" : statusWordText(statusWord);
    return {
      en: `The card gave an unexpected answer (${step}, ${answer}).`,
      ja: `カードから想定外の応答がありました(${step}、${answer})。`,
    };
  },
  CARD_FILE_MALFORMED: ({ what }) => ({
    en: `The software card's file cannot be used: ${what}.`,
    ja: `ソフトウェアカードのファイルを読み込めません: ${what}`,
  }),
};

/** The text for people; programs use the code. */
export function cardFaultText(fault: CardFault): FaultText {
  const text = TEXTS[fault.code] as (of: CardFault) => FaultText;
  return text(fault);
}
