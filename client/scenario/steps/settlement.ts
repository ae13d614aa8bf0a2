/** Shops are paid for what they took. */

import { civilDateAt, fiscalYearOf } from "../../../contracts/fields/dates.ts";
import {
  type Batch,
  claimsOf,
  grossPtOf,
  payoutYenOf,
} from "../../../contracts/settlement/batch.ts";
import { BATCH, MERCHANT_ACCOUNT } from "../../../contracts/state/state-records.ts";
import { ClientError } from "../../client-fault.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, listOf, nameOf, newName, oneOfWords, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { sumOf } from "../sum-of.ts";
import { amount, date, percent } from "../values.ts";

const batch = field("batch", "精算", nameOf("batch"));
const municipality = field("municipality", "自治体", nameOf("organisation"));

/** BATCH_CUT. */
export const cutBatch: StepKind = action({
  words: { ja: "精算締め", en: "cut batch" },
  says: {
    ja: "自治体の加盟店が受け取ったポイントを締めます。店は、書かなければ受取りのあるすべての店です。",
    en: "Takes what a municipality's shops took from their tills; all that took something unless told.",
  },
  fields: {
    batch: field("name", "名前", newName("batch")),
    municipality,
    closesOn: field("closes on", "締め日", date),
    paysOn: field("pays on", "支払日", date),
    feeBp: optional("fee", "手数料", percent, 0),
    shops: optional("shops", "店", listOf(nameOf("shop")), null),
  },
  async orders({ batch: name, municipality: payer, closesOn, paysOn, feeBp, shops }, play) {
    play.setOwner(name, payer);
    const merchants = (shops ?? (await shopsWithPoints(play, payer)))
      .map(({ id }) => id)
      .sort(byText);
    return [
      {
        type: "BATCH_CUT",
        public: {
          payer: payer.id,
          batch: name.id,
          fiscalYear: fiscalYearOf(closesOn),
          closesOn,
          paysOn,
          feeBp,
          merchants,
        },
      },
    ];
  },
});

/** BATCH_OBJECT. */
export const objectToBatch: StepKind = action({
  words: { ja: "異議", en: "object to batch" },
  says: {
    ja: "店が、締められた額は違うと申し出ます。",
    en: "A shop says that what was taken from its till is wrong.",
  },
  fields: {
    batch,
    shop: field("shop", "店", nameOf("shop")),
    reason: optional(
      "reason",
      "理由",
      oneOfWords([
        [{ ja: "金額", en: "AMOUNT" }, "AMOUNT"],
        [{ ja: "手数料", en: "FEE" }, "FEE"],
        [{ ja: "その他", en: "OTHER" }, "OTHER"],
      ]),
      "AMOUNT",
    ),
  },
  orders: ({ batch: which, shop, reason }, play) => [
    {
      type: "BATCH_OBJECT",
      public: { ...idsOf(play, which), merchant: shop.id, terminal: shop.id, reason },
      shop,
    },
  ],
});

/** BATCH_APPROVE. */
export const approveBatch: StepKind = action({
  words: { ja: "精算承認", en: "approve batch" },
  says: {
    ja: "異議の期間の後、職員二人が支払うべき額を確定します。異議のあった店の分は店に戻ります。",
    en: "After the time for objections two officers approve what is to be paid; what shops objected to goes back.",
  },
  fields: { batch },
  async orders({ batch: which }, play) {
    const { lines } = await recordOf(play, which);
    const { payer, batch: name } = idsOf(play, which);
    const objected = lines.filter(({ status }) => status === "OBJECTED");
    const owed = lines.filter(({ status }) => status !== "OBJECTED");
    return [
      {
        type: "BATCH_APPROVE",
        public: {
          payer,
          batch: name,
          totalYen: sumOf(owed.map(payoutYenOf)),
          returned: objected.map(({ merchant }) => merchant),
          claims: claimsOf(payer, owed).map((claim) => ({ ...claim })),
        },
      },
    ];
  },
});

/** PAYOUT_REPORT. */
export const reportPayout: StepKind = action({
  words: { ja: "支払報告", en: "report payout" },
  says: {
    ja: "会計管理者が、銀行の振込結果を記録します。振り込めなかった店だけを書きます。",
    en: "The accountant records what the bank paid: all that is owed but the shops that are named.",
  },
  fields: { batch, failed: optional("failed", "振込不能", listOf(nameOf("shop")), []) },
  async orders({ batch: which, failed }, play) {
    const { lines } = await recordOf(play, which);
    const owed = lines.filter(({ status }) => status === "DUE" || status === "FAILED");
    const isPaid = (merchant: string) => failed.every(({ id }) => id !== merchant);
    return [
      {
        type: "PAYOUT_REPORT",
        public: {
          ...idsOf(play, which),
          paidOn: civilDateAt(play.ledger.nowMs),
          totalYen: sumOf(owed.filter(({ merchant }) => isPaid(merchant)).map(payoutYenOf)),
          results: owed.map(({ merchant }) => ({
            merchant,
            outcome: isPaid(merchant) ? "PAID" : "FAILED",
          })),
        },
      },
    ];
  },
});

/** FY_CLOSE. */
export const closeFiscalYear: StepKind = action({
  words: { ja: "年度締め", en: "close fiscal year" },
  says: {
    ja: "終わった年度を締めます。残った予算は消えます。",
    en: "Closes a fiscal year that is over; what is left of its budgets lapses.",
  },
  fields: { municipality, fiscalYear: field("fiscal year", "年度", amount) },
  orders: ({ municipality: { id: issuer }, fiscalYear }) => [
    { type: "FY_CLOSE", public: { issuer, fiscalYear } },
  ],
});

/** What a batch says of a shop. */
export const expectPayout: StepKind = expectation({
  words: { ja: "支払額確認", en: "expect payout" },
  says: {
    ja: "精算で店に支払われる額（円）と、その状態。",
    en: "What a batch pays a shop in yen after the fee, and where that stands.",
  },
  fields: {
    batch,
    shop: field("shop", "店", nameOf("shop")),
    amountYen: field("amount", "額", amount),
    feeYen: optional("fee", "手数料", amount, null),
    status: optional(
      "status",
      "状態",
      oneOfWords([
        [{ ja: "締め", en: "OPEN" }, "OPEN"],
        [{ ja: "異議", en: "OBJECTED" }, "OBJECTED"],
        [{ ja: "返却", en: "RETURNED" }, "RETURNED"],
        [{ ja: "未払", en: "DUE" }, "DUE"],
        [{ ja: "振込不能", en: "FAILED" }, "FAILED"],
        [{ ja: "支払済", en: "PAID" }, "PAID"],
      ]),
      null,
    ),
  },
  async compare({ batch: which, shop, amountYen, feeYen, status }, play) {
    const line = (await recordOf(play, which)).lines.find(({ merchant }) => merchant === shop.id);
    const told = (yen: number, fee: number, state: string) =>
      [`¥${yen}`, feeYen === null ? "" : ` (¥${fee})`, status === null ? "" : ` ${state}`].join("");
    return {
      expected: told(amountYen, feeYen ?? 0, status ?? ""),
      found: line === undefined ? "-" : told(payoutYenOf(line), line.feeYen, line.status),
    };
  },
});

async function shopsWithPoints(play: Play, payer: Named): Promise<readonly Named[]> {
  const shops = play.names.all("shop").filter((shop) => play.isOwnedBy(shop, payer));
  const accounts = await Promise.all(shops.map(({ id }) => play.read(MERCHANT_ACCOUNT.key(id))));
  return shops.filter((_, i) => grossPtOf(accounts[i] ?? { holdings: [] }) > 0);
}

function idsOf(play: Play, which: Named): { payer: string; batch: string } {
  return { payer: play.ownerOf(which), batch: which.id };
}

async function recordOf(play: Play, which: Named): Promise<Batch> {
  const { payer, batch: name } = idsOf(play, which);
  const found = await play.read(BATCH.key(payer, name));
  if (found === null)
    throw new ClientError("STEP_IMPOSSIBLE", { problem: `${which.name} was not cut` });
  return found;
}

/** By code units, as the ledger orders names. */
function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
