import { toHex } from "../../ledger/bytes.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { linkHandle, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { LINK, linkOf, SERVICE } from "./service.ts";

/**
 * RESIDENCY_ATTEST: the user's municipality says yes or no to whether he lives there; no address leaves it. After a no the
 * link waits for its user to come to the counter, and for a yes; nothing is deleted.
 */
export const residencyAttest = defineTransaction({
  type: "RESIDENCY_ATTEST",
  since: 1,
  title: { ja: "在住の確認", en: "Attest residency" },
  summary: {
    ja: "住所を出さずに、住んでいるかどうかだけを自治体が答えます。いいえの場合も登録は消えません。",
    en: "A municipality says whether a user lives there, and nothing else. A no deletes nothing.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ facility: shortName, service: shortName, link: linkHandle, resident: flag }),
  validity: "organisation",
  signers: [officer("municipality", "registrar")],
  faults: ["UNKNOWN_SERVICE", "NOT_A_PARTICIPANT", "UNKNOWN_LINK", "LINK_SUSPENDED"],
  keys: ({ private: { facility, service, link } }) => [
    SERVICE.key(facility, service),
    LINK.key(toHex(link)),
  ],
  apply(view, { public: { municipality }, private: answer }, { today }) {
    const service = view.get(SERVICE.key(answer.facility, answer.service));
    if (service === null) return "UNKNOWN_SERVICE";
    if (!service.attesters.includes(municipality)) return "NOT_A_PARTICIPANT";
    const key = LINK.key(toHex(answer.link));
    const link = linkOf(view.get(key), answer);
    if (link === null) return "UNKNOWN_LINK";
    if (link.status === "SUSPENDED" || link.status === "REMOVED") return "LINK_SUSPENDED";
    view.put(
      key,
      answer.resident
        ? { ...link, residentOn: today, status: "ACTIVE" }
        : { ...link, residentOn: null, status: "RENEWAL_REQUIRED" },
    );
    return [];
  },
});
