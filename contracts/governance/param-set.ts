import { record, uint } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { addDays, civilDate } from "../fields/dates.ts";
import { PARAMETER, PARAMETERS, parameterName, parameterOn, withNext } from "./parameters.ts";

/** PARAM_SET: a parameter has another value from a date on. It takes the place of a change announced before. */
export const paramSet = defineTransaction({
  type: "PARAM_SET",
  since: 1,
  title: { ja: "規則の数値の変更", en: "Set a parameter" },
  summary: {
    ja: "期間などの規則の数値を、予告した日から変更します。予告は七日以上前に行います。",
    en: "Changes a number of the rules from a date on, announced at least seven days before.",
  },
  public: record({ parameter: parameterName, value: uint(), effectiveOn: civilDate }),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["PARAMETER_OUT_OF_RANGE", "NOTICE_TOO_SHORT"],
  keys: ({ public: { parameter } }) => [PARAMETER.key(parameter), PARAMETER.key("NOTICE_DAYS")],
  apply(view, { public: { parameter, value, effectiveOn } }, { today }) {
    const { min, max } = PARAMETERS[parameter];
    if (value < min || value > max) return "PARAMETER_OUT_OF_RANGE";
    const key = PARAMETER.key(parameter);
    const inForce = parameterOn(view, parameter, today);
    // Rule V1.
    if (parameter === "RULE_VERSION" && value !== inForce + 1) return "PARAMETER_OUT_OF_RANGE";
    const noticeDays = parameterOn(view, "NOTICE_DAYS", today);
    if (effectiveOn < addDays(today, noticeDays)) return "NOTICE_TOO_SHORT";
    view.put(key, withNext(view.get(key), { parameter, value, from: effectiveOn }, today));
    return [];
  },
});
