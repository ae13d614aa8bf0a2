import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { ISSUE, ISSUER, POINT_TYPE, pointTypeFields } from "../state/state-records.ts";

/** POINT_TYPE_DEFINE: an issuer lays down the terms of a kind of points, once. */
export const pointTypeDefine = defineTransaction({
  type: "POINT_TYPE_DEFINE",
  since: 1,
  title: { ja: "ポイント種別の定義", en: "Define a point type" },
  summary: {
    ja: "名称、法的区分、有効期限の規則、付与と利用の上限、使える加盟店の種類を定めます。",
    en: "Lays down names, legal class, expiry, caps on grants and payments, and where the points are taken.",
  },
  public: record({ issuer: municipalityCode, pointType: shortName, ...pointTypeFields }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_ISSUER", "ALREADY_EXISTS", "EXPIRY_IN_PAST"],
  keys: ({ public: { issuer, pointType } }) => [
    ISSUER.key(issuer),
    POINT_TYPE.key(issuer, pointType),
    ISSUE.key(issuer, pointType),
  ],
  apply(view, { public: { issuer, pointType, ...terms } }, block) {
    const key = POINT_TYPE.key(issuer, pointType);
    if (view.get(ISSUER.key(issuer)) === null) return "UNKNOWN_ISSUER";
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    const { date } = terms.expiryRule;
    if (date !== null && date < block.today) return "EXPIRY_IN_PAST";
    view.put(key, terms);
    view.put(ISSUE.key(issuer, pointType), { issuedPt: 0 });
    return [];
  },
});
