/** Fees of facilities. */
import { FACILITY, SERVICE } from "../../../contracts/services/service.ts";
import { MERCHANT } from "../../../contracts/state/state-records.ts";
import { ClientError } from "../../client-fault.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, mapping, nameOf, newName, optional } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { amount } from "../values.ts";
import { campaignName } from "./campaigns.ts";
import { attestations } from "./card-status.ts";

/** A fee of a tariff. */
export const feeOfTariff = mapping({
  fee: field("fee", "料金", newName("fee")),
  amountPt: field("amount", "数", amount),
});

/** FEE_PAY. */
export const payFee: StepKind = action({
  words: { ja: "利用料", en: "pay fee" },
  says: {
    ja: "住民がカードで、施設の料金表の料金を支払います。数は、書かなければ料金表どおりです。",
    en: "A resident pays a fee of a facility's tariff with his card; the amount is the tariff's unless told.",
  },
  fields: {
    resident: field("resident", "住民", nameOf("resident")),
    service: field("service", "サービス", nameOf("service")),
    fee: field("fee", "料金", nameOf("fee")),
    count: optional("count", "人数", amount, 1),
    amountPt: optional("amount", "数", amount, null),
    campaign: optional("campaign", "キャンペーン", nameOf("campaign"), null),
  },
  async orders({ resident, service, fee, count, amountPt, campaign }, play) {
    const facility = play.ownerOf(service);
    const shop = await tillOf(play, facility);
    const municipality = (await play.read(MERCHANT.key(shop.id)))?.issuer ?? "";
    const terms = await play.read(SERVICE.key(facility, service.id));
    const listedPt = terms?.fees.find((each) => each.fee === fee.id)?.amountPt ?? 0;
    const paid = { amountPt: amountPt ?? listedPt * count };
    return [
      ...(await attestations(play, { resident, municipality, ...paid })),
      {
        type: "FEE_PAY",
        public: {},
        private: {
          ...(await play.cardholder(resident, municipality)),
          merchant: shop.id,
          terminal: shop.id,
          ...paid,
          campaign: campaign === null ? null : campaignName(play, campaign),
          facility,
          service: service.id,
          fee: fee.id,
          count,
        },
        resident,
        shop,
      },
    ];
  },
});

/** The shop whose terminal takes points for a facility. */
async function tillOf(play: Play, facility: string): Promise<Named> {
  const merchant = (await play.read(FACILITY.key(facility)))?.merchant ?? null;
  if (merchant !== null) return { id: merchant, name: merchant };
  throw new ClientError("STEP_IMPOSSIBLE", { problem: `${facility} has no till` });
}
