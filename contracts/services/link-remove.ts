import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, signingKey } from "../declaration.ts";
import { cardSalt, linkHandle } from "../fields/fields.ts";
import { commitToCard } from "../residents/card-commitment.ts";
import { LINK } from "./service.ts";

/** No card opens it. */
const NO_CARD: Uint8Array = new Uint8Array(32);

/** LINK_REMOVE: a resident ends his link to a service; nobody else has to agree. */
export const linkRemove = defineTransaction({
  type: "LINK_REMOVE",
  since: 1,
  title: { ja: "利用登録の削除", en: "Remove a link" },
  summary: {
    ja: "本人のカードの署名だけで、サービスの利用登録を終えます。",
    en: "A resident ends his link to a service, with his card alone.",
  },
  public: record({}),
  private: record({ link: linkHandle, cardSalt }),
  validity: "card",
  signers: [CARD],
  faults: ["UNKNOWN_LINK", "CARD_MISMATCH"],
  keys: ({ private: { link } }) => [LINK.key(toHex(link))],
  apply(view, content) {
    const { link: handle, cardSalt: salt } = content.private;
    const key = LINK.key(toHex(handle));
    const link = view.get(key);
    if (link === null || link.status === "REMOVED") return "UNKNOWN_LINK";
    const opened = commitToCard(salt, signingKey(content, "card"));
    if (!equalBytes(opened, link.cardCommit)) return "CARD_MISMATCH";
    view.put(key, { ...link, status: "REMOVED", cardCommit: NO_CARD, residentOn: null });
    return [];
  },
});
