/** What the ledger is expected to hold. */

import { type CivilDate, civilDateAt, fiscalYearOf } from "../../../contracts/fields/dates.ts";
import { checkInvariants } from "../../../contracts/invariants.ts";
import { pointAsset } from "../../../contracts/points/accounts.ts";
import { isExpired, type Lot } from "../../../contracts/points/lots.ts";
import {
  BUDGET,
  ISSUE,
  MERCHANT_ACCOUNT,
  rightLeft,
  WALLET,
  type Wallet,
} from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, listOf, mapping, nameOf, oneOfWords, optional } from "../reader.ts";
import { expectation, type StepKind } from "../step-kind.ts";
import { sumOf } from "../sum-of.ts";
import { amount, dateOrNever, grantCategory, NEVER } from "../values.ts";

const resident = field("resident", "住民", nameOf("resident"));
const municipality = field("municipality", "自治体", nameOf("organisation"));
const points = field("points", "ポイント", nameOf("points"));
const amountPt = field("amount", "数", amount);

/** What a resident can still spend. */
export const expectBalance: StepKind = expectation({
  words: { ja: "残高確認", en: "expect balance" },
  says: {
    ja: "自治体のウォレットで使えるポイントの合計。期限を過ぎたものは数えません。",
    en: "The points in a wallet that have not lapsed; of one type where points are named.",
  },
  fields: {
    resident,
    municipality,
    points: optional("points", "ポイント", nameOf("points"), null),
    amountPt,
  },
  async compare({ resident: whose, municipality: { id }, points: only, amountPt: expected }, play) {
    const lots = await openLots(play, whose, id);
    const counted = lots.filter(({ pointType }) => only === null || pointType === only.id);
    return { expected, found: sumOf(counted.map(({ remainingPt }) => remainingPt)) };
  },
});

/** The lots of a wallet, one by one. */
export const expectLots: StepKind = expectation({
  words: { ja: "ロット確認", en: "expect lots" },
  says: {
    ja: "ウォレットにあるロット（ポイント・残り・期限）を、できた順にすべて。",
    en: "Every lot of a wallet that has not lapsed, in the order in which they came: points, left, expiry.",
  },
  fields: {
    resident,
    municipality,
    lots: field(
      "lots",
      "ロット",
      listOf(
        mapping({
          points,
          amountPt: field("left", "残り", amount),
          expiresOn: field("expires", "期限", dateOrNever),
        }),
      ),
    ),
  },
  async compare({ resident: whose, municipality: { id }, lots: expected }, play) {
    const found = await openLots(play, whose, id);
    const told = (name: string, leftPt: number, expiresOn: string | null) =>
      `${name} ${leftPt} (${expiresOn ?? NEVER})`;
    return {
      expected: expected
        .map((lot) => told(lot.points.name, lot.amountPt, lot.expiresOn))
        .join(", "),
      found: found
        .map((lot) => told(play.names.nameOf(lot.pointType), lot.remainingPt, lot.expiresOn))
        .join(", "),
    };
  },
});

/** What a shop took and has not been paid for. */
export const expectTill: StepKind = expectation({
  words: { ja: "店の受取り確認", en: "expect till" },
  says: {
    ja: "店が受け取り、まだ精算されていないポイント。",
    en: "The points that a shop took and that are not settled yet; of one type where points are named.",
  },
  fields: {
    shop: field("shop", "店", nameOf("shop")),
    points: optional("points", "ポイント", nameOf("points"), null),
    amountPt,
  },
  async compare({ shop, points: only, amountPt: expected }, play) {
    const account = await play.read(MERCHANT_ACCOUNT.key(shop.id));
    const counted = (account?.holdings ?? []).filter(
      ({ pointType }) => only === null || pointType === only.id,
    );
    return { expected, found: sumOf(counted.map(({ balancePt }) => balancePt)) };
  },
});

/** How many points were issued. */
export const expectIssued: StepKind = expectation({
  words: { ja: "発行総数確認", en: "expect issued" },
  says: { ja: "これまでに発行されたポイント。", en: "The points of a type issued so far." },
  fields: { points, amountPt },
  async compare({ points: type, amountPt: expected }, play) {
    const issue = await play.read(ISSUE.key(play.ownerOf(type), type.id));
    return { expected, found: issue?.issuedPt ?? 0 };
  },
});

/** What may still be granted. */
export const expectBudget: StepKind = expectation({
  words: { ja: "予算残確認", en: "expect budget left" },
  says: {
    ja: "ある目的の予算のうち、まだ付与できる額。",
    en: "What is left of a budget; of the fiscal year of the day unless told.",
  },
  fields: {
    municipality,
    category: field("for", "目的", grantCategory),
    fiscalYear: optional("fiscal year", "年度", amount, null),
    amountPt,
  },
  async compare({ municipality: { id }, category, fiscalYear, amountPt: expected }, play) {
    const year = fiscalYear ?? fiscalYearOf(today(play));
    const budget = await play.read(BUDGET.key(id, year, category));
    return { expected, found: budget === null ? 0 : rightLeft(budget) };
  },
});

/** What all accounts of a kind hold together, as reports have it. */
export const expectTotal: StepKind = expectation({
  words: { ja: "勘定確認", en: "expect total" },
  says: {
    ja: "あるポイントが、いまどこにいくつあるか。帳簿の検算もします。",
    en: "How much of a kind of points is where now, all accounts together; the books are examined.",
  },
  fields: {
    points,
    account: field(
      "in",
      "勘定",
      oneOfWords([
        [{ ja: "ウォレット", en: "wallets" }, "wallet"],
        [{ ja: "店", en: "tills" }, "merchant"],
        [{ ja: "精算中", en: "batches" }, "batch"],
        [{ ja: "支払済", en: "paid out" }, "retired"],
        [{ ja: "失効", en: "expired" }, "expired"],
        [{ ja: "ポイント券", en: "vouchers" }, "voucher"],
        [{ ja: "プロジェクト", en: "projects" }, "project"],
      ]),
    ),
    amountPt,
  },
  async compare({ points: which, account, amountPt: expected }, play) {
    const asset = pointAsset(play.ownerOf(which), which.id);
    const totals = checkInvariants(await play.ledger.records());
    const total = totals.find((each) => each.asset === asset && each.kind === account);
    return { expected, found: total?.balancePt ?? 0 };
  },
});

async function openLots(play: Play, whose: Named, with_: string): Promise<readonly Lot[]> {
  const { handle } = await play.cast.walletOf(whose, with_);
  const wallet: Wallet | null = await play.read(WALLET.key(toHex(handle)));
  return (wallet?.lots ?? []).filter((lot) => !isExpired(lot, today(play)));
}

function today({ ledger }: Play): CivilDate {
  return civilDateAt(ledger.nowMs);
}
