import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { addDays, civilDate } from "../fields/dates.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { POINT_TYPE, WIND_DOWN } from "../state/state-records.ts";

/**
 * SCHEME_WIND_DOWN: a type of points ends. From now on none are granted; what residents hold can be spent up to the
 * announced day, and is swept afterwards (EXPIRE_SWEEP), whatever its own last day.
 */
export const schemeWindDown = defineTransaction({
  type: "SCHEME_WIND_DOWN",
  since: 1,
  title: { ja: "ポイント制度の終了", en: "Wind a scheme down" },
  summary: {
    ja: "ポイント種別の終了日を、六十日以上前に公表します。以後は付与せず、終了日までは利用できます。",
    en: "Announces, at least sixty days before, when a point type ends. None are granted from now on.",
  },
  public: record({ issuer: municipalityCode, pointType: shortName, endsOn: civilDate }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_POINT_TYPE", "SCHEME_ENDING", "NOTICE_TOO_SHORT"],
  keys: ({ public: { issuer, pointType } }) => [
    POINT_TYPE.key(issuer, pointType),
    WIND_DOWN.key(issuer, pointType),
    PARAMETER.key("WIND_DOWN_DAYS"),
  ],
  apply(view, { public: { issuer, pointType, endsOn } }, { today }) {
    if (view.get(POINT_TYPE.key(issuer, pointType)) === null) return "UNKNOWN_POINT_TYPE";
    const key = WIND_DOWN.key(issuer, pointType);
    const announced = view.get(key);
    // Once announced, the end may be put off, never brought forward.
    if (announced !== null && endsOn <= announced.endsOn) return "SCHEME_ENDING";
    const noticeDays = parameterOn(view, "WIND_DOWN_DAYS", today);
    if (endsOn < addDays(today, noticeDays)) return "NOTICE_TOO_SHORT";
    view.put(key, { endsOn });
    return [];
  },
});
