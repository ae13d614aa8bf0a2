import { toHex } from "../../ledger/bytes.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { linkHandle, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { FACILITY, LINK, linkOf } from "./service.ts";

/** LINK_SUSPEND: a facility suspends a link, or lifts the suspension. No reason is kept. */
export const linkSuspend = defineTransaction({
  type: "LINK_SUSPEND",
  since: 1,
  title: { ja: "利用登録の一時停止と解除", en: "Suspend or resume a link" },
  summary: {
    ja: "施設が利用登録を止めるか、再開します。理由は記録しません。",
    en: "A facility suspends a link, or lets it go on. No reason is kept.",
  },
  public: record({ municipality: municipalityCode, facility: shortName, service: shortName }),
  private: record({ link: linkHandle, suspended: flag }),
  validity: "organisation",
  signers: [officer("municipality", "clerk")],
  faults: [
    "UNKNOWN_FACILITY",
    "UNKNOWN_LINK",
    "LINK_SUSPENDED",
    "RENEWAL_REQUIRED",
    "NOT_SUSPENDED",
  ],
  keys: ({ public: { facility }, private: { link } }) => [
    FACILITY.key(facility),
    LINK.key(toHex(link)),
  ],
  apply(view, { public: place, private: { link: handle, suspended } }) {
    const { municipality, facility } = place;
    if (view.get(FACILITY.key(facility))?.municipality !== municipality) return "UNKNOWN_FACILITY";
    const key = LINK.key(toHex(handle));
    const link = linkOf(view.get(key), place);
    if (link === null) return "UNKNOWN_LINK";
    const isStopped = link.status === "SUSPENDED";
    if (link.status === "REMOVED" || (isStopped && suspended)) return "LINK_SUSPENDED";
    if (!isStopped && !suspended) return "NOT_SUSPENDED";
    // It is stopped already, and letting it go on would lift a municipality's no.
    if (link.status === "RENEWAL_REQUIRED") return "RENEWAL_REQUIRED";
    view.put(key, { ...link, status: suspended ? "SUSPENDED" : "ACTIVE" });
    return [];
  },
});
