/**
 * A process that holds one size of state or chain, and takes a block of payments whenever it is told: everything that a
 * node does but network, HTTP and votes, which know nothing of the size. Arguments: folder, wallets, and `fill` with the
 * number of blocks to make the directory and end, for what filling leaves in memory is not to be counted.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signDraft } from "../../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { type Hash, useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import type { OpenedChain } from "../../node/open-chain.ts";
import { cardSigner, makePayers, type Payers } from "../payers.ts";
import { residentMiBOf } from "../process-usage.ts";
import { addBlock, FilledNode, paymentFrom } from "./filled-node.ts";

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
const [, , directory = "", wallets = "0", mode, blocks = "0"] = process.argv;
if (mode === "fill") await fill();
else await serve();

async function fill(): Promise<void> {
  const payers = await makePayers(1, 1);
  writeFileSync(join(directory, "payers.json"), JSON.stringify(payers));
  const { card, till, shop } = signersOf(payers);
  const keys = { cardKey: card.publicKey, terminalKey: till.publicKey };
  const size = { wallets: Number(wallets), blocks: Number(blocks) };
  await FilledNode.make({ directory, ...size, shop, ...keys });
}

async function serve(): Promise<void> {
  process.on("disconnect", () => process.exit());
  const payers: Payers = JSON.parse(readFileSync(join(directory, "payers.json"), "utf8"));
  const node = FilledNode.at(directory);
  const networkId = networkIdOf(node.genesis);
  const beganMs = performance.now();
  const opened = await node.open();
  const start: StateStart = { startS: (performance.now() - beganMs) / 1000 };
  const pay = payments(payers, networkId);
  process.on("message", () => {
    void takeBlock(opened, networkId, pay).then((block: StateBlock) => process.send?.(block));
  });
  process.send?.(start);
}

function signersOf({ residents, shops }: Payers) {
  const [resident, shop] = [residents[0], shops[0]];
  if (resident === undefined || shop === undefined) throw new RangeError("nobody pays");
  const till = TerminalKey.fromPem(shop.terminalKeyPem);
  return { card: cardSigner(resident.cardKeyPem), till, shop };
}

/** Makes one payment after the other, each from another wallet. */
function payments(payers: Payers, networkId: Hash): () => Promise<Uint8Array> {
  const { card, till, shop } = signersOf(payers);
  let number = 0;
  return async () => {
    // Steps of the golden section (Knuth, 6.4): spread over all wallets, none soon again.
    number += 1;
    const share = (number * 0.618_033_988_749_895) % 1;
    const draft = paymentFrom(Math.floor(Number(wallets) * share), shop);
    return (await signDraft(draft, [card, till], { networkId, nowMs: Date.now() })).bytes;
  };
}

async function takeBlock(
  opened: OpenedChain,
  networkId: Hash,
  pay: () => Promise<Uint8Array>,
): Promise<StateBlock> {
  const signed: Uint8Array[] = [];
  while (signed.length < BLOCK_PAYMENTS) signed.push(await pay());
  const before = process.cpuUsage();
  const checked = signed.map((bytes) => checkTransaction(decodeTransaction(bytes), networkId));
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
