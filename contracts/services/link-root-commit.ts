import { bytes, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { FACILITY, LINK_ROOT, SERVICE } from "./service.ts";

/** Which service, and the root; members check their proofs against it. */
export const linkRootBody = record({
  municipality: municipalityCode,
  facility: shortName,
  service: shortName,
  root: bytes(32),
});

/**
 * LINK_ROOT_COMMIT: a facility commits to all links of a sensitive service by one root. It can prove to a user what it
 * holds of him, and change nothing afterwards; the ledger says neither who uses it nor how many.
 */
export const linkRootCommit = defineTransaction({
  type: "LINK_ROOT_COMMIT",
  since: 1,
  title: { ja: "要配慮サービスの登録の要約", en: "Commit to sensitive links" },
  summary: {
    ja: "要配慮サービスの利用登録全体を一つのハッシュ値で記録します。だれが、何人が利用するかは分かりません。",
    en: "Commits to all links of a sensitive service by one hash, which says neither who nor how many.",
  },
  public: linkRootBody,
  private: null,
  validity: "organisation",
  signers: [officer("municipality", "clerk")],
  faults: ["UNKNOWN_FACILITY", "UNKNOWN_SERVICE", "SERVICE_SENSITIVE"],
  keys: ({ public: { facility, service } }) => [
    FACILITY.key(facility),
    SERVICE.key(facility, service),
    LINK_ROOT.key(facility, service),
  ],
  apply(view, { public: { municipality, facility, service: name, root } }, { today }) {
    if (view.get(FACILITY.key(facility))?.municipality !== municipality) return "UNKNOWN_FACILITY";
    const service = view.get(SERVICE.key(facility, name));
    if (service === null) return "UNKNOWN_SERVICE";
    if (!service.sensitive) return "SERVICE_SENSITIVE";
    view.put(LINK_ROOT.key(facility, name), { root, committedOn: today });
    return [];
  },
});
