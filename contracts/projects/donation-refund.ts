import { toHex } from "../../ledger/bytes.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { lotPosting, posting } from "../points/accounts.ts";
import { addLot } from "../points/wallet-lots.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardMoving,
  walletOfCardMoving,
} from "../spending/counter.ts";
import { debitTill } from "../spending/till.ts";
import { WALLET } from "../state/state-records.ts";
import { commitToDonation, DONATION, PROJECT } from "./project.ts";

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
    ...keysOfCardMoving(claim),
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
    const { amountPt } = donation;
    const wallet = walletOfCardMoving(view, { ...claim, amountPt }, content, block);
    if (typeof wallet === "string") return wallet;

    const { issuer, pointType, category, consideration, restrictedTo, perUseCapPt } = donation;
    // Points whose day came while the project held them can be spent as long as they can be claimed.
    const isLate = donation.expiresOn !== null && donation.expiresOn < claimUntil;
    const returned = addLot(wallet, {
      issuer,
      pointType,
      category,
      amountPt,
      issuedOn: block.today,
      expiresOn: isLate ? claimUntil : donation.expiresOn,
      origin: "REFUND",
      consideration,
      restrictedTo,
      perUseCapPt,
    });
    if (returned === null) return "LIMIT_EXCEEDED";
    const debit = { issuer, pointType, takenIn: [donation.fiscalYear] };
    const holdings = debitTill(project.holdings, debit, amountPt);
    if (holdings === null) throw new Error(`${projectKey.text} holds every donation`);
    const walletKey = WALLET.key(toHex(claim.wallet));
    view.put(walletKey, returned.wallet);
    view.put(projectKey, { ...project, holdings });
    view.put(donationKey, { ...donation, status: "REFUNDED" });
    const credit = lotPosting(walletKey.text, returned.lot, amountPt);
    return [posting(projectKey.text, credit.asset, -amountPt), credit];
  },
});
