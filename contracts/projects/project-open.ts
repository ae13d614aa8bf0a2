import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT } from "../state/state-records.ts";
import { PROJECT, projectFields } from "./project.ts";

/** PROJECT_OPEN: an issuer lets residents support a project with its points, up to a deadline. */
export const projectOpen = defineTransaction({
  type: "PROJECT_OPEN",
  since: 1,
  title: { ja: "プロジェクトの開始", en: "Open a project" },
  summary: {
    ja: "廃校の活用や母校の支援など、ポイントの寄附を募るプロジェクトの目標、期限、受取先を定めます。",
    en: "Lays down goal, deadline and beneficiary of a project for which residents give points.",
  },
  public: record({ issuer: municipalityCode, project: shortName, ...projectFields }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_MERCHANT", "ALREADY_EXISTS", "EXPIRY_IN_PAST"],
  keys: ({ public: { issuer, project, beneficiary } }) => [
    PROJECT.key(issuer, project),
    MERCHANT.key(beneficiary),
  ],
  apply(view, { public: { issuer, project, ...terms } }, { today }) {
    const beneficiary = view.get(MERCHANT.key(terms.beneficiary));
    if (beneficiary?.issuer !== issuer) return "UNKNOWN_MERCHANT";
    const key = PROJECT.key(issuer, project);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    if (terms.deadline < today) return "EXPIRY_IN_PAST";
    const { category } = beneficiary;
    const nothing = { raisedPt: 0, holdings: [], claimUntil: null };
    view.put(key, { ...terms, category, ...nothing, status: "OPEN" });
    return [];
  },
});
