import { civilDateAt } from "../../../contracts/fields/dates.ts";
import { type StepKind, verdict } from "../step-kind.ts";
import { moment } from "../values.ts";

/** Lets time pass. */
export const date: StepKind = {
  words: { ja: "日付", en: "date" },
  says: {
    ja: "その日（時刻がなければ午前十時）まで進めます。次の日付まで、すべてその日に起こります。",
    en: "Goes on to that day, at ten o'clock unless a time is given; what follows happens then.",
  },
  family: "clock",
  fields: null,
  read(node, names) {
    const momentMs = moment.read(node, names);
    return async ({ ledger }) =>
      verdict(
        civilDateAt(momentMs),
        ledger.moveTo(momentMs) ? civilDateAt(momentMs) : civilDateAt(ledger.nowMs),
      );
  },
};
