/**
 * Server-sent events: each applied block, resumable with `Last-Event-ID` (WHATWG HTML section 9.2).
 *
 * A listener is sent the next block when it has read the last: whoever reads slowly lags, and costs no memory.
 */
import type { ServerResponse } from "node:http";
import type { FastifyPluginAsync } from "fastify";
import type { Block } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import type { NodeLog } from "../logger.ts";
import type { NodeParts } from "../node-parts.ts";
import { blockSummary } from "./views.ts";

/** Connections that may listen at once. */
const LISTENERS_MAX = 256;
/** How far back `Last-Event-ID` may ask, and a listener may lag. */
const RESUME_BLOCKS_MAX = 1000;
/** A comment goes out this often, ms, so that proxies keep the connection and dead ones are noticed. */
const COMMENT_INTERVAL_MS = 15_000;

/** `/v1/events`. */
export function eventRoutes(node: NodeParts, log: NodeLog): FastifyPluginAsync {
  const streams = new Set<ServerResponse>();
  const source = { node, log, textOf: eventTexts() };
  return async (api) => {
    api.addHook("preClose", async () => {
      for (const stream of streams) stream.end();
    });
    api.get(
      "/v1/events",
      { exposeHeadRoute: false, schema: { summary: "Server-sent events: every applied block" } },
      (request, reply) => {
        if (streams.size >= LISTENERS_MAX) throw new LedgerFault("BUSY");
        const { height } = node.ledger;
        const seen = lastEventId(request.headers["last-event-id"]) ?? height;
        reply.hijack();
        const stream = reply.raw;
        streams.add(stream);
        stream.on("close", () => streams.delete(stream));
        stream.writeHead(200, {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-store",
        });
        stream.flushHeaders();
        follow(source, stream, Math.min(seen, height) + 1);
      },
    );
  };
}

/** @throws LedgerFault `INVALID_FIELD` when it is not a height. */
function lastEventId(header: string | string[] | undefined): number | null {
  if (header === undefined) return null;
  if (typeof header === "string" && /^\d{1,15}$/.test(header)) return Number(header);
  throw new LedgerFault("INVALID_FIELD", { path: "Last-Event-ID", problem: "not a height" });
}

/** What all listeners are served from. */
interface Source {
  readonly node: NodeParts;
  readonly log: NodeLog;
  readonly textOf: (block: Block) => string;
}

/** Sends every block from `first` on, as fast as the listener reads. */
function follow({ node, log, textOf }: Source, stream: ServerResponse, first: number): void {
  let next = first;
  const mayWrite = () => !stream.writableNeedDrain && !stream.writableEnded && !stream.destroyed;
  const send = () => {
    try {
      const { height } = node.ledger;
      next = Math.max(next, node.ledger.keptFrom, height - RESUME_BLOCKS_MAX + 1);
      for (; next <= height && mayWrite(); next++) stream.write(textOf(node.ledger.block(next)));
    } catch (error) {
      log.error("EVENTS_FAILED", { height: next, error: String(error) });
      stream.destroy();
    }
  };
  const stop = node.events.listen(send);
  const comment = setInterval(() => {
    if (mayWrite()) stream.write(":\n\n");
  }, COMMENT_INTERVAL_MS);
  stream.on("drain", send);
  stream.on("close", () => {
    stop();
    clearInterval(comment);
  });
  send();
}

/** The text of a block's event, made once for all who are sent the same block one after the other. */
function eventTexts(): (block: Block) => string {
  let last: { readonly hash: Hash; readonly text: string } | null = null;
  return (block) => {
    if (last !== null && equalBytes(last.hash, block.hash)) return last.text;
    const data = JSON.stringify(blockSummary(block));
    const text = `id: ${block.header.height}\nevent: block\ndata: ${data}\n\n`;
    last = { hash: block.hash, text };
    return text;
  };
}
