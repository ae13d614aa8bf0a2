import { oneOf, record } from "../../ledger/schema.ts";
import { defineTransaction, TERMINAL_DEVICE } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { COUNTER_FAULTS, counterFields, keysOfCounter, merchantAt } from "../spending/counter.ts";
import { BATCH } from "../state/state-records.ts";

/** What a merchant can say is wrong; words of his own would be free text on the ledger. */
export const OBJECTION_REASONS = ["AMOUNT", "FEE", "OTHER"] as const;

/** BATCH_OBJECT: a merchant says that its line of a batch is wrong. Its points go back to its till at approval. */
export const batchObject = defineTransaction({
  type: "BATCH_OBJECT",
  since: 1,
  title: { ja: "精算への異議", en: "Object to a settlement" },
  summary: {
    ja: "加盟店が、自店の精算額に異議を申し立てます。承認時にポイントは店へ戻ります。",
    en: "A merchant objects to what is settled with it; at approval the points go back to its till.",
  },
  public: record({
    payer: municipalityCode,
    batch: shortName,
    ...counterFields,
    reason: oneOf(OBJECTION_REASONS),
  }),
  private: null,
  validity: "organisation",
  signers: [TERMINAL_DEVICE],
  faults: [...COUNTER_FAULTS, "UNKNOWN_BATCH", "PAYOUT_MISMATCH", "BATCH_CLOSED", "OBJECTION_LATE"],
  keys: ({ public: { payer, batch, ...counter } }) => [
    BATCH.key(payer, batch),
    ...keysOfCounter(counter),
  ],
  apply(view, content, { today }) {
    const { payer, batch: name, merchant } = content.public;
    const shop = merchantAt(view, content.public, content);
    if (typeof shop === "string") return shop;
    const key = BATCH.key(payer, name);
    const batch = view.get(key);
    if (batch === null) return "UNKNOWN_BATCH";
    const found = batch.lines.find((line) => line.merchant === merchant);
    if (found === undefined) return "PAYOUT_MISMATCH";
    if (found.status !== "OPEN") return "BATCH_CLOSED";
    if (today > batch.objectionUntil) return "OBJECTION_LATE";
    const lines = batch.lines.map((line) =>
      line === found ? { ...line, status: "OBJECTED" as const } : line,
    );
    view.put(key, { ...batch, lines });
    return [];
  },
});
