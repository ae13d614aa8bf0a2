/** What a municipality laid down and appropriated: on what terms its officers grant, what they may still grant, its campaigns, its shops. */
import type { FastifyPluginAsync } from "fastify";
import { CAMPAIGN, type CampaignName } from "../../contracts/campaigns/campaign-records.ts";
import { GRANT_CATEGORIES } from "../../contracts/fields/fields.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { BUDGET, MERCHANT, POINT_TYPE } from "../../contracts/state/state-records.ts";
import { VOUCHER_SERIES } from "../../contracts/vouchers/voucher.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import type { NodeParts } from "../node-parts.ts";

const code = { type: "string", pattern: "^[0-9]{6}$" } as const;
const name = { type: "string", pattern: "^[a-z0-9-]{1,40}$" } as const;

/**
 * `GET /v1/point-types/:issuer/:pointType`, `GET /v1/budgets/:issuer/:fiscalYear/:category`,
 * `GET /v1/campaigns/:issuer/:pointType/:campaign`, `GET /v1/merchants/:merchant`,
 * `GET /v1/voucher-series/:issuer/:series`.
 */
export function issuerRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.get<{ Params: { issuer: string; pointType: string } }>(
      "/v1/point-types/:issuer/:pointType",
      {
        schema: {
          summary: "The terms of a type of points",
          params: { type: "object", properties: { issuer: code, pointType: name } },
        },
      },
      ({ params }) => recordAt(node, POINT_TYPE.key(params.issuer, params.pointType)),
    );

    api.get<{ Params: { issuer: string; series: string } }>(
      "/v1/voucher-series/:issuer/:series",
      {
        schema: {
          summary: "The terms of a series of vouchers, and what became of its points",
          params: { type: "object", properties: { issuer: code, series: name } },
        },
      },
      ({ params }) => recordAt(node, VOUCHER_SERIES.key(params.issuer, params.series)),
    );

    api.get<{ Params: { issuer: string; fiscalYear: number; category: string } }>(
      "/v1/budgets/:issuer/:fiscalYear/:category",
      {
        schema: {
          summary: "What was appropriated for grants of a category, granted, and set aside",
          params: {
            type: "object",
            properties: {
              issuer: code,
              fiscalYear: { type: "integer", minimum: 1970, maximum: 9998 },
              category: { enum: GRANT_CATEGORIES },
            },
          },
        },
      },
      ({ params: { issuer, fiscalYear, category } }) =>
        recordAt(node, BUDGET.key(issuer, fiscalYear, category)),
    );

    api.get<{ Params: CampaignName }>(
      "/v1/campaigns/:issuer/:pointType/:campaign",
      {
        schema: {
          summary: "The terms of a campaign or an event, and what it has given so far",
          params: { type: "object", properties: { issuer: code, pointType: name, campaign: name } },
        },
      },
      ({ params: { issuer, pointType, campaign } }) =>
        recordAt(node, CAMPAIGN.key(issuer, pointType, campaign)),
    );

    api.get<{ Params: { merchant: string } }>(
      "/v1/merchants/:merchant",
      {
        schema: {
          summary: "A merchant or facility, and whose points it takes",
          params: { type: "object", properties: { merchant: name } },
        },
      },
      ({ params }) => recordAt(node, MERCHANT.key(params.merchant)),
    );
  };
}

/** @throws LedgerFault `NOT_FOUND`. */
function recordAt<T>({ store }: NodeParts, { space, text }: StateKey<T>): JsonValue {
  const stored = store.get(text);
  if (stored === undefined) throw new LedgerFault("NOT_FOUND");
  return space.schema.toJson(space.decode(stored));
}
