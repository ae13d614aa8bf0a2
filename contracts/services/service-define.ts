import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { FACILITY, isSensitivityRight, SERVICE, serviceFields } from "./service.ts";

/** SERVICE_DEFINE: what a facility offers, for how long a link lasts, who may say where users live, and the tariff. */
export const serviceDefine = defineTransaction({
  type: "SERVICE_DEFINE",
  since: 1,
  title: { ja: "サービスの定義", en: "Define a service" },
  summary: {
    ja: "施設のサービスの種類、登録の期間、在住を確認する自治体、料金を定めます。",
    en: "Lays down kind, term, the municipalities that attest residency, and the tariff of a service.",
  },
  public: record({
    municipality: municipalityCode,
    facility: shortName,
    service: shortName,
    ...serviceFields,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("municipality"),
  faults: ["UNKNOWN_FACILITY", "ALREADY_EXISTS", "SERVICE_SENSITIVE"],
  keys: ({ public: { facility, service } }) => [
    FACILITY.key(facility),
    SERVICE.key(facility, service),
  ],
  apply(view, { public: { municipality, facility, service, ...terms } }) {
    if (view.get(FACILITY.key(facility))?.municipality !== municipality) return "UNKNOWN_FACILITY";
    const key = SERVICE.key(facility, service);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    if (!isSensitivityRight(terms)) return "SERVICE_SENSITIVE";
    view.put(key, terms);
    return [];
  },
});
