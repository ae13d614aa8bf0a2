/**
 * A process that holds one size of state or chain, and takes a block of payments whenever it is told: everything that a
 * node does but network, HTTP and votes, which know nothing of the size. Arguments: wallets, blocks, folder.
 */
import { signDraft } from "../../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { type Hash, useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import type { OpenedChain } from "../../node/open-chain.ts";
import { cardSigner, ISSUER, makePayers } from "../payers.ts";
import { residentMiBOf } from "../process-usage.ts";
import { addBlock, FilledNode, walletOf } from "./filled-node.ts";

const BLOCK_PAYMENTS = 400;

/** Said once the directory is open. */
export interface StateStart {
  /** Opening the directory, as a node that starts does. */
  readonly startS: number;
}

/** Said of each block. */
export interface StateBlock {
  /** All threads. */
  readonly cpuUsPerPayment: number;
  /** Of that, both signatures. */
  readonly verifyUsPerPayment: number;
  readonly residentMiB: number;
}

useSha256(nativeSha256);
process.on("disconnect", () => process.exit());
const [wallets = 0, blocks = 0] = process.argv.slice(2, 4).map(Number);
const { opened, networkId, startS, pay } = await prepare(process.argv[4] ?? "");
process.on("message", () => {
  void takePayments().then((block: StateBlock) => process.send?.(block));
});
const started: StateStart = { startS };
process.send?.(started);

async function prepare(directory: string) {
  const { residents, shops } = await makePayers(1, 1);
  const [resident, shop] = [residents[0], shops[0]];
  if (resident === undefined || shop === undefined) throw new RangeError("nobody pays");
  const card = cardSigner(resident.cardKeyPem);
  const till = TerminalKey.fromPem(shop.terminalKeyPem);
  const keys = { cardKey: card.publicKey, terminalKey: till.publicKey };
  const node = await FilledNode.make({ directory, wallets, blocks, shop, ...keys });
  const ofNetwork: Hash = networkIdOf(node.genesis);
  const beganMs = performance.now();
  const chain: OpenedChain = await node.open();
  let number = 0;
  return {
    opened: chain,
    networkId: ofNetwork,
    startS: (performance.now() - beganMs) / 1000,
    pay: async () => {
      // Steps of the golden section (Knuth, 6.4): spread over all wallets, none soon again.
      number += 1;
      const { handle, salt } = walletOf(
        Math.floor(wallets * ((number * 0.618_033_988_749_895) % 1)),
      );
      const { merchant, terminal } = shop;
      const place = { municipality: ISSUER, wallet: toHex(handle), merchant, terminal };
      const body = { ...place, amountPt: 1, cardSalt: toHex(salt) };
      const draft = { type: "PAY", public: {}, private: body };
      const context = { networkId: ofNetwork, nowMs: Date.now() };
      return (await signDraft(draft, [card, till], context)).bytes;
    },
  };
}

async function takePayments(): Promise<StateBlock> {
  const payments: Uint8Array[] = [];
  while (payments.length < BLOCK_PAYMENTS) payments.push(await pay());
  const before = process.cpuUsage();
  const checked = payments.map((bytes) => checkTransaction(decodeTransaction(bytes), networkId));
  const beforeVerifying = process.cpuUsage();
  for (const { source } of checked) {
    if (!signaturesOf(source).every(verifySignature)) throw new Error("a payment does not verify");
  }
  const verifying = process.cpuUsage(beforeVerifying);
  await addBlock(opened, checked);
  const all = process.cpuUsage(before);
  if (opened.chain.applied.block?.results.some((result) => result !== ACCEPTED)) {
    throw new Error("a payment was refused");
  }
  return {
    cpuUsPerPayment: (all.user + all.system) / BLOCK_PAYMENTS,
    verifyUsPerPayment: (verifying.user + verifying.system) / BLOCK_PAYMENTS,
    residentMiB: residentMiBOf(process.pid),
  };
}
