import { toHex } from "../../ledger/bytes.ts";
import { GRANT_ITEMS_MAX } from "../../ledger/limits.ts";
import { list, record, uint } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { refined, totalPt } from "../fields/fields.ts";
import { addPt } from "../points/accounts.ts";
import { GRANT_FAULTS, grantAll, grantFields, grantItem, keysOfGrant } from "./granting.ts";

/**
 * POINT_GRANT_BATCH: a list of grants on the same terms. All of it counts or nothing: what two persons approved is
 * what is granted. Count and total stand in the public part for those who audit without the list.
 */
export const pointGrantBatch = defineTransaction({
  type: "POINT_GRANT_BATCH",
  since: 1,
  title: { ja: "ポイントの一括付与", en: "Grant points to many" },
  summary: {
    ja: "名簿に従って、多くのウォレットに一括で付与します。一件でも誤りがあれば全件を受け付けません。",
    en: "Grants points to a list of wallets. If one item is wrong, nothing is granted.",
  },
  public: record({ ...grantFields, items: uint(GRANT_ITEMS_MAX, 1), totalPt }),
  private: record({
    items: refined(
      list(grantItem, GRANT_ITEMS_MAX, 1),
      "must name each wallet once",
      (items) => new Set(items.map(({ wallet }) => toHex(wallet))).size === items.length,
    ),
  }),
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["ITEMS_MISMATCH", ...GRANT_FAULTS],
  keys: ({ public: grant, private: { items } }) => keysOfGrant(grant, items),
  apply(view, { public: grant, private: { items } }, block) {
    const sumPt = items.reduce((sum, { amountPt }) => addPt(sum, amountPt), 0);
    if (items.length !== grant.items || sumPt !== grant.totalPt) return "ITEMS_MISMATCH";
    return grantAll(view, grant, items, block);
  },
});
