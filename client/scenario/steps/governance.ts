/** What the governing organisations decide together. */
import { PARAMETERS, type ParameterName } from "../../../contracts/governance/parameters.ts";
import { field, oneOfWords } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { amount, date } from "../values.ts";

const PARAMETER_NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** PARAM_SET. */
export const setParameter: StepKind = action({
  words: { ja: "規則の数値変更", en: "set parameter" },
  says: {
    ja: "期間などの規則の数値を、七日以上前に予告した日から変更します。会議体の合意が要ります。",
    en: "Changes a number of the rules from a day on, announced a week before. The consortium agrees.",
  },
  fields: {
    parameter: field(
      "parameter",
      "数値",
      oneOfWords(PARAMETER_NAMES.map((name) => [{ ja: name, en: name }, name] as const)),
    ),
    value: field("value", "値", amount),
    effectiveOn: field("from", "開始", date),
  },
  orders: (change) => [{ type: "PARAM_SET", public: { ...change } }],
});
