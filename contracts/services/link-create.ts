import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, officer, signingKey } from "../declaration.ts";
import { addMonths } from "../fields/dates.ts";
import { cardCommit, cardSalt, linkHandle, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { commitToCard } from "../residents/card-commitment.ts";
import { FACILITY, LINK, linkOf, SERVICE } from "./service.ts";

/**
 * LINK_CREATE: a resident links his card to a service, under a pseudonym of that facility. The registrar attests the
 * pseudonym, the verifier the card. The member number stays with the facility. Done again with a new card, it binds the
 * link to that card and changes nothing else.
 */
export const linkCreate = defineTransaction({
  type: "LINK_CREATE",
  since: 1,
  title: { ja: "サービスの利用登録", en: "Link a card to a service" },
  summary: {
    ja: "本人の申込みにより、カードを施設のサービスに仮名で結び付けます。利用者番号は施設だけが持ちます。",
    en: "Links a card to a service under a pseudonym. The member number stays with the facility.",
  },
  public: record({ municipality: municipalityCode, facility: shortName, service: shortName }),
  private: record({ link: linkHandle, cardCommit, cardSalt }),
  validity: "card",
  signers: [CARD, officer("municipality", "registrar"), officer("municipality", "verifier")],
  faults: [
    "UNKNOWN_FACILITY",
    "UNKNOWN_SERVICE",
    "SERVICE_SENSITIVE",
    "CARD_MISMATCH",
    "ALREADY_EXISTS",
  ],
  keys: ({ public: { facility, service }, private: { link } }) => [
    FACILITY.key(facility),
    SERVICE.key(facility, service),
    LINK.key(toHex(link)),
  ],
  apply(view, content, { today }) {
    const { municipality, facility, service: name } = content.public;
    const { link, cardCommit: commitment, cardSalt: salt } = content.private;
    if (view.get(FACILITY.key(facility))?.municipality !== municipality) return "UNKNOWN_FACILITY";
    const service = view.get(SERVICE.key(facility, name));
    if (service === null) return "UNKNOWN_SERVICE";
    if (service.sensitive) return "SERVICE_SENSITIVE";
    if (!equalBytes(commitToCard(salt, signingKey(content, "card")), commitment)) {
      return "CARD_MISMATCH";
    }
    const key = LINK.key(toHex(link));
    const before = view.get(key);
    if (before !== null && before.status !== "REMOVED") {
      const isOther = linkOf(before, content.public) === null;
      if (isOther || equalBytes(before.cardCommit, commitment)) return "ALREADY_EXISTS";
      view.put(key, { ...before, cardCommit: commitment });
      return [];
    }
    view.put(key, {
      facility,
      service: name,
      cardCommit: commitment,
      status: "ACTIVE",
      validTo: service.termMonths === 0 ? null : addMonths(today, service.termMonths),
      residentOn: null,
    });
    return [];
  },
});
