/** Server-sent events: each applied block, resumable with `Last-Event-ID` (WHATWG HTML section 9.2). */
import type { FastifyPluginAsync } from "fastify";
import type { Block } from "../../ledger/block.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { NodeParts } from "../node-parts.ts";
import { blockSummary } from "./views.ts";

/** Connections that may listen at once. */
const LISTENERS_MAX = 256;
/** How far back `Last-Event-ID` may ask. */
const RESUME_BLOCKS_MAX = 1000;
/** A listener that has not read this much is disconnected: it can resume. */
const UNREAD_SIZE_BYTES_MAX: number = 1024 * 1024;

/** `/v1/events`. */
export function eventRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.get(
      "/v1/events",
      { schema: { summary: "Server-sent events: every applied block" } },
      (request, reply) => {
        if (node.events.size >= LISTENERS_MAX) throw new LedgerFault("BUSY");
        const lastSeen = Number(request.headers["last-event-id"] ?? node.ledger.height);
        if (!Number.isSafeInteger(lastSeen) || lastSeen < 0) {
          throw new LedgerFault("INVALID_FIELD", {
            path: "Last-Event-ID",
            problem: "not a height",
          });
        }
        reply.hijack();
        const stream = reply.raw;
        stream.writeHead(200, {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-store",
        });
        const send = (block: Block) => {
          const { height } = block.header;
          const data = JSON.stringify(blockSummary(block));
          stream.write(`id: ${height}\nevent: block\ndata: ${data}\n\n`);
          if (stream.writableLength > UNREAD_SIZE_BYTES_MAX) stream.destroy();
        };
        const first = Math.max(lastSeen + 1, node.ledger.height - RESUME_BLOCKS_MAX, 1);
        for (let height = first; height <= node.ledger.height; height++) {
          send(node.ledger.block(height));
        }
        const stop = node.events.listen(send);
        stream.on("close", stop);
      },
    );
  };
}
