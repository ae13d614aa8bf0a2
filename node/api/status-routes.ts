/** Who this node is, what it sees of the network, and the live page. */
import type { FastifyPluginAsync } from "fastify";
import { TRANSACTION_TYPES } from "../../contracts/registry.ts";
import { toHex } from "../../ledger/bytes.ts";
import { FAULTS } from "../../ledger/faults.ts";
import { genesisText } from "../../ledger/genesis.ts";
import { memberOf } from "../../ledger/membership.ts";
import type { NodeParts } from "../node-parts.ts";
import { livePage } from "./live-page.ts";
import { membershipView, organisationName } from "./membership-view.ts";
import { statusView } from "./views.ts";

/** The page loads nothing but itself and this API; `data:` is its empty icon. */
const CONTENT_POLICY = "default-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'";

/** What transaction types and result codes are called, for pages that show them to people. */
const VOCABULARY = {
  types: Object.fromEntries(TRANSACTION_TYPES.map(({ type, title }) => [type, title])),
  results: Object.fromEntries(
    Object.entries(FAULTS).map(([code, { ja, en }]) => [code, { ja, en }]),
  ),
};

/** `/`, `/v1/network`, `/v1/genesis`, `/v1/status`, `/v1/membership`, `/v1/vocabulary`. */
export function statusRoutes(node: NodeParts): FastifyPluginAsync {
  const page = livePage();
  return async (api) => {
    api.get("/", { schema: { hide: true } }, (_request, reply) =>
      reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", CONTENT_POLICY)
        .send(page),
    );

    api.get("/v1/network", { schema: { summary: "The network and this node" } }, () => {
      const { self, membership } = node.status();
      const member = memberOf(membership, self);
      return {
        networkId: node.networkId,
        name: node.genesis.name,
        clock: node.genesis.clock,
        node: {
          number: self,
          // Null for a node that is not a member yet, or not any more.
          organisation: member?.organisation ?? null,
          publicKey: member === undefined ? null : toHex(member.publicKey),
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
      () => statusView(node.status(), (id) => organisationName(node.store, id)),
    );

    api.get(
      "/v1/membership",
      {
        schema: {
          summary: "Who runs the network, who shall, who governs; what a change waits for",
        },
      },
      () => membershipView(node),
    );

    api.get(
      "/v1/vocabulary",
      { schema: { summary: "Transaction types and result codes in Japanese and English" } },
      () => VOCABULARY,
    );
  };
}
