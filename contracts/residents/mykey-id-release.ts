import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { myKeyIdTag } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MYKEY_ID } from "../state/state-records.ts";

/** MYKEY_ID_RELEASE: a resident gave his MyKey ID up, or chose another. Anybody may take it. */
export const myKeyIdRelease = defineTransaction({
  type: "MYKEY_ID_RELEASE",
  since: 1,
  title: { ja: "マイキーIDの解放", en: "Release a MyKey ID" },
  summary: {
    ja: "住民が使わなくなったマイキーIDを、だれでも選べるようにします。",
    en: "Lets anybody choose a MyKey ID that a resident gave up.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ tag: myKeyIdTag }),
  validity: "organisation",
  signers: [officer("municipality", "registrar")],
  faults: ["UNKNOWN_MYKEY_ID"],
  keys: ({ private: { tag } }) => [MYKEY_ID.key(toHex(tag))],
  apply(view, { public: { municipality }, private: { tag } }) {
    const key = MYKEY_ID.key(toHex(tag));
    if (view.get(key)?.municipality !== municipality) return "UNKNOWN_MYKEY_ID";
    view.put(key, { municipality: null });
    return [];
  },
});
