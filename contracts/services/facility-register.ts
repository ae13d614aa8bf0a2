import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT } from "../state/state-records.ts";
import { FACILITY, facilityFields } from "./service.ts";

/** FACILITY_REGISTER: a municipality registers a place with services: a library, a museum. */
export const facilityRegister = defineTransaction({
  type: "FACILITY_REGISTER",
  since: 1,
  title: { ja: "施設の登録", en: "Register a facility" },
  summary: {
    ja: "図書館や美術館など、サービスを提供する施設を登録します。",
    en: "Registers a place with services: a library, a museum.",
  },
  public: record({ municipality: municipalityCode, facility: shortName, ...facilityFields }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("municipality"),
  faults: ["ALREADY_EXISTS", "UNKNOWN_MERCHANT"],
  keys: ({ public: { facility, merchant } }) => [
    FACILITY.key(facility),
    ...(merchant === null ? [] : [MERCHANT.key(merchant)]),
  ],
  apply(view, { public: { facility, ...description } }) {
    const { municipality, merchant } = description;
    if (view.get(FACILITY.key(facility)) !== null) return "ALREADY_EXISTS";
    const isOwn = merchant === null || view.get(MERCHANT.key(merchant))?.issuer === municipality;
    if (!isOwn) return "UNKNOWN_MERCHANT";
    view.put(FACILITY.key(facility), description);
    return [];
  },
});
