import { record, uint } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { AUDIT, auditFields } from "./audit-record.ts";

/** AUDIT_ATTEST: an auditor says what he found up to a height. It is all that an auditor ever writes. */
export const auditAttest = defineTransaction({
  type: "AUDIT_ATTEST",
  since: 1,
  title: { ja: "監査証明", en: "Attest an audit" },
  summary: {
    ja: "監査委員が、ある高さまでの台帳を確かめた結果と報告書のハッシュ値を記録します。",
    en: "An auditor records what he found up to a height, and the hash of his report.",
  },
  public: record({
    organisation: shortName,
    height: uint(Number.MAX_SAFE_INTEGER, 1),
    ...auditFields,
  }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "auditor")],
  faults: ["HEIGHT_AHEAD", "ALREADY_EXISTS"],
  keys: ({ public: { organisation, height } }) => [AUDIT.key(organisation, height)],
  apply(view, { public: { organisation, height, ...attestation } }, block) {
    if (height >= block.height) return "HEIGHT_AHEAD";
    const key = AUDIT.key(organisation, height);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    view.put(key, { attestedOn: block.today, ...attestation });
    return [];
  },
});
