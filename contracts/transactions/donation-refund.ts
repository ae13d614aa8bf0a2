import { toHex } from "../../ledger/bytes.ts";
import { WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { lotPosting, posting } from "../accounts.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../cardholder.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { shortName } from "../fields.ts";
import type { Lot } from "../lots.ts";
import { municipalityCode } from "../municipality-code.ts";
import { commitToDonation } from "../project.ts";
import { DONATION, PROJECT, WALLET } from "../state-records.ts";
import { debitHoldings } from "../till.ts";

/** DONATION_REFUND: a donor takes points back from a project that missed its goal. */
export const donationRefund = defineTransaction({
  type: "DONATION_REFUND",
  since: 1,
  title: { ja: "寄附の返還", en: "Take a donation back" },
  summary: {
    ja: "目標に達しなかったプロジェクトから、本人のカードの署名により寄附したポイントを戻します。",
    en: "Takes points back from a project that missed its goal, signed by the donor's card.",
  },
  public: record({}),
  private: record({
    ...cardholderFields,
    issuer: municipalityCode,
    project: shortName,
    donationSalt: bytes(32),
  }),
  validity: "card",
  signers: [CARD],
  faults: [
    "UNKNOWN_PROJECT",
    "PROJECT_CLOSED",
    "UNKNOWN_DONATION",
    ...CARDHOLDER_FAULTS,
    "LIMIT_EXCEEDED",
  ],
  keys: ({ private: claim }) => [
    ...keysOfCardholder(claim),
    PROJECT.key(claim.issuer, claim.project),
    DONATION.key(toHex(commitToDonation(claim.donationSalt, claim.wallet))),
  ],
  apply(view, content, block) {
    const claim = content.private;
    const projectKey = PROJECT.key(claim.issuer, claim.project);
    const project = view.get(projectKey);
    if (project === null) return "UNKNOWN_PROJECT";
    const { status, claimUntil } = project;
    const isRefunding = status === "REFUNDING" && claimUntil !== null && block.today <= claimUntil;
    if (!isRefunding) return "PROJECT_CLOSED";
    const donationKey = DONATION.key(toHex(commitToDonation(claim.donationSalt, claim.wallet)));
    const donation = view.get(donationKey);
    const isOfProject =
      donation?.issuer === claim.issuer &&
      donation.project === claim.project &&
      donation.status === "HELD";
    if (!isOfProject) return "UNKNOWN_DONATION";
    const wallet = walletOfCard(view, content, donation.amountPt, block);
    if (typeof wallet === "string") return wallet;
    if (wallet.lots.length >= WALLET_LOTS_MAX) return "LIMIT_EXCEEDED";

    const { issuer, pointType, category, consideration, amountPt, fiscalYear } = donation;
    // Points whose day came while the project held them can be spent as long as they can be claimed.
    const isLate = donation.expiresOn !== null && donation.expiresOn < claimUntil;
    const lot: Lot = {
      number: wallet.nextLot,
      issuer,
      pointType,
      category,
      amountPt,
      remainingPt: amountPt,
      issuedOn: block.today,
      expiresOn: isLate ? claimUntil : donation.expiresOn,
      origin: "REFUND",
      consideration,
      restrictedTo: donation.restrictedTo,
      perUseCapPt: donation.perUseCapPt,
    };
    const walletKey = WALLET.key(toHex(claim.wallet));
    const back = { fiscalYear, issuer, pointType, balancePt: amountPt };
    view.put(walletKey, { ...wallet, nextLot: lot.number + 1, lots: [...wallet.lots, lot] });
    view.put(projectKey, { ...project, holdings: debitHoldings(project.holdings, back) });
    view.put(donationKey, { ...donation, status: "REFUNDED" });
    const credit = lotPosting(walletKey.text, lot, amountPt);
    return [posting(projectKey.text, credit.asset, -amountPt), credit];
  },
});
