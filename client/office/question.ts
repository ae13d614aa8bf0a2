/** What can be asked of an office over HTTP: the same declaration serves the office, its callers and OpenAPI. */
import type { Schema } from "../../ledger/schema.ts";
import type { Caller } from "./callers.ts";

/** A question: `POST` of a JSON object, answered by one. */
export interface Question<Q, A> {
  readonly path: string;
  readonly summary: string;
  readonly asks: Schema<Q>;
  readonly answers: Schema<A>;
}

/** A question and the office's way of answering it. */
export interface Answering<Q, A> {
  readonly question: Question<Q, A>;
  readonly mayAsk: (caller: Caller) => boolean;
  /** @throws LedgerFault; anything else is this office's failure. */
  readonly answer: (asked: Q, nowMs: number, caller: Caller) => Promise<A> | A;
}

/** Name of an office in signatures: kind of service, municipality, network. */
export function audienceOf(
  service: "registrar" | "verifier" | "services",
  municipality: string,
  networkId: Uint8Array,
): string {
  return `${service}/${municipality}/${Buffer.from(networkId).toString("hex")}`;
}
