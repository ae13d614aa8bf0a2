import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { addDays, civilDate } from "../fields/dates.ts";
import { shortName } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { rateOn } from "./conversion-rate.ts";
import { CONVERSION_RATE, PARTNER, rateFields } from "./conversion-records.ts";

/** CONVERSION_RATE_SET: what a company's units are worth. The first rate counts at once, later ones are announced. */
export const conversionRateSet = defineTransaction({
  type: "CONVERSION_RATE_SET",
  since: 1,
  title: { ja: "交換率の設定", en: "Set a conversion rate" },
  summary: {
    ja: "企業のポイントの交換単位、交換率、最低数、一回の上限を定めます。変更は七日以上前に予告します。",
    en: "The step, the worth, the minimum and the cap of a company's units. Changes are announced a week before.",
  },
  public: record({ partner: shortName, ...rateFields, effectiveOn: civilDate }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("partner"),
  faults: ["UNKNOWN_PARTNER", "NOTICE_TOO_SHORT"],
  keys: ({ public: { partner } }) => [
    PARTNER.key(partner),
    CONVERSION_RATE.key(partner),
    PARAMETER.key("NOTICE_DAYS"),
  ],
  apply(view, { public: { partner, effectiveOn, ...rate } }, { today }) {
    if (view.get(PARTNER.key(partner)) === null) return "UNKNOWN_PARTNER";
    const key = CONVERSION_RATE.key(partner);
    const before = view.get(key);
    if (before === null) {
      if (effectiveOn !== today) return "NOTICE_TOO_SHORT";
      view.put(key, { current: rate, next: null });
      return [];
    }
    const noticeDays = parameterOn(view, "NOTICE_DAYS", today);
    if (effectiveOn < addDays(today, noticeDays)) return "NOTICE_TOO_SHORT";
    view.put(key, { current: rateOn(before, today), next: { rate, from: effectiveOn } });
    return [];
  },
});
