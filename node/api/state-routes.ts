/** The state that auditors begin with, where earlier blocks cannot be executed again. */
import { Readable } from "node:stream";
import type { FastifyPluginAsync } from "fastify";
import { encode } from "../../ledger/encoding.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { NodeParts } from "../node-parts.ts";

/** `GET /v1/state`: a CBOR sequence of byte strings; `NOT_FOUND` at a node whose blocks are all whole. */
export function stateRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.get(
      "/v1/state",
      { schema: { summary: "A state to execute later blocks on: its block's header, its chunks" } },
      (_request, reply) => {
        const state = node.openingState();
        if (state === null) throw new LedgerFault("NOT_FOUND");
        return reply.type("application/cbor-seq").send(Readable.from(sequenceOf(state)));
      },
    );
  };
}

function* sequenceOf(items: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  for (const item of items) yield encode(item);
}
