/** Who this node is, what it sees of the network, and the live page. */
import { readFileSync } from "node:fs";
import type { FastifyPluginAsync } from "fastify";
import { toHex } from "../../ledger/bytes.ts";
import { genesisText } from "../../ledger/genesis.ts";
import type { NodeParts } from "../node-parts.ts";
import { statusView } from "./views.ts";

/** The page's source stands beside this file's, not beside its compiled form. */
const LIVE_PAGE = new URL("../../../node/api/live-page.html", import.meta.url);

/** `/`, `/v1/network`, `/v1/genesis`, `/v1/status`. */
export function statusRoutes(node: NodeParts): FastifyPluginAsync {
  const page = readFileSync(LIVE_PAGE, "utf8");
  return async (api) => {
    api.get("/", { schema: { hide: true } }, (_request, reply) =>
      reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", "default-src 'self' 'unsafe-inline'; base-uri 'none'")
        .send(page),
    );

    api.get("/v1/network", { schema: { summary: "The network and this node" } }, () => {
      const { self } = node.status();
      const member = node.genesis.members.find(({ number }) => number === self);
      return {
        networkId: node.networkId,
        name: node.genesis.name,
        node: {
          number: self,
          organisation: member?.organisation,
          publicKey: member === undefined ? undefined : toHex(member.publicKey),
        },
        version: node.version,
      };
    });

    api.get(
      "/v1/genesis",
      { schema: { summary: "The genesis in its one canonical text" } },
      (_request, reply) =>
        reply.type("application/json; charset=utf-8").send(genesisText(node.genesis)),
    );

    api.get(
      "/v1/status",
      { schema: { summary: "Role, heights, members, who is missing for a quorum" } },
      () => statusView(node.status(), node.genesis),
    );
  };
}
