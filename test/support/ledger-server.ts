/**
 * A ledger whose blocks are made by the test, and nodes that show it over HTTP: honest ones, and some that are not.
 * Its clock is block time, so that a minute passes when the test says so.
 */
import { encodeCertificate } from "../../ledger/block.ts";
import { encodeProof } from "../../ledger/evidence.ts";
import { encodeReceipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { AuditChain } from "./audit-chain.ts";
import { type Handler, sendJson, sendProblem } from "./fake-node.ts";
import type { LedgerWorld } from "./ledger-world.ts";

type Response = Parameters<Handler>[1];

/** A chain with a wallet of 1,000 pt and the shop of `LedgerWorld`. */
export class LedgerServer {
  readonly #audited: AuditChain;
  readonly #places = new Map<string, { readonly height: number; readonly index: number }>();

  constructor(world: LedgerWorld) {
    this.#audited = new AuditChain(world);
    this.#audited.append(world.setUp());
  }

  get #chain() {
    return this.#audited.chain;
  }

  /** Time of the last block, ms. */
  get timeMs(): number {
    return this.#chain.tip.timestampMs;
  }

  /** Ids and results of the payments in the chain. */
  get payments(): readonly { readonly id: string; readonly result: string }[] {
    return [...this.#places].map(([id, { height, index }]) => {
      return { id, result: this.#chain.blockAt(height).results[index] ?? "" };
    });
  }

  /** Puts a payment into a block. */
  commit(bytes: Uint8Array): void {
    this.#audited.append([bytes]);
    this.#places.set(decodeTransaction(bytes).id, { height: this.#chain.tip.height, index: 0 });
  }

  /** An empty block, so much later. */
  passTime(byMs: number): void {
    this.#audited.append([], { header: { timestampMs: this.timeMs + byMs } });
  }

  /** A node that has the whole chain and puts what it is sent into a block. */
  readonly honest: Handler = (request, response, body) => {
    response.setHeader("date", new Date(this.timeMs).toUTCString());
    const path = (request.url ?? "").replace(/\?.*/, "");
    if (request.method === "POST") return this.#submit(new Uint8Array(body), response);
    const [, , what, key, part] = path.split("/");
    if (what === "transactions") return this.#transaction(response, key ?? "", part);
    const { tip, networkId } = this.#chain;
    const proof = { version: 1, networkId, memberships: [], evidence: [] };
    if (what === "network") sendJson(response, 200, {});
    else if (what === "certificate") {
      response.end(encodeCertificate(this.#chain.certificate(tip.height)));
    } else if (what === "blocks") response.end(this.#chain.blockAt(Number(key)).bytes);
    else if (what === "evidence") response.end(encodeProof(proof));
    else sendProblem(response, 404, "NOT_FOUND");
  };

  #submit(bytes: Uint8Array, response: Response): void {
    const { id, envelope } = decodeTransaction(bytes);
    const isNew = !this.#places.has(id);
    if (isNew && envelope.notAfterMs < this.timeMs) sendProblem(response, 409, "EXPIRED");
    else {
      if (isNew) this.commit(bytes);
      this.#transaction(response, id);
    }
  }

  #transaction(response: Response, id: string, part?: string): void {
    const place = this.#places.get(id);
    const receipt = place && this.#chain.receipt(place.height, place.index);
    if (receipt === undefined) sendProblem(response, 404, "NOT_FOUND");
    else if (part === "receipt") response.end(encodeReceipt(receipt));
    else {
      const { result } = receipt;
      sendJson(response, 200, {
        id,
        status: result === "OK" ? "committed" : "refused",
        result,
        ...place,
      });
    }
  }
}
