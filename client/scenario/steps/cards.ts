/** Cards, terminals and shops are renewed and stopped. */
import { WALLET } from "../../../contracts/state/state-records.ts";
import { toHex, utf8 } from "../../../ledger/bytes.ts";
import { sha256 } from "../../../ledger/hash.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, listOf, nameOf } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { sumOf } from "../sum-of.ts";
import { signedByCard } from "./card-status.ts";

const resident = field("resident", "住民", nameOf("resident"));
const municipality = field("municipality", "自治体", nameOf("organisation"));
const shop = field("shop", "店", nameOf("shop"));

/** CARD_REBIND. */
export const renewCard: StepKind = action({
  words: { ja: "カード更新", en: "renew card" },
  says: {
    ja: "住民が新しいカードを受け取り、ウォレットを引き継ぎます。前のカードはその時から使えません。",
    en: "A resident gets a new card and keeps his wallets; the one before it is dead at once.",
  },
  fields: {
    resident,
    municipalities: field("wallets with", "自治体", listOf(nameOf("organisation"))),
  },
  async orders({ resident: whose, municipalities }, { cast, ledger }) {
    cast.renewCard(whose);
    return Promise.all(
      municipalities.map(async ({ id }) => {
        const before = await cast.walletOf(whose, id, "previous");
        const { handle, cardCommit, cardSalt } = await cast.walletOf(whose, id);
        return {
          type: "CARD_REBIND",
          public: { municipality: id },
          private: {
            wallet: toHex(handle),
            oldCardCommit: toHex(before.cardCommit),
            cardCommit: toHex(cardCommit),
            cardSalt: toHex(cardSalt),
            statusAsOfMs: ledger.nowMs,
            evidenceHash: toHex(sha256(utf8("evidence of continuity"))),
            certificate: null,
          },
          resident: whose,
        };
      }),
    );
  },
});

/** CARD_SUSPEND. */
export const suspendCard: StepKind = action({
  words: { ja: "カード停止", en: "suspend card" },
  says: {
    ja: "紛失の電話を受け、自治体がカードによる利用を止めます。",
    en: "A card is reported lost; the municipality stops its use.",
  },
  fields: { resident, municipality },
  orders: async ({ resident: whose, municipality: { id } }, play) => [
    {
      type: "CARD_SUSPEND",
      public: { municipality: id },
      private: { wallet: await handleOf(play, whose, id) },
    },
  ],
});

/** CARD_RESUME. */
export const resumeCard: StepKind = action({
  words: { ja: "カード停止解除", en: "resume card" },
  says: {
    ja: "見つかったカードで、本人が停止を解きます。",
    en: "The card was found; its holder lifts the suspension with it.",
  },
  fields: { resident, municipality },
  async orders({ resident: whose, municipality: { id } }, { cast, ledger }) {
    const { handle, cardSalt } = await cast.walletOf(whose, id);
    return [
      {
        type: "CARD_RESUME",
        public: { municipality: id },
        private: {
          wallet: toHex(handle),
          cardSalt: toHex(cardSalt),
          statusAsOfMs: ledger.nowMs,
        },
        resident: whose,
      },
    ];
  },
});

/** WALLET_CLOSE. */
export const closeWallet: StepKind = action({
  words: { ja: "ウォレット閉鎖", en: "close wallet" },
  says: {
    ja: "住民が自分のカードでウォレットを閉じます。残りのポイントは、本人が見た上で失効します。",
    en: "A resident closes his wallet with his card; what is left, which he has seen, lapses.",
  },
  fields: { resident, municipality },
  async orders({ resident: whose, municipality: { id } }, play) {
    const holder = await play.cardholder(whose, id);
    const wallet = await play.read(WALLET.key(holder.wallet));
    const left = new Map<string, { issuer: string; pointType: string; amountPt: number }>();
    for (const { issuer, pointType, remainingPt } of wallet?.lots ?? []) {
      const before = left.get(pointType)?.amountPt ?? 0;
      left.set(pointType, { issuer, pointType, amountPt: before + remainingPt });
    }
    const forfeits = [...left.values()];
    const amountPt = sumOf(forfeits.map((each) => each.amountPt));
    const use = { resident: whose, municipality: id, amountPt };
    return signedByCard(play, "WALLET_CLOSE", use, { forfeits });
  },
});

/** TERMINAL_REVOKE. */
export const revokeTerminal: StepKind = action({
  words: { ja: "端末失効", en: "revoke terminal" },
  says: { ja: "店の端末を失効させます。", en: "The shop's terminal is revoked." },
  fields: { shop },
  orders: ({ shop: where }, play) => [
    {
      type: "TERMINAL_REVOKE",
      public: { issuer: play.ownerOf(where), merchant: where.id, terminal: where.id },
    },
  ],
});

/** MERCHANT_SUSPEND. */
export const suspendShop: StepKind = action({
  words: { ja: "加盟店停止", en: "suspend shop" },
  says: { ja: "店での利用を止めます。", en: "No points can be spent at the shop any more." },
  fields: { shop },
  orders: ({ shop: where }, play) => [
    { type: "MERCHANT_SUSPEND", public: { issuer: play.ownerOf(where), merchant: where.id } },
  ],
});

/** MERCHANT_RESUME. */
export const resumeShop: StepKind = action({
  words: { ja: "加盟店停止解除", en: "resume shop" },
  says: { ja: "店での利用を再開します。", en: "Points can be spent at the shop again." },
  fields: { shop },
  orders: ({ shop: where }, play) => [
    { type: "MERCHANT_RESUME", public: { issuer: play.ownerOf(where), merchant: where.id } },
  ],
});

async function handleOf({ cast }: Play, whose: Named, with_: string): Promise<string> {
  return toHex((await cast.walletOf(whose, with_)).handle);
}
