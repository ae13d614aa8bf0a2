/** The chain for auditors, receipts and pages: blocks, certificates, wallets. */
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { WALLET } from "../../contracts/state/state-records.ts";
import { encodeCertificate } from "../../ledger/block.ts";
import { fromHex } from "../../ledger/bytes.ts";
import { encode } from "../../ledger/encoding.ts";
import { encodeProof } from "../../ledger/evidence.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { HASH_SIZE_BYTES } from "../../ledger/hash.ts";
import { MEMBERSHIP_CHANGES_MAX } from "../../ledger/limits.ts";
import { bytes } from "../../ledger/schema.ts";
import type { NodeParts } from "../node-parts.ts";
import { type BlockSummary, blockSummary } from "./views.ts";

const CHAIN_BLOCKS_MAX = 256;
/** After this many bytes a chain answer ends, at the end of a block. */
const CHAIN_SIZE_BYTES_MAX: number = 8 * 1024 * 1024;
const SUMMARIES_MAX = 100;
/** After this many transactions a list of blocks ends, at the end of a block. */
const SUMMARY_TRANSACTIONS_MAX = 4096;

const handleSchema = bytes(HASH_SIZE_BYTES);

function countQuery(max: number, fallback: number) {
  return { type: "integer", minimum: 1, maximum: max, default: fallback };
}

/** `/v1/chain`, `/v1/certificate`, `/v1/evidence`, `/v1/blocks`, `/v1/wallets/:handle`. */
export function chainRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.get<{ Querystring: { from: number; limit: number } }>(
      "/v1/chain",
      {
        schema: {
          summary: "Certified blocks from a height upwards, as a CBOR sequence of byte strings",
          querystring: {
            type: "object",
            properties: {
              from: { type: "integer", minimum: 1, default: 1 },
              limit: countQuery(CHAIN_BLOCKS_MAX, CHAIN_BLOCKS_MAX),
            },
          },
        },
      },
      (request, reply) => {
        const { from, limit } = request.query;
        return reply.type("application/cbor-seq").send(chainPart(node, from, limit));
      },
    );

    api.get(
      "/v1/certificate",
      { schema: { summary: "The certificate of the highest certified block" } },
      (_request, reply) => {
        const certificate = node.certifier.certified;
        if (certificate === null) throw new LedgerFault("NOT_FOUND");
        return sendCbor(reply, encodeCertificate(certificate));
      },
    );

    api.get(
      "/v1/evidence",
      { schema: { summary: "What convicts members that broke the protocol, as a proof file" } },
      (_request, reply) => {
        const networkId = fromHex(node.networkId);
        const memberships = node.ledger.membershipSteps(1, MEMBERSHIP_CHANGES_MAX);
        const proof = { version: 1, networkId, memberships, evidence: node.evidence.all };
        return sendCbor(reply, encodeProof(proof));
      },
    );

    api.get<{ Querystring: { limit: number } }>(
      "/v1/blocks",
      {
        schema: {
          summary: "The latest applied blocks, newest first",
          querystring: { type: "object", properties: { limit: countQuery(SUMMARIES_MAX, 10) } },
        },
      },
      (request) => latestBlocks(node, request.query.limit),
    );

    api.get<{ Params: { height: number } }>(
      "/v1/blocks/:height",
      {
        schema: {
          summary: "One applied block",
          params: { type: "object", properties: { height: { type: "integer", minimum: 1 } } },
        },
      },
      (request, reply) => sendCbor(reply, node.ledger.block(request.params.height).bytes),
    );

    api.get<{ Params: { handle: string } }>(
      "/v1/wallets/:handle",
      { schema: { summary: "A wallet by its handle, which only its resident's offices know" } },
      (request) => {
        handleSchema.fromJson(request.params.handle, "handle");
        const key = WALLET.key(request.params.handle);
        const stored = node.store.get(key.text);
        if (stored === undefined) throw new LedgerFault("NOT_FOUND");
        const wallet = key.space.decode(stored);
        const balancePt = wallet.lots.reduce((sum, { remainingPt }) => sum + remainingPt, 0);
        return {
          handle: request.params.handle,
          balancePt,
          ...(key.space.schema.toJson(wallet) as object),
        };
      },
    );
  };
}

function sendCbor(reply: FastifyReply, body: Uint8Array): FastifyReply {
  return reply.type("application/cbor").send(Buffer.from(body));
}

/** Fewer blocks than asked for when they are full: a summary names each transaction. */
function latestBlocks(node: NodeParts, limit: number): BlockSummary[] {
  const summaries: BlockSummary[] = [];
  let transactions = 0;
  const first = Math.max(node.ledger.keptFrom, node.ledger.height - limit + 1);
  for (let { height } = node.ledger; height >= first; height--) {
    const summary = blockSummary(node.ledger.block(height));
    summaries.push(summary);
    transactions += summary.transactions.length;
    if (transactions >= SUMMARY_TRANSACTIONS_MAX) break;
  }
  return summaries;
}

/** Blocks that are certified and applied, one byte string each, one after the other. */
function chainPart(node: NodeParts, from: number, limit: number): Buffer {
  const end = Math.min(from + limit - 1, node.ledger.height, node.certifier.certifiedHeight);
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (let height = from; height <= end && sizeBytes < CHAIN_SIZE_BYTES_MAX; height++) {
    const part = encode(node.ledger.block(height).bytes);
    parts.push(part);
    sizeBytes += part.length;
  }
  return Buffer.concat(parts);
}
