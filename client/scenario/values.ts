/** The values of the domain as scenarios write them. */
import { type CivilDate, civilDate } from "../../contracts/fields/dates.ts";
import type {
  GRANT_CATEGORIES,
  LEGAL_CLASSES,
  MERCHANT_CATEGORIES,
} from "../../contracts/fields/fields.ts";
import { isMunicipalityCode } from "../../contracts/fields/municipality-code.ts";
import type { ExpiryRule } from "../../contracts/points/expiry-rule.ts";
import type { SERVICE_CATEGORIES } from "../../contracts/services/service.ts";
import { type FaultCode, isFaultCode } from "../../ledger/faults.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import type { WhichCard } from "./cast.ts";
import { oneOfWords, type Reader, scalar } from "./reader.ts";

/** What a date is called that never comes. */
export const NEVER = "never";

const DIGITS = /^(?:0|[1-9][0-9]{0,14})$/;

/** An amount in digits: points, or yen. Whether a rule takes it is for the rule to say. */
export const amount: Reader<number> = scalar(
  { ja: "0 以上の整数（数字だけ）", en: "a whole number in digits" },
  (text) => (DIGITS.test(text) && Number(text) <= ISSUED_PT_MAX ? Number(text) : null),
);

/** A share, in basis points: `1.5%` is 150. */
export const percent: Reader<number> = scalar(
  { ja: "割合（例 20%、1.5%）", en: "a share such as 20% or 1.5%" },
  (text) => {
    const [, whole = "", part = ""] = /^(0|[1-9][0-9]{0,3})(?:\.([0-9]{1,2}))?%$/.exec(text) ?? [];
    return whole === "" ? null : Number(whole) * 100 + Number(part.padEnd(2, "0"));
  },
);

/** A date of the calendar. */
export const date: Reader<CivilDate> = scalar(
  { ja: "暦にある日付（例 2026-11-01）", en: "a date of the calendar such as 2026-11-01" },
  (text) => (isDate(text) ? text : null),
);

/** A date, or the word for "never". */
export const dateOrNever: Reader<CivilDate | typeof NEVER> = scalar(
  { ja: "日付、または「なし」", en: 'a date, or "never"' },
  (text) => {
    if (isNever(text)) return NEVER;
    return isDate(text) ? text : null;
  },
);

/** A moment in Japan, ms since 1970: a date, at ten o'clock where no time is given. */
export const moment: Reader<number> = scalar(
  {
    ja: "日付と時刻（例 2026-11-01、2026-11-01 18:30）",
    en: "a date and time such as 2026-11-01 or 2026-11-01 18:30",
  },
  (text) => {
    const [day = "", time = "10:00", ...rest] = text.split(" ");
    const isTime = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/.test(time);
    return isDate(day) && isTime && rest.length === 0 ? Date.parse(`${day}T${time}+09:00`) : null;
  },
);

/** A code of ledger/faults.ts. */
export const faultCode: Reader<FaultCode> = scalar(
  { ja: "拒否の符号（docs/faults.md）", en: "a code of docs/faults.md" },
  (text) => (isFaultCode(text) ? text : null),
);

/** A municipality's six-digit code with its check digit. */
export const municipalityCode: Reader<string> = scalar(
  { ja: "検査数字の正しい六桁の団体コード", en: "a six-digit code with its check digit" },
  (text) => (isMunicipalityCode(text) ? text : null),
);

/** A short name that is safe in keys. */
export const shortId: Reader<string> = scalar(
  { ja: "英小文字・数字・ハイフン 32 字まで", en: "up to 32 of a-z, 0-9 and hyphen" },
  (text) => (/^[a-z0-9][a-z0-9-]{0,31}$/.test(text) ? text : null),
);

/** One of a resident's cards. */
export const whichCard: Reader<WhichCard> = oneOfWords([
  [{ ja: "今の", en: "present" }, "present"],
  [{ ja: "前の", en: "previous" }, "previous"],
] as const);

/** Yes or no. */
export const yesOrNo: Reader<boolean> = oneOfWords([
  [{ ja: "はい", en: "yes" }, true],
  [{ ja: "いいえ", en: "no" }, false],
] as const);

/** When points expire. */
export const expiryRule: Reader<ExpiryRule> = scalar(
  {
    ja: "なし | 日付 | 90日 | 翌年度末 | 付与時に指定",
    en: "never | a date | 90 days | end of next fiscal year | set at grant",
  },
  parseExpiry,
);

function parseExpiry(text: string): ExpiryRule | null {
  if (isNever(text)) return { kind: "NONE", date: null, days: null };
  if (isDate(text)) return { kind: "FIXED_DATE", date: text, days: null };
  const days = /^([1-9][0-9]{0,3})(?: days|日)$/.exec(text)?.[1];
  if (days !== undefined) return { kind: "DAYS_FROM_ISSUE", date: null, days: Number(days) };
  if (text === "翌年度末" || text === "end of next fiscal year") {
    return { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null };
  }
  const isSetAtGrant = text === "付与時に指定" || text === "set at grant";
  return isSetAtGrant ? { kind: "SET_AT_ISSUE", date: null, days: null } : null;
}

type GrantCategory = (typeof GRANT_CATEGORIES)[number];
type MerchantCategory = (typeof MERCHANT_CATEGORIES)[number];
type ServiceCategory = (typeof SERVICE_CATEGORIES)[number];
type LegalClass = (typeof LEGAL_CLASSES)[number];

/** What points are granted for, in Japanese. */
export const GRANT_CATEGORY_WORDS: Readonly<Record<GrantCategory, string>> = {
  CHILDCARE: "子育て支援",
  VOLUNTEER: "ボランティア",
  LONGEVITY: "長寿祝い",
  HEALTH: "健康増進",
  LEARNING: "生涯学習",
  EVENT: "イベント参加",
  ECONOMY: "地域経済",
  OTHER: "その他",
};

/** What points are granted for. */
export const grantCategory: Reader<GrantCategory> = ofCodes(GRANT_CATEGORY_WORDS);

/** What a shop is, in Japanese. */
export const MERCHANT_CATEGORY_WORDS: Readonly<Record<MerchantCategory, string>> = {
  SHOP: "商店",
  GROCERY: "食料品店",
  RESTAURANT: "飲食店",
  LODGING: "宿泊",
  TRANSPORT: "交通",
  MUSEUM: "美術館・博物館",
  LITERATURE_MUSEUM: "文学館",
  ZOO: "動物園",
  AQUARIUM: "水族館",
  GARDEN: "庭園",
  SPORTS: "スポーツ施設",
  COURSE: "講座",
  COMMUNITY_CENTER: "市民ひろば",
  CHILDCARE_FACILITY: "子育て支援施設",
  SENIOR_CENTER: "高齢者福祉センター",
  BICYCLE_PARKING: "駐輪場",
  OTHER: "その他",
};

/** What a shop is. */
export const merchantCategory: Reader<MerchantCategory> = ofCodes(MERCHANT_CATEGORY_WORDS);

/** What a service is about, in Japanese. */
export const SERVICE_CATEGORY_WORDS: Readonly<Record<ServiceCategory, string>> = {
  LIBRARY: "図書館",
  HOSPITAL: "公立病院",
  SPORTS: "スポーツ施設",
  MUSEUM: "美術館",
  LITERATURE_MUSEUM: "文学館",
  ZOO: "動物園",
  AQUARIUM: "水族館",
  GARDEN: "庭園",
  CHILDCARE: "子育て支援",
  CHILDCARE_FACILITY: "子育て支援施設",
  SENIOR_ACTIVITY: "元気度アップ",
  SENIOR_CENTER: "高齢者福祉センター",
  HEALTH: "健康増進",
  LEARNING: "生涯学習",
  COURSE: "講座",
  COMMUNITY_CENTER: "市民ひろば",
  GROUP: "団体",
  MEMBERSHIP: "会員",
  STREET_MEMBER: "商店街会員",
  RESIDENT_CARD: "区民カード",
  BICYCLE_PARKING: "駐輪場",
  TRANSPORT_DISCOUNT: "交通割引",
  OTHER: "その他",
};

/** What a service is about. */
export const serviceCategory: Reader<ServiceCategory> = ofCodes(SERVICE_CATEGORY_WORDS);

/** What points are under the Payment Services Act. */
export const legalClass: Reader<LegalClass> = ofCodes<LegalClass>({
  FREE: "無償",
  LOCAL_GOVERNMENT: "自治体発行",
  SHORT_TERM: "六か月以内",
  PREPAID: "前払式",
});

/** The ledger's own words, each with its Japanese one; the table is complete or it does not compile. */
function ofCodes<C extends string>(words: Readonly<Record<C, string>>): Reader<C> {
  const codes = Object.keys(words) as C[];
  return oneOfWords(codes.map((code) => [{ ja: words[code], en: code }, code] as const));
}

function isNever(text: string): boolean {
  return text === "なし" || text === NEVER;
}

function isDate(text: string): boolean {
  try {
    civilDate.fromJson(text);
    return true;
  } catch {
    return false;
  }
}
