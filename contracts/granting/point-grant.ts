import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { amountPt, walletHandle } from "../fields/fields.ts";
import { GRANT_FAULTS, grantAll, grantFields, keysOfGrant } from "./granting.ts";

/** POINT_GRANT: points come into being, against a budget right, as one lot of a wallet. */
export const pointGrant = defineTransaction({
  type: "POINT_GRANT",
  since: 1,
  title: { ja: "ポイントの付与", en: "Grant points" },
  summary: {
    ja: "予算の範囲で、ウォレットにポイントを付与します。二人の職員の署名が必要です。",
    en: "Grants points to a wallet within the budget. Two officers sign.",
  },
  public: record({ ...grantFields, amountPt }),
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: GRANT_FAULTS,
  keys: ({ public: grant, private: { wallet } }) =>
    keysOfGrant(grant, [{ wallet, amountPt: grant.amountPt }]),
  apply: (view, { public: grant, private: { wallet } }, block) =>
    grantAll(view, grant, [{ wallet, amountPt: grant.amountPt }], block),
});
