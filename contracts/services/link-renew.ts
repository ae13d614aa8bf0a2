import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { addDays, addMonths } from "../fields/dates.ts";
import { linkHandle, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import {
  FACILITY,
  isResident,
  LINK,
  linkOf,
  RENEWAL_DAYS,
  RESIDENCY_DAYS,
  SERVICE,
} from "./service.ts";

/** LINK_RENEW: a facility renews a link for another term; where residency counts, on a municipality's recent yes. */
export const linkRenew = defineTransaction({
  type: "LINK_RENEW",
  since: 1,
  title: { ja: "利用登録の更新", en: "Renew a link" },
  summary: {
    ja: "施設が利用登録の期間を延ばします。在住が条件のサービスでは、自治体の最近の確認が必要です。",
    en: "Renews a link for another term; where residency counts, on a municipality's recent yes.",
  },
  public: record({ municipality: municipalityCode, facility: shortName, service: shortName }),
  private: record({ link: linkHandle }),
  validity: "organisation",
  signers: [officer("municipality", "clerk")],
  faults: [
    "UNKNOWN_FACILITY",
    "UNKNOWN_SERVICE",
    "UNKNOWN_LINK",
    "LINK_SUSPENDED",
    "RENEWAL_EARLY",
    "RENEWAL_REQUIRED",
  ],
  keys: ({ public: { facility, service }, private: { link } }) => [
    FACILITY.key(facility),
    SERVICE.key(facility, service),
    LINK.key(toHex(link)),
  ],
  apply(view, { public: place, private: { link: handle } }, { today }) {
    const { municipality, facility } = place;
    if (view.get(FACILITY.key(facility))?.municipality !== municipality) return "UNKNOWN_FACILITY";
    const service = view.get(SERVICE.key(facility, place.service));
    if (service === null) return "UNKNOWN_SERVICE";
    const key = LINK.key(toHex(handle));
    const link = linkOf(view.get(key), place);
    if (link === null) return "UNKNOWN_LINK";
    if (link.status === "SUSPENDED" || link.status === "REMOVED") return "LINK_SUSPENDED";
    const { validTo } = link;
    if (validTo === null || addDays(today, RENEWAL_DAYS) < validTo) return "RENEWAL_EARLY";
    const needsWord = service.attesters.length > 0;
    if (needsWord && !isResident(link, addDays(today, -RESIDENCY_DAYS))) return "RENEWAL_REQUIRED";
    // In time the terms join without a gap; who comes late begins anew.
    const from = validTo >= today ? validTo : today;
    const renewed = addMonths(from, service.termMonths);
    view.put(key, { ...link, status: "ACTIVE", validTo: renewed, residentOn: null });
    return [];
  },
});
