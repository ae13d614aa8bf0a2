import { toHex } from "../../ledger/bytes.ts";
import { ORGANISATION_KINDS } from "../../ledger/genesis.ts";
import { oneOf, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { displayName, firstKeys, shortName } from "../fields/fields.ts";
import { isMunicipalityCode } from "../fields/municipality-code.ts";
import { KEY, ORGANISATION } from "../state/state-records.ts";
import { isUsedKey, keysOfPublicKey } from "./public-keys.ts";

/** ORGANISATION_ADMIT: another organisation takes part, with the keys of its first officers. */
export const organisationAdmit = defineTransaction({
  type: "ORGANISATION_ADMIT",
  since: 1,
  title: { ja: "団体の参加", en: "Admit an organisation" },
  summary: {
    ja: "新しい自治体や企業を、最初の担当者の鍵とともに参加団体に加えます。",
    en: "Takes a municipality or company into the network, with the keys of its first officers.",
  },
  public: record({
    organisation: shortName,
    kind: oneOf(ORGANISATION_KINDS),
    nameJa: displayName,
    nameEn: displayName,
    keys: firstKeys,
  }),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["ALREADY_EXISTS", "MUNICIPALITY_CODE_INVALID", "KEY_USED"],
  keys: ({ public: { organisation, keys } }) => [
    ORGANISATION.key(organisation),
    ...keys.flatMap(({ publicKey }) => keysOfPublicKey(publicKey)),
  ],
  apply(view, { public: { organisation: id, keys, ...description } }) {
    if (view.get(ORGANISATION.key(id)) !== null) return "ALREADY_EXISTS";
    if (description.kind === "municipality" && !isMunicipalityCode(id)) {
      return "MUNICIPALITY_CODE_INVALID";
    }
    if (keys.some(({ publicKey }) => isUsedKey(view, publicKey))) return "KEY_USED";
    view.put(ORGANISATION.key(id), { id, ...description });
    for (const { publicKey, roles } of keys) {
      view.put(KEY.key(toHex(publicKey)), { organisation: id, roles, status: "ACTIVE" });
    }
    return [];
  },
});
