/** The transfers to one street on a network, as the desk sees them. */
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { streetTransferAck } from "../../contracts/spending/street-transfer-ack.ts";
import { streetTransferRelease } from "../../contracts/spending/street-transfer-release.ts";
import { streetTransferRequest } from "../../contracts/spending/street-transfer-request.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import type { AskedConversion } from "../partner/company-system.ts";
import type { ConversionEvent, PartnerLedger } from "../partner/conversion-desk.ts";
import { provenEventsAfter } from "../partner/proven-events.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { networkNowMs } from "../sdk/network-now.ts";
import { submitTransaction } from "../sdk/submit.ts";
import { type Draft, officer, signDraft } from "../sdk/transaction-builder.ts";

/** Whose transfers, where, and who signs for the street. */
export interface StreetOnNodes {
  /** The street, carrier or issuer, as the ledger calls it. */
  readonly street: string;
  readonly nodes: readonly LedgerClient[];
  readonly genesis: Genesis;
  /** In the role `clerk`: acknowledges and releases. */
  readonly clerkKey: Signer;
}

/** What a transaction says of a transfer, before it is known whether it is ours. */
interface Bodies {
  readonly public: { readonly transfer?: Uint8Array };
  readonly private: {
    readonly street?: string;
    readonly wallet?: Uint8Array;
    readonly amountPt?: number;
  } | null;
}

const KINDS: ReadonlyMap<string, ConversionEvent["kind"]> = new Map([
  [streetTransferRequest.type, "REQUESTED"],
  [streetTransferAck.type, "CONFIRMED"],
  [streetTransferRelease.type, "REJECTED"],
]);

/** The ledger of a street. */
export class TransfersOnNodes implements PartnerLedger {
  readonly #parts: StreetOnNodes;

  constructor(parts: StreetOnNodes) {
    this.#parts = parts;
  }

  eventsAfter(height: number) {
    const { nodes, genesis } = this.#parts;
    return firstAnswer(nodes, (node) =>
      provenEventsAfter(height, node, genesis, (transaction) => this.#eventOf(transaction)),
    );
  }

  confirm({ conversion: transfer }: AskedConversion): Promise<string> {
    const { street } = this.#parts;
    const { type } = streetTransferAck;
    return this.#submit({ type, public: { street, transfer }, private: null });
  }

  reject({ conversion: transfer, wallet }: AskedConversion): Promise<string> {
    const { street: organisation } = this.#parts;
    const { type } = streetTransferRelease;
    return this.#submit({ type, public: { organisation, transfer }, private: { wallet } });
  }

  async #submit(draft: Draft): Promise<string> {
    const { nodes, genesis, clerkKey } = this.#parts;
    const nowMs = await networkNowMs(nodes, genesis);
    const context = { networkId: networkIdOf(genesis), nowMs };
    const { bytes } = await signDraft(draft, [officer(clerkKey)], context);
    return (await submitTransaction(bytes, { nodes, genesis })).result;
  }

  /** Acknowledgements and releases of others' transfers come through too: the desk knows its own by their numbers. */
  #eventOf(transaction: Transaction): ConversionEvent | null {
    const kind = KINDS.get(transaction.envelope.type);
    if (kind === undefined) return null;
    const { content } = checkTransaction(transaction, networkIdOf(this.#parts.genesis));
    const { public: open, private: secret } = content as Bodies & typeof content;
    if (kind !== "REQUESTED") {
      return open.transfer === undefined ? null : { kind, conversion: toHex(open.transfer) };
    }
    if (secret?.street !== this.#parts.street) return null;
    if (secret.wallet === undefined || secret.amountPt === undefined) return null;
    const asked = { wallet: toHex(secret.wallet), units: secret.amountPt };
    return { kind, conversion: transaction.id, ...asked };
  }
}
