import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker, type View } from "../declaration.ts";
import { addDays, fiscalYearOf } from "../fields/dates.ts";
import { ascending, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, type Posting } from "../points/accounts.ts";
import { creditHoldings, HOLDINGS_MAX, moveHoldings } from "../spending/till.ts";
import type { StateKey } from "../state/key-space.ts";
import { EXPIRED, MERCHANT_ACCOUNT } from "../state/state-records.ts";
import { CLAIM_DAYS, PROJECT, type Project } from "./project.ts";

/**
 * PROJECT_SETTLE: after the deadline the beneficiary gets the points, or donors may take theirs back for sixty days,
 * after which a second one lets lapse what nobody took. The rule decides which; nobody chooses.
 */
export const projectSettle = defineTransaction({
  type: "PROJECT_SETTLE",
  since: 1,
  title: { ja: "プロジェクトの精算", en: "Settle a project" },
  summary: {
    ja: "期限後、目標に達していれば受取先へポイントを移し、達しなければ定めにより返還を始めます。",
    en: "After the deadline the beneficiary gets the points or, where so defined, donors get them back.",
  },
  public: record({
    issuer: municipalityCode,
    project: shortName,
    beneficiary: shortName,
    /** The types that the project holds. */
    pointTypes: ascending(shortName, HOLDINGS_MAX, 0),
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "UNKNOWN_PROJECT",
    "UNKNOWN_MERCHANT",
    "PROJECT_OPEN_STILL",
    "PROJECT_CLOSED",
    "TOTAL_MISMATCH",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, project, beneficiary, pointTypes } }) => [
    PROJECT.key(issuer, project),
    MERCHANT_ACCOUNT.key(beneficiary),
    ...pointTypes.map((pointType) => EXPIRED.key(issuer, pointType)),
  ],
  apply(view, { public: { issuer, project: name, beneficiary, pointTypes } }, { today }) {
    const key = PROJECT.key(issuer, name);
    const project = view.get(key);
    if (project === null) return "UNKNOWN_PROJECT";
    if (project.beneficiary !== beneficiary) return "UNKNOWN_MERCHANT";
    if (project.status === "PAID" || project.status === "LAPSED") return "PROJECT_CLOSED";
    if ((project.claimUntil ?? project.deadline) >= today) return "PROJECT_OPEN_STILL";
    const held = [...new Set(project.holdings.map(({ pointType }) => pointType))].sort(byText);
    if (held.join() !== pointTypes.join()) return "TOTAL_MISMATCH";

    if (project.status === "REFUNDING") return lapse(view, key, project);
    if (project.raisedPt >= project.goalPt || !project.refundable) {
      return payOut(view, key, project, fiscalYearOf(today));
    }
    view.put(key, { ...project, status: "REFUNDING", claimUntil: addDays(today, CLAIM_DAYS) });
    return [];
  },
});

/** The points go into the beneficiary's till, to be settled as what shops take. */
function payOut(
  view: View,
  key: StateKey<Project>,
  project: Project,
  fiscalYear: number,
): Posting[] | "UNKNOWN_MERCHANT" | "LIMIT_EXCEEDED" {
  const tillKey = MERCHANT_ACCOUNT.key(project.beneficiary);
  const till = view.get(tillKey);
  if (till === null) return "UNKNOWN_MERCHANT";
  const paid = project.holdings.map((holding) => ({ ...holding, fiscalYear }));
  const holdings = creditHoldings(till.holdings, paid);
  if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";
  view.put(tillKey, { ...till, holdings });
  view.put(key, { ...project, status: "PAID", holdings: [] });
  return moveHoldings(project.holdings, key.text, `merchant/${project.beneficiary}`);
}

/** What no donor took back in time lapses. */
function lapse(view: View, key: StateKey<Project>, project: Project): Posting[] {
  view.put(key, { ...project, status: "LAPSED", holdings: [] });
  return project.holdings.flatMap((holding) => {
    const expiredKey = EXPIRED.key(holding.issuer, holding.pointType);
    const expiredPt = addPt(view.get(expiredKey)?.expiredPt ?? 0, holding.balancePt);
    view.put(expiredKey, { expiredPt });
    return moveHoldings([holding], key.text, expiredKey.text);
  });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
