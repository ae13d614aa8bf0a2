import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { hasRightCheckDigit, municipalityCode } from "../fields/municipality-code.ts";
import { ISSUER, ORGANISATION } from "../state/state-records.ts";

/** Local governments issue; companies and shopping streets do not. */
const ISSUING_KINDS: readonly string[] = ["municipality", "prefecture"];

/** ISSUER_OPEN: a local government of the network begins to issue points. */
export const issuerOpen = defineTransaction({
  type: "ISSUER_OPEN",
  since: 1,
  title: { ja: "発行者の開設", en: "Open an issuer" },
  summary: {
    ja: "参加団体である自治体が、自治体ポイントの発行を始めます。",
    en: "A local government of the network begins to issue points.",
  },
  public: record({ issuer: municipalityCode }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["MUNICIPALITY_CODE_INVALID", "UNKNOWN_ORGANISATION", "ALREADY_EXISTS"],
  keys: ({ public: { issuer } }) => [ORGANISATION.key(issuer), ISSUER.key(issuer)],
  apply(view, { public: { issuer } }, block) {
    if (!hasRightCheckDigit(issuer)) return "MUNICIPALITY_CODE_INVALID";
    const organisation = view.get(ORGANISATION.key(issuer));
    if (organisation === null || !ISSUING_KINDS.includes(organisation.kind)) {
      return "UNKNOWN_ORGANISATION";
    }
    if (view.get(ISSUER.key(issuer)) !== null) return "ALREADY_EXISTS";
    view.put(ISSUER.key(issuer), { openedOn: block.today });
    return [];
  },
});
