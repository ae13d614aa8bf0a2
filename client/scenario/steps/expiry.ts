/** Points lapse, or lapse later; a scheme ends. */

import { civilDateAt } from "../../../contracts/fields/dates.ts";
import { isExpired, type Lot } from "../../../contracts/points/lots.ts";
import { EXPIRED, WALLET } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, nameOf } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { amount, date } from "../values.ts";

const points = field("points", "ポイント", nameOf("points"));

/** EXPIRE_SWEEP. */
export const sweep: StepKind = action({
  words: { ja: "失効処理", en: "sweep" },
  says: {
    ja: "期限を過ぎたポイントを、すべての住民のウォレットから失効の勘定に移します。毎日行うことです。",
    en: "Moves lapsed points of all residents out of their wallets, as is done daily.",
  },
  fields: { points },
  async orders({ points: which }, play) {
    const issuer = play.ownerOf(which);
    const today = civilDateAt(play.ledger.nowMs);
    const lapsed = await walletsWith(play, which, (lot) => isExpired(lot, today));
    // A sweep names wallets; where nothing lapsed, all of them.
    const wallets = lapsed.length > 0 ? lapsed : await walletsWith(play, which, () => true);
    return [
      {
        type: "EXPIRE_SWEEP",
        public: { organisation: issuer, issuer, pointType: which.id },
        private: { wallets },
      },
    ];
  },
});

/** LOT_EXTEND. */
export const extend: StepKind = action({
  words: { ja: "期限延長", en: "extend" },
  says: {
    ja: "災害などのとき、同じ日に期限が来るポイントの期限を、すべての住民について延ばします。",
    en: "Gives all points that lapse on a day a later last day, after a disaster for instance.",
  },
  fields: {
    points,
    expiresOn: field("expires", "期限", date),
    extendedTo: field("to", "新しい期限", date),
  },
  orders: async ({ points: which, expiresOn, extendedTo }, play) => [
    {
      type: "LOT_EXTEND",
      public: { issuer: play.ownerOf(which), pointType: which.id, expiresOn, extendedTo },
      private: { wallets: await walletsWith(play, which, (lot) => lot.expiresOn === expiresOn) },
    },
  ],
});

/** SCHEME_WIND_DOWN. */
export const windDown: StepKind = action({
  words: { ja: "制度終了", en: "wind down" },
  says: {
    ja: "ポイントの終了日を公表します。以後は付与せず、終了日までは使えます。",
    en: "Announces when a kind of points ends. None are granted from now on; they can be spent until then.",
  },
  fields: { points, endsOn: field("ends on", "終了日", date) },
  orders: ({ points: which, endsOn }, play) => [
    {
      type: "SCHEME_WIND_DOWN",
      public: { issuer: play.ownerOf(which), pointType: which.id, endsOn },
    },
  ],
});

/** How many points were swept. */
export const expectExpired: StepKind = expectation({
  words: { ja: "失効総数確認", en: "expect expired" },
  says: { ja: "これまでに失効したポイント。", en: "The points of a type that have lapsed so far." },
  fields: { points, amountPt: field("amount", "数", amount) },
  async compare({ points: which, amountPt: expected }, play) {
    const expired = await play.read(EXPIRED.key(play.ownerOf(which), which.id));
    return { expected, found: expired?.expiredPt ?? 0 };
  },
});

/** The handles of wallets with a lot of the points of which something holds. */
async function walletsWith(
  play: Play,
  which: Named,
  holds: (lot: Lot) => boolean,
): Promise<string[]> {
  const issuer = play.ownerOf(which);
  const handles = await Promise.all(
    play.names.all("resident").map(async (resident) => {
      const { handle } = await play.cast.walletOf(resident, issuer);
      const wallet = await play.read(WALLET.key(toHex(handle)));
      const lots = (wallet?.lots ?? []).filter(({ pointType }) => pointType === which.id);
      return lots.some(holds) ? [toHex(handle)] : [];
    }),
  );
  return handles.flat();
}
