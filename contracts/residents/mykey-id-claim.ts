import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { myKeyIdTag } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { ISSUER, MYKEY_ID } from "../state/state-records.ts";

/**
 * MYKEY_ID_CLAIM: a resident of the municipality takes a MyKey ID that nobody in the network has. The ledger sees a tag of it
 * that only registrars can compute: it says that two are the same, and nothing else. Claimed again by the same municipality
 * it is no other claim, so that a registrar that was interrupted can go on.
 */
export const myKeyIdClaim = defineTransaction({
  type: "MYKEY_ID_CLAIM",
  since: 1,
  title: { ja: "マイキーIDの登録", en: "Claim a MyKey ID" },
  summary: {
    ja: "住民が選んだマイキーIDが、ネットワーク全体で一つだけであることを記録します。文字列そのものは記録しません。",
    en: "Makes a resident's MyKey ID the only one of its kind in the network. The text itself is not recorded.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ tag: myKeyIdTag }),
  validity: "organisation",
  signers: [officer("municipality", "registrar")],
  faults: ["UNKNOWN_ISSUER", "MYKEY_ID_TAKEN"],
  keys: ({ public: { municipality }, private: { tag } }) => [
    ISSUER.key(municipality),
    MYKEY_ID.key(toHex(tag)),
  ],
  apply(view, { public: { municipality }, private: { tag } }) {
    if (view.get(ISSUER.key(municipality)) === null) return "UNKNOWN_ISSUER";
    const key = MYKEY_ID.key(toHex(tag));
    const holder = view.get(key)?.municipality ?? municipality;
    if (holder !== municipality) return "MYKEY_ID_TAKEN";
    view.put(key, { municipality });
    return [];
  },
});
