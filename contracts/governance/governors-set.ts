import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { GOVERNORS, KEY, ORGANISATION } from "../state/state-records.ts";
import { governorsFields } from "./governors.ts";

/**
 * GOVERNORS_SET: who governs from now on, and how many of them decide. Those who sign must be enough before
 * and after it: so nobody hands the network over to organisations that have no key at hand.
 */
export const governorsSet = defineTransaction({
  type: "GOVERNORS_SET",
  since: 1,
  title: { ja: "運営団体の変更", en: "Set those who govern" },
  summary: {
    ja: "運営団体と、決定に必要な団体数（過半数）を変更します。",
    en: "Changes the organisations that govern, and how many of them decide (more than half).",
  },
  public: record(governorsFields),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_ORGANISATION", "THRESHOLD_INVALID", "GOVERNORS_TOO_FEW"],
  keys: ({ public: { organisations }, auth }) => [
    GOVERNORS,
    ...organisations.map((id) => ORGANISATION.key(id)),
    ...auth.map(({ publicKey }) => KEY.key(toHex(publicKey))),
  ],
  apply(view, { public: { organisations, threshold }, auth }) {
    const isKnown = (id: string) => view.get(ORGANISATION.key(id)) !== null;
    if (!organisations.every(isKnown)) return "UNKNOWN_ORGANISATION";
    const { length } = organisations;
    if (threshold > length || threshold <= length / 2) return "THRESHOLD_INVALID";
    const signing = auth.map(({ publicKey }) => view.get(KEY.key(toHex(publicKey)))?.organisation);
    const staying = organisations.filter((id) => signing.includes(id));
    if (staying.length < threshold) return "GOVERNORS_TOO_FEW";
    view.put(GOVERNORS, { organisations, threshold });
    return [];
  },
});
