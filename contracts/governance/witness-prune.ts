import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { addDays, civilDate } from "../fields/dates.ts";
import { shortName } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "./parameters.ts";
import { isNeededBefore, readWitness, WITNESS } from "./witness.ts";

/**
 * WITNESS_PRUNE: every node destroys what is private in the transactions of days that are over. When it may be done is
 * decided by the rule, so any one organisation's governor may send it; nobody can use it to destroy what is needed.
 */
export const witnessPrune = defineTransaction({
  type: "WITNESS_PRUNE",
  since: 1,
  title: { ja: "取引の秘匿部分の廃棄", en: "Destroy the witness of old days" },
  summary: {
    ja: "ある日より前の取引の秘匿部分と署名を、全ノードで廃棄します。まだ必要な日は廃棄できません。",
    en: "Destroys private parts and signatures of earlier days on every node; never what is still needed.",
  },
  public: record({ organisation: shortName, keptFrom: civilDate }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "governor")],
  faults: ["WITNESS_PRUNED", "WITNESS_TOO_YOUNG", "WITNESS_NEEDED"],
  keys: () => [WITNESS, PARAMETER.key("WITNESS_DAYS"), PARAMETER.key("DISPUTE_DAYS")],
  apply(view, { public: { keptFrom } }, { today }) {
    const witness = readWitness(view);
    if (witness.keptFrom !== null && keptFrom <= witness.keptFrom) return "WITNESS_PRUNED";
    // Whoever may still ask for a refund, or dispute, has a receipt that the chain can be asked about.
    const days = (["WITNESS_DAYS", "DISPUTE_DAYS"] as const).map((name) =>
      parameterOn(view, name, today),
    );
    // Counted from today: a day that was sent could lead beyond the calendar.
    if (keptFrom > addDays(today, -Math.max(...days))) return "WITNESS_TOO_YOUNG";
    if (isNeededBefore(witness, keptFrom, today)) return "WITNESS_NEEDED";
    view.put(WITNESS, { ...witness, keptFrom });
    return [];
  },
});
