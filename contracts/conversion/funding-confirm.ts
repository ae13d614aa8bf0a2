import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { nullable, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { amountYen, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { openYen, settle } from "../settlement/dues.ts";
import { DUE } from "../state/state-records.ts";
import { FUNDING, PARTNER } from "./conversion-records.ts";

/**
 * FUNDING_CONFIRM: a municipality received a company's yen, for what was converted in a month (the due's cause), or in
 * advance. The company may have so much more converted. What a clearing settled already is only counted.
 */
export const fundingConfirm = defineTransaction({
  type: "FUNDING_CONFIRM",
  since: 1,
  title: { ja: "資金受入れの確認", en: "Confirm a company's payment" },
  summary: {
    ja: "企業からの入金を、会計担当と承認者が確認します。前払いの企業は交換の前に入金します。",
    en: "The accountant and an approver confirm what a company paid, for conversions or in advance.",
  },
  public: record({
    issuer: municipalityCode,
    partner: shortName,
    /** The cause of the due that is paid; null for a payment in advance. */
    cause: nullable(shortName),
    amountYen,
  }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "accountant"), officer("issuer", "approver")],
  faults: [
    "UNKNOWN_PARTNER",
    "FUNDING_MISMATCH",
    "UNKNOWN_DUE",
    "DUE_IN_CLEARING",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, partner, cause } }) => [
    PARTNER.key(partner),
    ...(cause === null
      ? []
      : [DUE.key(partner, issuer, cause), FUNDING.key(partner, issuer, cause)]),
  ],
  apply(view, { public: { issuer, partner: name, cause, amountYen: paidYen } }) {
    const partner = view.get(PARTNER.key(name));
    if (partner === null) return "UNKNOWN_PARTNER";
    const isInAdvance = cause === null;
    if (isInAdvance && partner.funding !== "PRE") return "FUNDING_MISMATCH";
    // What was paid in advance was counted then: the due that it pays frees nothing more.
    const freedYen = isInAdvance || partner.funding === "POST" ? paidYen : 0;
    if (partner.fundedYen + freedYen > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
    const funded = { ...partner, fundedYen: partner.fundedYen + freedYen };
    if (isInAdvance) {
      view.put(PARTNER.key(name), funded);
      return [];
    }
    const dueKey = DUE.key(name, issuer, cause);
    const due = view.get(dueKey);
    if (due?.kind !== "CONVERSION") return "UNKNOWN_DUE";
    if (due.clearing !== null) return "DUE_IN_CLEARING";
    const fundingKey = FUNDING.key(name, issuer, cause);
    const confirmedYen = (view.get(fundingKey)?.confirmedYen ?? 0) + paidYen;
    if (confirmedYen > due.owedYen) return "LIMIT_EXCEEDED";
    const settledYen = Math.min(paidYen, openYen(due));
    view.put(PARTNER.key(name), funded);
    view.put(fundingKey, { confirmedYen });
    view.put(dueKey, { ...due, settledYen: due.settledYen + settledYen });
    return settledYen === 0 ? [] : settle(dueKey.id, settledYen);
  },
});
