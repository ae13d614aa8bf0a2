/** The clock of a rehearsal. No node of a real network has this address. */
import type { FastifyPluginAsync } from "fastify";
import { TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { RehearsalClock } from "../clock.ts";
import type { NodeParts } from "../node-parts.ts";

const moveSchema = {
  summary: "Rehearsals only: moves this node's clock forward",
  body: {
    type: "object",
    required: ["nowMs"],
    additionalProperties: false,
    properties: { nowMs: { type: "integer", minimum: 0, maximum: TIMESTAMP_MS_MAX } },
  },
} as const;

/** `/v1/rehearsal/clock` where the genesis says that the network is a rehearsal; else nothing. */
export function rehearsalRoutes({ clock }: NodeParts): FastifyPluginAsync {
  return async (api) => {
    if (!(clock instanceof RehearsalClock)) return;
    const schema = { summary: "Rehearsals only: this node's clock" };
    api.get("/v1/rehearsal/clock", { schema }, () => ({ nowMs: clock.nowMs() }));

    api.post<{ Body: { nowMs: number } }>(
      "/v1/rehearsal/clock",
      { schema: moveSchema },
      ({ body: { nowMs } }) => {
        clock.moveTo(nowMs);
        return { nowMs };
      },
    );
  };
}
