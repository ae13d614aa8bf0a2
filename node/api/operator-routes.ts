/** What operators and their tools ask: is it alive, is it of use, how does it fare. */
import type { FastifyPluginAsync } from "fastify";
import { LedgerFault } from "../../ledger/faults.ts";
import type { NodeParts } from "../node-parts.ts";

/** `/livez`, `/readyz`, `/metrics`, `/openapi.json`. */
export function operatorRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.get("/livez", { schema: { summary: "The process answers" } }, () => ({ live: true }));

    api.get("/readyz", { schema: { summary: "Transactions can be committed now" } }, () => {
      const { leader, role } = node.status();
      if (role === "no member") throw new LedgerFault("NOT_A_MEMBER");
      if (leader === 0) throw new LedgerFault("NO_LEADER");
      return { ready: true, leader };
    });

    api.get("/metrics", { schema: { summary: "Prometheus metrics" } }, async (_request, reply) =>
      reply.type("text/plain; version=0.0.4; charset=utf-8").send(await node.metrics()),
    );

    api.get("/openapi.json", { schema: { hide: true } }, () => api.swagger());
  };
}
