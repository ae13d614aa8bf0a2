import { toHex } from "../../ledger/bytes.ts";
import { record, uint } from "../../ledger/schema.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";
import { convertedPt, rateOn } from "./conversion-rate.ts";
import { CONSENT, CONVERSION, CONVERSION_RATE, hasRoomFor, PARTNER } from "./conversion-records.ts";

const HOUR_MS = 3_600_000;

/**
 * CONVERT_REQUEST: a resident asks a company to give so many of its units up for him. What they come to is fixed now,
 * by the rate of today; points come into being when the company confirms.
 */
export const convertRequest = defineTransaction({
  type: "CONVERT_REQUEST",
  since: 1,
  title: { ja: "交換の申込み", en: "Ask for a conversion" },
  summary: {
    ja: "本人のカードで、企業のポイントの交換を申し込みます。交換後のポイント数は申込み時の率で決まります。",
    en: "A resident asks for a conversion of a company's points, at the rate of the day.",
  },
  public: record({}),
  private: record({ ...cardholderFields, partner: shortName, units: uint(999_999_999, 1) }),
  validity: "card",
  signers: [CARD],
  faults: [
    ...CARDHOLDER_FAULTS,
    "UNKNOWN_PARTNER",
    "CONSENT_MISSING",
    "NOT_UNIT_STEP",
    "LIMIT_EXCEEDED",
    "EXPOSURE_EXCEEDED",
  ],
  keys: ({ id, private: request }) => [
    ...keysOfCardholder(request),
    PARTNER.key(request.partner),
    CONVERSION_RATE.key(request.partner),
    CONSENT.key(request.partner, toHex(request.wallet)),
    CONVERSION.key(id),
    PARAMETER.key("PARTNER_ANSWER_HOURS"),
  ],
  apply(view, content, block) {
    const { partner: name, units, ...holder } = content.private;
    const wallet = walletOfCard(view, holder, content, block);
    if (typeof wallet === "string") return wallet;
    const partner = view.get(PARTNER.key(name));
    const announced = view.get(CONVERSION_RATE.key(name));
    if (partner === null || announced === null) return "UNKNOWN_PARTNER";
    const consent = view.get(CONSENT.key(name, toHex(holder.wallet)));
    if (consent?.status !== "GRANTED") return "CONSENT_MISSING";
    const amountPt = convertedPt(rateOn(announced, block.today), units);
    if (typeof amountPt === "string") return amountPt;
    if (!hasRoomFor(partner, amountPt)) return "EXPOSURE_EXCEEDED";

    const answerHours = parameterOn(view, "PARTNER_ANSWER_HOURS", block.today);
    view.put(PARTNER.key(name), { ...partner, pendingYen: partner.pendingYen + amountPt });
    view.put(CONVERSION.key(content.id), {
      partner: name,
      wallet: holder.wallet,
      amountPt,
      answerByMs: block.timestampMs + answerHours * HOUR_MS,
      status: "REQUESTED",
    });
    return [];
  },
});
