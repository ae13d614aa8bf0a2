/**
 * A node, as its HTTP API shows it. Answers are read strictly; whether they are true is for receipts and
 * certificates to prove (submit.ts, audit/).
 */
import {
  CAMPAIGN,
  type Campaign,
  type CampaignName,
} from "../../contracts/campaigns/campaign-records.ts";
import {
  BUDGET,
  type Budget,
  MERCHANT,
  type Merchant,
  POINT_TYPE,
  type PointType,
} from "../../contracts/state/state-records.ts";
import { VOUCHER_SERIES, type VoucherSeries } from "../../contracts/vouchers/voucher.ts";
import { utf8 } from "../../ledger/bytes.ts";
import { PROOF_SIZE_BYTES_MAX } from "../../ledger/evidence.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { BLOCK_SIZE_BYTES_MAX, TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import type { Schema } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import {
  clockAnswer,
  facilityAnswer,
  type KnownLink,
  keyAnswer,
  linksAnswer,
  membershipAnswer,
  type NetworkMembership,
  type NodeStatus,
  networkAnswer,
  type OfferedService,
  servicesAnswer,
  statusAnswer,
  type TransactionState,
  terminalAnswer,
  transactionAnswer,
  type WalletState,
  walletAnswer,
} from "./answers.ts";
import { askNode, bytesOf, jsonOf, piecesOf } from "./http.ts";

const JSON_TYPE = "application/json";
const CBOR_TYPE = "application/cbor";
const GENESIS_SIZE_BYTES_MAX = 16 * 1024 * 1024;
const CERTIFICATE_SIZE_BYTES_MAX = 64 * 1024;
/** Blocks that a node sends at a time. */
const CHAIN_BLOCKS_MAX = 256;

/** How a client waits. */
export interface LedgerClientOptions {
  /** For an answer that the node can give at once, ms. Default 10,000. */
  readonly requestTimeoutMs?: number;
}

/** Every method throws what `askNode` throws. */
export class LedgerClient {
  /** Address of the node. */
  readonly url: string;
  readonly #requestTimeoutMs: number;

  constructor(url: string, options: LedgerClientOptions = {}) {
    this.url = url.replace(/\/+$/, "");
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
  }

  /** Network and identity of the node. */
  network() {
    return this.#json("/v1/network", networkAnswer);
  }

  /** The node's clock, ms: the Date field of its answers (RFC 9110 section 6.6.1), which tells seconds. */
  async clockMs(): Promise<number> {
    const response = await this.#get("/v1/network", JSON_TYPE);
    await response.body?.cancel();
    const timeMs = Date.parse(response.headers.get("date") ?? "");
    if (Number.isSafeInteger(timeMs)) return timeMs;
    throw new ClientError("NODE_ANSWER_INVALID", { url: response.url, problem: "no date" });
  }

  /** Moves the clock of a node of a rehearsal. @throws LedgerFault `NOT_FOUND` on any other network. */
  async moveClock(nowMs: number): Promise<void> {
    const response = await askNode({
      url: this.#url("/v1/rehearsal/clock"),
      timeoutMs: this.#requestTimeoutMs,
      accept: JSON_TYPE,
      body: { type: JSON_TYPE, bytes: utf8(JSON.stringify({ nowMs })) },
    });
    await response.body?.cancel();
  }

  /** The clock of a node of a rehearsal, ms. @throws LedgerFault `NOT_FOUND` on any other network. */
  async rehearsalClock(): Promise<number> {
    return (await this.#json("/v1/rehearsal/clock", clockAnswer)).nowMs;
  }

  /** Heights, leader and members as the node sees them. */
  status(): Promise<NodeStatus> {
    return this.#json("/v1/status", statusAnswer);
  }

  /** Who runs the network, who shall, who governs. */
  membership(): Promise<NetworkMembership> {
    return this.#json("/v1/membership", membershipAnswer);
  }

  /** The text of the genesis. */
  async genesisText(): Promise<string> {
    const bytes = await bytesOf(await this.#get("/v1/genesis", JSON_TYPE), GENESIS_SIZE_BYTES_MAX);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  }

  /**
   * Sends a transaction and waits until it is decided, `waitMs` at most.
   * Sending the same bytes again is harmless: it gives the first result.
   * @throws LedgerFault when it was not accepted for ordering.
   */
  async submit(transactionBytes: Uint8Array, waitMs: number): Promise<TransactionState> {
    const response = await askNode({
      url: this.#url(`/v1/transactions?waitMs=${waitMs}`),
      timeoutMs: waitMs + this.#requestTimeoutMs,
      accept: JSON_TYPE,
      body: { type: CBOR_TYPE, bytes: transactionBytes },
    });
    return this.#read(response, transactionAnswer);
  }

  /** What has become of a transaction. @param id hexadecimal. @throws LedgerFault `NOT_FOUND`. */
  transaction(id: string): Promise<TransactionState> {
    return this.#json(`/v1/transactions/${id}`, transactionAnswer);
  }

  /** The receipt of a decided transaction, canonical bytes. @throws LedgerFault `NOT_FOUND`. */
  async receipt(id: string): Promise<Uint8Array> {
    const response = await this.#get(`/v1/transactions/${id}/receipt`, CBOR_TYPE);
    return bytesOf(response, 2 * TRANSACTION_SIZE_BYTES_MAX);
  }

  /** A wallet's state. @param handle hexadecimal. */
  wallet(handle: string): Promise<WalletState> {
    return this.#json(`/v1/wallets/${handle}`, walletAnswer);
  }

  /** What was appropriated for a category of grants in a fiscal year, and what became of it. @throws LedgerFault `NOT_FOUND`. */
  budget(issuer: string, fiscalYear: number, category: string): Promise<Budget> {
    return this.#json(`/v1/budgets/${issuer}/${fiscalYear}/${category}`, BUDGET.schema);
  }

  /** The terms of a type of points. @throws LedgerFault `NOT_FOUND`. */
  pointType(issuer: string, pointType: string): Promise<PointType> {
    return this.#json(`/v1/point-types/${issuer}/${pointType}`, POINT_TYPE.schema);
  }

  /** The terms of a series of vouchers, and what became of its points. @throws LedgerFault `NOT_FOUND`. */
  voucherSeries(issuer: string, series: string): Promise<VoucherSeries> {
    return this.#json(`/v1/voucher-series/${issuer}/${series}`, VOUCHER_SERIES.schema);
  }

  /** The terms of a campaign, and what it has given so far. @throws LedgerFault `NOT_FOUND`. */
  campaign({ issuer, pointType, campaign }: CampaignName): Promise<Campaign> {
    return this.#json(`/v1/campaigns/${issuer}/${pointType}/${campaign}`, CAMPAIGN.schema);
  }

  /** A merchant or facility. @throws LedgerFault `NOT_FOUND`. */
  merchant(id: string): Promise<Merchant> {
    return this.#json(`/v1/merchants/${encodeURIComponent(id)}`, MERCHANT.schema);
  }

  /** A terminal's registration. @throws LedgerFault `NOT_FOUND`. */
  terminal(id: string) {
    return this.#json(`/v1/terminals/${encodeURIComponent(id)}`, terminalAnswer);
  }

  /** What a municipality's facilities offer. */
  async services(municipality: string): Promise<readonly OfferedService[]> {
    return (await this.#json(`/v1/services/${municipality}`, servicesAnswer)).services;
  }

  /** The municipality of a facility, and its name. @throws LedgerFault `NOT_FOUND`. */
  facility(id: string) {
    return this.#json(`/v1/facilities/${encodeURIComponent(id)}`, facilityAnswer);
  }

  /** Those of some links that there are. @param handles hexadecimal, 50 at most. */
  async links(handles: readonly string[]): Promise<readonly KnownLink[]> {
    const query = handles.map((handle) => `handle=${handle}`).join("&");
    return (await this.#json(`/v1/links?${query}`, linksAnswer)).links;
  }

  /** Whose an officer's key is. @param publicKey hexadecimal. @throws LedgerFault `NOT_FOUND`. */
  key(publicKey: string) {
    return this.#json(`/v1/keys/${encodeURIComponent(publicKey)}`, keyAnswer);
  }

  /** Certified blocks from a height upwards, as a CBOR sequence in pieces; empty at the end. */
  async *chain(fromHeight: number): AsyncGenerator<Uint8Array, void> {
    const path = `/v1/chain?from=${fromHeight}&limit=${CHAIN_BLOCKS_MAX}`;
    const sizeBytesMax = 2 * BLOCK_SIZE_BYTES_MAX;
    let sizeBytes = 0;
    for await (const piece of piecesOf(await this.#get(path, "application/cbor-seq"))) {
      sizeBytes += piece.length;
      if (sizeBytes > sizeBytesMax) {
        throw new ClientError("NODE_ANSWER_INVALID", { url: this.url, problem: "too large" });
      }
      yield piece;
    }
  }

  /** The state to execute later blocks on, as a CBOR sequence in pieces; null from a node that has all blocks whole. */
  async state(): Promise<AsyncGenerator<Uint8Array, void> | null> {
    try {
      return piecesOf(await this.#get("/v1/state", "application/cbor-seq"));
    } catch (error) {
      if (error instanceof LedgerFault && error.code === "NOT_FOUND") return null;
      throw error;
    }
  }

  /** An applied block. @throws LedgerFault `NOT_FOUND`, `BODY_DROPPED`. */
  async block(height: number): Promise<Uint8Array> {
    return bytesOf(await this.#get(`/v1/blocks/${height}`, CBOR_TYPE), BLOCK_SIZE_BYTES_MAX);
  }

  /** The certificate of the highest certified block. */
  async certificate(): Promise<Uint8Array> {
    return bytesOf(await this.#get("/v1/certificate", CBOR_TYPE), CERTIFICATE_SIZE_BYTES_MAX);
  }

  /** What the node holds against members, as a proof file. */
  async evidence(): Promise<Uint8Array> {
    return bytesOf(await this.#get("/v1/evidence", CBOR_TYPE), PROOF_SIZE_BYTES_MAX);
  }

  async #json<T>(path: string, schema: Schema<T>): Promise<T> {
    return this.#read(await this.#get(path, JSON_TYPE), schema);
  }

  #get(path: string, accept: string): Promise<Response> {
    return askNode({ url: this.#url(path), timeoutMs: this.#requestTimeoutMs, accept });
  }

  #url(path: string): URL {
    return new URL(`${this.url}${path}`);
  }

  async #read<T>(response: Response, schema: Schema<T>): Promise<T> {
    const json = await jsonOf(response);
    try {
      return schema.fromJson(json);
    } catch (error) {
      const { facts } = error as LedgerFault;
      const problem = messageOf(error);
      throw new ClientError("NODE_ANSWER_INVALID", {
        ...facts,
        url: response.url,
        problem,
        cause: error,
      });
    }
  }
}
