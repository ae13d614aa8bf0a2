/** Runs on a worker thread: signs payments before the load begins. */
import { workerData } from "node:worker_threads";
import { signDraft } from "../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../client/terminal/terminal-key.ts";
import { useSha256 } from "../ledger/hash.ts";
import { nativeSha256 } from "../ledger/native/sha256.ts";
import { cardSigner, ISSUER, type Payers } from "./payers.ts";

useSha256(nativeSha256);
/** What the thread is made with. */
const { residents, shops } = workerData as Payers;
const cards = residents.map((resident) => ({
  ...resident,
  signer: cardSigner(resident.cardKeyPem),
}));
const tills = shops.map((shop) => ({ ...shop, signer: TerminalKey.fromPem(shop.terminalKeyPem) }));

/** Which payments: residents and shops take turns from `first` on. */
export interface SigningTask {
  readonly networkId: Uint8Array;
  readonly first: number;
  readonly count: number;
}

/** The worker's task: signed payments of 1 pt, as bytes. The name is what the pool calls. */
export async function signPayments({ networkId, first, count }: SigningTask) {
  const payments: Uint8Array[] = [];
  for (let i = first; i < first + count; i += 1) {
    const card = cards[i % cards.length];
    const till = tills[i % tills.length];
    if (card === undefined || till === undefined) throw new RangeError("nobody pays");
    const { wallet, cardSalt } = card;
    const { merchant, terminal } = till;
    const payer = { municipality: ISSUER, wallet, cardSalt };
    const body = { ...payer, merchant, terminal, amountPt: 1, campaign: null };
    const draft = { type: "PAY", public: {}, private: body };
    const context = { networkId, nowMs: Date.now() };
    const { bytes } = await signDraft(draft, [card.signer, till.signer], context);
    payments.push(bytes);
  }
  return payments;
}
