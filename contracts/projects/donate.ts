import { toHex } from "../../ledger/bytes.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { amountPt, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, lotPosting, posting } from "../points/accounts.ts";
import { chooseEligible, isUsable, type Lot, type LotUse } from "../points/lots.ts";
import { debitWallet } from "../points/wallet-lots.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";
import { creditHoldings, HOLDINGS_MAX } from "../spending/till.ts";
import { WALLET } from "../state/state-records.ts";
import { commitToDonation, DONATION, PROJECT } from "./project.ts";

/** DONATE: a resident gives points of one type to a project. Nothing of it is public but the project's total. */
export const donate = defineTransaction({
  type: "DONATE",
  since: 1,
  title: { ja: "ポイントの寄附", en: "Donate points" },
  summary: {
    ja: "本人のカードの署名により、プロジェクトにポイントを寄附します。だれの寄附かは公開されません。",
    en: "Gives points to a project, signed by the resident's card. Who gave is not public.",
  },
  public: record({}),
  private: record({
    ...cardholderFields,
    issuer: municipalityCode,
    project: shortName,
    pointType: shortName,
    amountPt,
    /** Random; with it the donor can have the points back if the project is to refund. */
    donationSalt: bytes(32),
  }),
  validity: "card",
  signers: [CARD],
  faults: [
    "UNKNOWN_PROJECT",
    "PROJECT_CLOSED",
    ...CARDHOLDER_FAULTS,
    "BALANCE_INSUFFICIENT",
    "LIMIT_EXCEEDED",
    "ALREADY_EXISTS",
  ],
  keys: ({ private: gift }) => [
    ...keysOfCardholder(gift),
    PROJECT.key(gift.issuer, gift.project),
    DONATION.key(toHex(commitToDonation(gift.donationSalt, gift.wallet))),
  ],
  apply(view, content, block) {
    const gift = content.private;
    const { issuer, pointType } = gift;
    const projectKey = PROJECT.key(issuer, gift.project);
    const project = view.get(projectKey);
    if (project === null) return "UNKNOWN_PROJECT";
    if (project.status !== "OPEN" || project.deadline < block.today) return "PROJECT_CLOSED";
    const wallet = walletOfCard(view, gift, content, block);
    if (typeof wallet === "string") return wallet;
    const place = { issuer, category: project.category, today: block.today };
    const isEligible = (lot: Lot) => lot.pointType === pointType && isUsable(lot, place);
    const uses = chooseEligible(wallet.lots, isEligible, gift.amountPt);
    if (uses === null) return "BALANCE_INSUFFICIENT";
    const fiscalYear = fiscalYearOf(block.today);
    const given = { fiscalYear, issuer, pointType, balancePt: gift.amountPt };
    const holdings = creditHoldings(project.holdings, [given]);
    if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";

    const donationKey = DONATION.key(toHex(commitToDonation(gift.donationSalt, gift.wallet)));
    if (view.get(donationKey) !== null) return "ALREADY_EXISTS";
    if (project.refundable) {
      const { amountPt: heldPt, project: name } = gift;
      const terms = { ...termsOf(uses), issuer, project: name, pointType, fiscalYear };
      view.put(donationKey, { ...terms, amountPt: heldPt, status: "HELD" });
    }
    const walletKey = WALLET.key(toHex(gift.wallet));
    view.put(walletKey, debitWallet(wallet, uses));
    view.put(projectKey, {
      ...project,
      raisedPt: addPt(project.raisedPt, gift.amountPt),
      holdings,
    });
    return uses.flatMap(({ lot, usedPt }) => {
      const debit = lotPosting(walletKey.text, lot, -usedPt);
      return [debit, posting(`project/${projectKey.id}`, debit.asset, usedPt)];
    });
  },
});

/** The terms under which points come back: in each respect the strictest of the lots that were used. */
function termsOf(uses: readonly LotUse[]) {
  const lots = uses.map(({ lot }) => lot);
  const [first] = lots;
  if (first === undefined) throw new Error("an amount above zero uses a lot");
  const dates = lots.map(({ expiresOn }) => expiresOn).filter((date) => date !== null);
  const restrictions = lots.map((lot) => lot.restrictedTo).filter(({ length }) => length > 0);
  const isPaid = lots.some(({ consideration }) => consideration === "PAID");
  return {
    category: first.category,
    expiresOn: dates.sort((a, b) => (a < b ? -1 : 1))[0] ?? null,
    consideration: isPaid ? ("PAID" as const) : ("NONE" as const),
    restrictedTo: restrictions.reduce(
      (common, one) => common.filter((category) => one.includes(category)),
      restrictions[0] ?? [],
    ),
    perUseCapPt: Math.min(...lots.map(({ perUseCapPt }) => perUseCapPt)),
  };
}
