/** The form of a row in the registry of faults. */

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
  campaign: {
    ja: "この特典は、ただいま、またはこの市区町村では受けられません",
    en: "This offer is not open now, or not for residents of your municipality",
  },
  exhausted: {
    ja: "予定のポイントは配り終わりました",
    en: "All points of this event are given out",
  },
  visited: {
    ja: "このイベントのポイントは受け取り済みです",
    en: "You already have the points of this event",
  },
  away: {
    ja: "ただいま利用できません。少し待ってからお試しください",
    en: "Not available at the moment. Please wait a little and try again",
  },
} as const;

/** One row: HTTP status, may the same request succeed later, text for developers, text for the counter. */
export interface FaultRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly en: string;
  readonly ja: string;
  readonly counter: { readonly ja: string; readonly en: string };
}

/** A row of the registry. */
export function row(
  status: number,
  counter: keyof typeof COUNTER,
  en: string,
  ja: string,
): FaultRow {
  // 425 (RFC 8470, "too early"): the same bytes may be right when their time has come.
  const retryable = status === 503 || status === 429 || status === 425;
  return { status, retryable, en, ja, counter: COUNTER[counter] };
}
