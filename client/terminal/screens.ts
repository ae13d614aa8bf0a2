/**
 * Every text that customers and clerks see. Japanese first; a customer is told no more than he needs, a clerk neither
 * balance nor name nor number of a card.
 */
import { ACCEPTED } from "../../ledger/block.ts";
import { FAULTS, isFaultCode } from "../../ledger/faults.ts";
import { serialOf } from "../vouchers/voucher-code.ts";
import type { Errand } from "./errand.ts";
import type { VoucherEnding } from "./redeem-voucher.ts";
import type { Ending, Stage, StageAt, StoppedBy } from "./session.ts";

/** One text in both languages. */
export interface Words {
  readonly ja: string;
  readonly en: string;
}

/** The shop as its customers know it. */
export interface Shop {
  readonly nameJa: string;
  readonly nameEn: string;
}

/** What one of the two sides sees: lines, the first of which is the headline. */
export type Screen = readonly Words[];

function words(ja: string, en: string): Words {
  return { ja, en };
}

/** Texts without figures; docs/terminal.ja.md and docs/terminal.md explain each of them. */
export const WORDS = {
  WELCOME: words("いらっしゃいませ", "Welcome"),
  CHECKING: words("準備しています", "One moment"),
  PLACE_CARD: words("カードを置いてください", "Place your card on the reader"),
  ENTER_PIN: words("暗証番号（4桁）を入力してください", "Enter your PIN (four digits)"),
  PIN_IS_FOUR_DIGITS: words("暗証番号は数字4桁です", "A PIN has four digits"),
  HOLD_CARD: words("カードを動かさないでください", "Do not move your card"),
  PIN_WRONG: words("暗証番号が違います", "The PIN is wrong"),
  TRY_AGAIN: words("もう一度入力しますか", "Try once more?"),
  WAIT_FOR_FATE: words(
    "支払いを確認しています。カードは取ってかまいません",
    "Checking the payment. You may take your card",
  ),
  WAIT_FOR_VISIT: words(
    "来場を確認しています。カードは取ってかまいません",
    "Checking you in. You may take your card",
  ),
  SLOW: words(
    "時間がかかっています。このままお待ちください",
    "It takes longer than usual. Please wait",
  ),
  PAID: words("支払いが完了しました", "Paid"),
  NOT_PAID: words("支払いは行われていません", "Nothing was paid"),
  VISITED: words("来場を受け付けました。ポイントが付きました", "Checked in. You got your points"),
  NOT_VISITED: words("来場は記録されていません", "You are not checked in"),
  TAKE_CARD: words("カードをお取りください", "Please take your card"),
  UNDECIDED: words(
    "支払いの結果を確認できていません。お店の方が確認します",
    "The payment is not decided yet. The shop finds out",
  ),
  VISIT_UNDECIDED: words(
    "来場の結果を確認できていません。係の方が確認します",
    "Whether you are checked in is not known yet. The desk finds out",
  ),
  CARD_REMOVED: words("カードが離れました", "The card was removed"),
  IDLE: words("操作がないため終了しました", "Ended, because nothing was entered"),
  CANCELLED: words("取り消しました", "Cancelled"),
  DECLINED: words("入力を終わりました", "No further try"),
  PIN_LAST_TRY: words(
    "暗証番号の入力はあと1回です。ロックを防ぐため、ここでは入力できません。市区町村の窓口でご確認ください",
    "Only one try is left for the PIN, which is not used up here. Please ask your municipal office",
  ),
  PIN_BLOCKED: words(
    "暗証番号がロックされています。市区町村の窓口で再設定できます",
    "The PIN is blocked. Your municipal office can reset it",
  ),
  NOT_A_MY_NUMBER_CARD: words("マイナンバーカードではありません", "This is not a My Number Card"),
  CERTIFICATE_EXPIRED: words(
    "カードの電子証明書の有効期限が切れています。市区町村の窓口で更新できます",
    "The card's certificate has expired. Your municipal office renews it",
  ),
  NOT_A_MEMBER: words(
    "このお店は商店街の会員の方だけにご利用いただけます。このカードでの会員登録を商店街の窓口でご確認ください",
    "This shop serves members of its street only. The street's desk can say whether this card is linked",
  ),
  CARD_UNUSABLE: words(
    "このカードは使えません。市区町村の窓口へお問い合わせください",
    "This card cannot be used. Please ask your municipal office",
  ),
  CARD_MUTE: words(
    "カードを読み取れません。向きを確かめてください",
    "The card cannot be read. Check which way it lies",
  ),
  ONE_CARD_ONLY: words("カードは1枚だけ置いてください", "Place one card only"),
  TERMINAL_UNUSABLE: words(
    "この端末はただいま使えません。お店の方にお知らせください",
    "This terminal cannot be used at the moment. Please tell the shop",
  ),
  OFFLINE: words(
    "台帳につながりません。少し待ってからお試しください",
    "The ledger is out of reach. Please wait a little and try again",
  ),
  // The clerk's side
  ENTER_AMOUNT: words(
    "金額（ポイント）を入力するか、ポイント券を読み取ってください",
    "Enter the amount (points), or scan a voucher",
  ),
  VOUCHER_TAKEN: words("ポイント券を受け取りました", "The voucher is taken"),
  VOUCHER_UNDECIDED: words(
    "ポイント券の結果を確認できていません。同じ券をもう一度読み取ると確認します",
    "The voucher is not decided yet. Scan the same one again to find out",
  ),
  VOUCHER_NOT_TAKEN: words("ポイント券は受け取れません", "The voucher is not taken"),
  AMOUNT_WRONG: words(
    "1 から 999,999,999 までの数字を入力してください",
    "Enter a number from 1 to 999,999,999",
  ),
  CUSTOMER_ACTS: words("お客様が操作しています", "It is the customer's turn"),
  SETTLING: words("支払いを確認しています", "Checking the payment"),
  RESUMED: words("前回の支払いを確認しています", "Finding out what became of the last payment"),
  DO_NOT_CHARGE_AGAIN: words(
    "結果がわかるまで、同じ会計をやり直さないでください。次の起動時に確認します",
    "Do not charge it again before the outcome is known. The next start finds out",
  ),
  NEXT_VISITOR: words("改行キーで次の方を受け付けます", "Press Enter for the next visitor"),
  SETTLING_VISIT: words("来場を確認しています", "Checking in"),
  RESUMED_VISIT: words("前回の来場を確認しています", "Finding out what became of the last visit"),
  VISIT_MAY_BE_REPEATED: words(
    "次の起動時に確認します。ポイントが二重に付くことはありません",
    "The next start finds out. Nobody gets the points twice",
  ),
  WAIT_FOR_REMOVAL: words(
    "お客様がカードを取るのを待っています",
    "Waiting for the card to be taken",
  ),
  CLOCK_WRONG: words(
    "この端末の時計がずれています。支払いには影響しません",
    "This computer's clock is wrong. Payments are not affected",
  ),
} as const satisfies { readonly [name: string]: Words };

/** An amount as people read it. */
export function amountWords(amountPt: number): Words {
  const text = `${amountPt.toLocaleString("en-US")}`;
  return words(`${text} ポイント`, `${text} points`);
}

/** How it went with a voucher. Paper has no holder to protect, so the clerk is told what is wrong with it. */
export function voucherScreen({ voucher, facePt, result }: VoucherEnding): Screen {
  const serial = serialOf(voucher);
  const number = words(`券番号 ${serial}`, `Number ${serial}`);
  if (result === ACCEPTED) return [WORDS.VOUCHER_TAKEN, amountWords(facePt), number];
  const reason = isFaultCode(result) ? FAULTS[result] : refusalWords(result);
  return [WORDS.VOUCHER_NOT_TAKEN, reason, number];
}

/** What is said of a payment and of a visit in words of its own. */
const WORDS_OF = {
  PAYMENT: {
    DONE: WORDS.PAID,
    NOT_DONE: WORDS.NOT_PAID,
    WAIT_FOR_FATE: WORDS.WAIT_FOR_FATE,
    UNDECIDED: WORDS.UNDECIDED,
    SETTLING: WORDS.SETTLING,
    RESUMED: WORDS.RESUMED,
    UNTIL_THEN: WORDS.DO_NOT_CHARGE_AGAIN,
  },
  VISIT: {
    DONE: WORDS.VISITED,
    NOT_DONE: WORDS.NOT_VISITED,
    WAIT_FOR_FATE: WORDS.WAIT_FOR_VISIT,
    UNDECIDED: WORDS.VISIT_UNDECIDED,
    SETTLING: WORDS.SETTLING_VISIT,
    RESUMED: WORDS.RESUMED_VISIT,
    UNTIL_THEN: WORDS.VISIT_MAY_BE_REPEATED,
  },
} as const satisfies { readonly [Kind in Errand["kind"]]: object };

/** What it is about: an amount, or an event and what it brings. */
function errandWords(errand: Errand): Screen {
  if (errand.kind === "PAYMENT") return [amountWords(errand.amountPt)];
  const { nameJa, nameEn, upToPt } = errand;
  const name = words(nameJa, nameEn);
  if (upToPt === null) return [name];
  const { ja, en } = amountWords(upToPt);
  // The caps of the event may leave less than a whole visit's worth.
  return [name, words(`${ja}（上限に近いときは少なくなります）`, `${en} (fewer near the limit)`)];
}

/** The customer's screen at a stage. */
export function customerScreen(stage: Stage, shop: Shop): Screen {
  const offer = [words(shop.nameJa, shop.nameEn), ...errandWords(stage.errand)];
  switch (stage.at) {
    case "CHECKING":
      return [...offer, WORDS.CHECKING];
    case "CARD":
      return [...offer, WORDS.PLACE_CARD];
    case "PIN":
      return [...offer, ...warnings(stage), WORDS.ENTER_PIN];
    case "SIGNING":
      return [WORDS.HOLD_CARD];
    case "AGAIN":
      return [WORDS.PIN_WRONG, triesWords(stage.card.triesLeft), WORDS.TRY_AGAIN];
    case "SETTLING":
      return [...offer, stage.isSlow ? WORDS.SLOW : WORDS_OF[stage.errand.kind].WAIT_FOR_FATE];
    case "OVER":
      return customerEnding(stage, shop);
  }
}

/** The clerk's screen at a stage. */
export function clerkScreen(stage: Stage): Screen {
  const [subject = WORDS.CHECKING] = errandWords(stage.errand);
  const own = WORDS_OF[stage.errand.kind];
  switch (stage.at) {
    case "CHECKING":
      return [subject, WORDS.CHECKING];
    case "SETTLING":
      return [subject, stage.isResumed ? own.RESUMED : stage.isSlow ? WORDS.SLOW : own.SETTLING];
    case "OVER":
      return [subject, ...clerkEnding(stage)];
    default:
      return [subject, WORDS.CUSTOMER_ACTS];
  }
}

function customerEnding({ errand, ending }: StageAt<"OVER">, shop: Shop): Screen {
  const own = WORDS_OF[errand.kind];
  switch (ending.kind) {
    case "PAID":
    case "VISITED":
      return [own.DONE, ...receiptLines(shop, errand, ending)];
    case "UNDECIDED":
      return [own.UNDECIDED];
    case "REFUSED":
      return [own.NOT_DONE, refusalWords(ending.code)];
    case "STOPPED":
      return [own.NOT_DONE, reasonWords(ending.by, ending.report?.code)];
  }
}

/** The same facts, but of what is wrong with a card the clerk hears only that it is the card. */
function clerkEnding({ errand, ending }: StageAt<"OVER">): Screen {
  const own = WORDS_OF[errand.kind];
  switch (ending.kind) {
    case "PAID":
    case "VISITED":
      return [own.DONE];
    case "UNDECIDED":
      return [own.UNDECIDED, own.UNTIL_THEN];
    case "REFUSED":
      return [own.NOT_DONE, refusalWords(ending.code)];
    case "STOPPED": {
      const reason = reasonWords(ending.by, ending.report?.code);
      return [own.NOT_DONE, OF_THE_PERSON.has(reason) ? WORDS.CARD_UNUSABLE : reason];
    }
  }
}

/** What the registry of faults tells a counter. */
function refusalWords(code: string): Words {
  return isFaultCode(code) ? FAULTS[code].counter : WORDS.CARD_UNUSABLE;
}

function reasonWords(by: StoppedBy, code: string | undefined): Words {
  if (by !== "FAILED") return WORDS[by];
  const known = code === undefined ? undefined : REASONS[code];
  if (known !== undefined) return known;
  return code !== undefined && isFaultCode(code) ? FAULTS[code].counter : WORDS.TERMINAL_UNUSABLE;
}

/** Codes of cards, certificates and the client that say something to the person with the card. */
const REASONS: { readonly [code: string]: Words } = {
  UNKNOWN_LINK: WORDS.NOT_A_MEMBER,
  LINK_SUSPENDED: WORDS.NOT_A_MEMBER,
  RENEWAL_REQUIRED: WORDS.NOT_A_MEMBER,
  PIN_LAST_TRY: WORDS.PIN_LAST_TRY,
  PIN_BLOCKED: WORDS.PIN_BLOCKED,
  NOT_A_JPKI_CARD: WORDS.NOT_A_MY_NUMBER_CARD,
  NO_AUTH_CERTIFICATE: WORDS.CARD_UNUSABLE,
  SIGN_REFUSED: WORDS.CARD_UNUSABLE,
  CERT_EXPIRED: WORDS.CERTIFICATE_EXPIRED,
  CERT_NOT_YET_VALID: WORDS.CARD_UNUSABLE,
  CERT_UNTRUSTED: WORDS.CARD_UNUSABLE,
  CERT_PROFILE: WORDS.CARD_UNUSABLE,
  CERT_MALFORMED: WORDS.CARD_UNUSABLE,
  CERT_TOO_LARGE: WORDS.CARD_UNUSABLE,
  CARD_MUTE: WORDS.CARD_MUTE,
  SEVERAL_CARDS: WORDS.ONE_CARD_ONLY,
  NODE_UNREACHABLE: WORDS.OFFLINE,
  OFFICE_UNREACHABLE: WORDS.OFFLINE,
};

/** What is between the customer and his municipality. */
const OF_THE_PERSON: ReadonlySet<Words> = new Set<Words>([
  WORDS.PIN_LAST_TRY,
  WORDS.PIN_BLOCKED,
  WORDS.CERTIFICATE_EXPIRED,
]);

/**
 * Whether a code is about the terminal or its connection, so that whoever repairs it may see it. What is wrong with a
 * card is between its holder and his municipality.
 */
export function isForRepair(code: string): boolean {
  const reason = reasonWords("FAILED", code);
  return reason === WORDS.TERMINAL_UNUSABLE || reason === WORDS.OFFLINE;
}

/** Whether a code says that the customer is no member of the street that a shop serves. */
export function isNoMember(code: string): boolean {
  return REASONS[code] === WORDS.NOT_A_MEMBER;
}

function warnings({ card, wasMalformed }: StageAt<"PIN">): Screen {
  return [
    ...(card.daysLeft === null ? [] : [daysWords(card.daysLeft)]),
    ...(wasMalformed ? [WORDS.PIN_IS_FOUR_DIGITS] : []),
    ...(card.triesLeft < 3 ? [triesWords(card.triesLeft)] : []),
  ];
}

function triesWords(triesLeft: number): Words {
  return words(`残り${triesLeft}回`, `Tries left: ${triesLeft}`);
}

function daysWords(daysLeft: number): Words {
  return words(
    `カードの電子証明書はあと${daysLeft}日で期限切れです。市区町村の窓口で更新できます`,
    `The card's certificate expires in ${daysLeft} days. Your municipal office renews it`,
  );
}

const JAPAN: Intl.DateTimeFormatOptions = {
  timeZone: "Asia/Tokyo",
  dateStyle: "medium",
  timeStyle: "short",
};

/** What a customer takes home: shop, amount or event, time, and the number by which anybody proves it. */
function receiptLines(
  shop: Shop,
  errand: Errand,
  { id, timestampMs }: Extract<Ending, { kind: "PAID" | "VISITED" }>,
): Screen {
  const at = (language: string) =>
    new Intl.DateTimeFormat(language, JAPAN).format(new Date(timestampMs));
  // Groups of four, as people compare numbers.
  const number = id.replaceAll(/(.{4})(?=.)/g, "$1 ");
  return [
    { ja: shop.nameJa, en: shop.nameEn },
    ...errandWords(errand),
    { ja: at("ja-JP"), en: at("en-GB") },
    { ja: `取引番号 ${number}`, en: `Transaction ${number}` },
    {
      ja: "この番号で、だれでもこの記録を確かめられます",
      en: "By this number anybody can check this entry",
    },
  ];
}
