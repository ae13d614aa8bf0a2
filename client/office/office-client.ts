/** Asks an office over HTTP, signed. Several addresses are members that share the office's custody: any will do. */
import { utf8 } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { askNode, jsonOf } from "../sdk/http.ts";
import type { TransactionSigner } from "../sdk/transaction-builder.ts";
import type { Question } from "./question.ts";
import { signRequest } from "./signed-request.ts";

const PING_TIMEOUT_MS = 3000;

/** Who asks whom. */
export interface OfficeClientOptions {
  /** Addresses, the nearest first. */
  readonly urls: readonly string[];
  readonly audience: string;
  /** As `SignatureFacts` has it. */
  readonly keyId: string;
  readonly signer: TransactionSigner;
  /** Of a card that signs, DER. */
  readonly certificate?: Uint8Array;
  /** For an answer of one address, ms. */
  readonly timeoutMs: number;
}

/** A caller of one office. */
export class OfficeClient {
  readonly #options: OfficeClientOptions;

  constructor(options: OfficeClientOptions) {
    this.#options = options;
  }

  /**
   * The first answer that an address gives.
   * @param nowMs the time that the signature bears: that of the network where the own clock may be wrong.
   * @throws LedgerFault that the office reported; ClientError `OFFICE_UNREACHABLE`, `NODE_ANSWER_INVALID`.
   */
  async ask<Q, A>(question: Question<Q, A>, asked: Q, nowMs: number): Promise<A> {
    let last: unknown;
    for (const url of this.#options.urls) {
      try {
        return await this.#askOne(url, question, asked, nowMs);
      } catch (error) {
        if (!isAway(error)) throw error;
        last = error;
      }
    }
    throw new ClientError("OFFICE_UNREACHABLE", { problem: messageOf(last), cause: last });
  }

  async #askOne<Q, A>(url: string, question: Question<Q, A>, asked: Q, nowMs: number): Promise<A> {
    const { path, asks, answers } = question;
    const { timeoutMs, ...asking } = this.#options;
    const body = utf8(JSON.stringify(asks.toJson(asked)));
    const headers = await signRequest({ method: "POST", path, body }, { ...asking, nowMs });
    const response = await askNode({
      url: addressOf(url, path),
      timeoutMs,
      accept: "application/json",
      body: { type: "application/json", bytes: body },
      headers,
    });
    const json = await jsonOf(response);
    try {
      return answers.fromJson(json);
    } catch (cause) {
      throw new ClientError("NODE_ANSWER_INVALID", { url, problem: messageOf(cause), cause });
    }
  }
}

/** Resolves when the service at an address answers at all. @throws ClientError `OFFICE_UNREACHABLE`. */
export async function pingOffice(url: string): Promise<void> {
  const request = { url: addressOf(url, "/livez"), timeoutMs: PING_TIMEOUT_MS };
  try {
    const response = await askNode({ ...request, accept: "application/json" });
    await response.body?.cancel();
  } catch (cause) {
    throw new ClientError("OFFICE_UNREACHABLE", { problem: messageOf(cause), cause });
  }
}

function addressOf(url: string, path: string): URL {
  return new URL(`${url.replace(/\/+$/, "")}${path}`);
}

/** Whether another address may do better. */
function isAway(error: unknown): boolean {
  if (error instanceof ClientError) return error.code === "NODE_UNREACHABLE";
  return error instanceof LedgerFault && ["OFFICE_AWAY", "BUSY", "INTERNAL"].includes(error.code);
}
