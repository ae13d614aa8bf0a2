/** A partner's conversions on a network, as its desk sees them. */
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { convertConfirm } from "../../contracts/conversion/convert-confirm.ts";
import { convertReject } from "../../contracts/conversion/convert-reject.ts";
import { convertRequest } from "../../contracts/conversion/convert-request.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { networkNowMs } from "../sdk/network-now.ts";
import { submitTransaction } from "../sdk/submit.ts";
import { type Draft, officer, signDraft } from "../sdk/transaction-builder.ts";
import type { AskedConversion } from "./company-system.ts";
import type { ConversionEvent, PartnerLedger } from "./conversion-desk.ts";
import { provenEventsAfter } from "./proven-events.ts";

/** Whose conversions, where, and who signs for the company. */
export interface PartnerOnNodes {
  readonly partner: string;
  readonly nodes: readonly LedgerClient[];
  readonly genesis: Genesis;
  /** In the role `partner`: confirms. */
  readonly partnerKey: Signer;
  /** In the role `clerk`: rejects. */
  readonly clerkKey: Signer;
}

/** What a transaction says of a conversion, before it is known whether it is ours. */
interface Bodies {
  readonly public: { readonly partner?: string; readonly conversion?: Uint8Array };
  readonly private: {
    readonly partner?: string;
    readonly wallet?: Uint8Array;
    readonly units?: number;
  } | null;
}

const TYPES: ReadonlySet<string> = new Set(
  [convertRequest, convertConfirm, convertReject].map(({ type }) => type),
);

/** The ledger of a partner. */
export class ConversionsOnNodes implements PartnerLedger {
  readonly #parts: PartnerOnNodes;

  constructor(parts: PartnerOnNodes) {
    this.#parts = parts;
  }

  eventsAfter(height: number) {
    const { nodes, genesis } = this.#parts;
    return firstAnswer(nodes, (node) =>
      provenEventsAfter(height, node, genesis, (transaction) => this.#eventOf(transaction)),
    );
  }

  confirm({ conversion, wallet }: AskedConversion): Promise<string> {
    const { partner, partnerKey } = this.#parts;
    const body = { public: { partner, conversion }, private: { wallet } };
    return this.#submit({ type: convertConfirm.type, ...body }, partnerKey);
  }

  reject({ conversion }: AskedConversion): Promise<string> {
    const { partner, clerkKey } = this.#parts;
    const body = { public: { organisation: partner, partner, conversion }, private: null };
    return this.#submit({ type: convertReject.type, ...body }, clerkKey);
  }

  async #submit(draft: Draft, signer: Signer): Promise<string> {
    const { nodes, genesis } = this.#parts;
    const nowMs = await networkNowMs(nodes, genesis);
    const context = { networkId: networkIdOf(genesis), nowMs };
    const { bytes } = await signDraft(draft, [officer(signer)], context);
    return (await submitTransaction(bytes, { nodes, genesis })).result;
  }

  /** Null for what is no business of this partner. */
  #eventOf(transaction: Transaction): ConversionEvent | null {
    const { type } = transaction.envelope;
    if (!TYPES.has(type)) return null;
    const { content } = checkTransaction(transaction, networkIdOf(this.#parts.genesis));
    const { public: open, private: secret } = content as Bodies & typeof content;
    if ((open.partner ?? secret?.partner) !== this.#parts.partner) return null;
    if (open.conversion !== undefined) {
      const kind = type === convertConfirm.type ? "CONFIRMED" : "REJECTED";
      return { kind, conversion: toHex(open.conversion) };
    }
    if (secret?.wallet === undefined || secret.units === undefined) return null;
    const asked = { wallet: toHex(secret.wallet), units: secret.units };
    return { kind: "REQUESTED", conversion: transaction.id, ...asked };
  }
}
