/**
 * What a payment costs a node whose state or chain is large: everything but network, HTTP and votes, which know nothing of
 * it. A process of its own for each size, so that memory is that of one state. Argument: wallets, blocks, folder.
 */
import { performance } from "node:perf_hooks";
import { signDraft } from "../../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import type { OpenedChain } from "../../node/open-chain.ts";
import { cardSigner, ISSUER, makePayers } from "../payers.ts";
import { residentMiBOf } from "../process-usage.ts";
import { type Spread, spreadOf } from "../spread.ts";
import { addBlock, FilledNode, walletOf } from "./filled-node.ts";

const BLOCK_PAYMENTS = 400;
/** The first ones compile the code. */
const WARM_UP_BLOCKS = 8;
const BLOCKS = 15;

/** What one size showed. */
export interface StateCost {
  readonly wallets: number;
  readonly blocks: number;
  /** Opening the directory, as a node that starts does. */
  readonly startS: number;
  /** All threads, by block. */
  readonly cpuUsPerPayment: Spread;
  /** Of that, both signatures. */
  readonly verifyUsPerPayment: Spread;
  readonly residentMiB: number;
}

const [wallets = 0, blocks = 0] = process.argv.slice(2, 4).map(Number);
const directory = process.argv[4] ?? "";
useSha256(nativeSha256);
process.send?.(await measure());
process.disconnect();

async function measure(): Promise<StateCost> {
  const { residents, shops } = await makePayers(1, 1);
  const [resident, shop] = [residents[0], shops[0]];
  if (resident === undefined || shop === undefined) throw new RangeError("nobody pays");
  const card = cardSigner(resident.cardKeyPem);
  const till = TerminalKey.fromPem(shop.terminalKeyPem);
  const keys = { cardKey: card.publicKey, terminalKey: till.publicKey };
  const node = await FilledNode.make({ directory, wallets, blocks, shop, ...keys });
  const networkId = networkIdOf(node.genesis);
  let seed = 1;
  const pay = async () => {
    // A linear congruence over all wallets: no wallet is likelier than another, none comes soon again.
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const { handle, salt } = walletOf(seed % wallets);
    const { merchant, terminal } = shop;
    const [wallet, cardSalt] = [toHex(handle), toHex(salt)];
    const place = { municipality: ISSUER, wallet, merchant, terminal };
    const body = { ...place, amountPt: 1, cardSalt };
    const draft = { type: "PAY", public: {}, private: body };
    return (await signDraft(draft, [card, till], { networkId, nowMs: Date.now() })).bytes;
  };
  const beganMs = performance.now();
  const opened = await node.open();
  const startS = (performance.now() - beganMs) / 1000;
  const measured: { readonly cpuUs: number; readonly verifyUs: number }[] = [];
  for (let i = 0; i < WARM_UP_BLOCKS + BLOCKS; i += 1) {
    const payments: Uint8Array[] = [];
    while (payments.length < BLOCK_PAYMENTS) payments.push(await pay());
    measured.push(await takeBlock(opened, payments, networkId));
  }
  await opened.database.close();
  const counted = measured.slice(WARM_UP_BLOCKS);
  return {
    wallets,
    blocks,
    startS,
    cpuUsPerPayment: spreadOf(counted.map(({ cpuUs }) => cpuUs / BLOCK_PAYMENTS)),
    verifyUsPerPayment: spreadOf(counted.map(({ verifyUs }) => verifyUs / BLOCK_PAYMENTS)),
    residentMiB: residentMiBOf(process.pid),
  };
}

async function takeBlock(
  opened: OpenedChain,
  payments: readonly Uint8Array[],
  networkId: Uint8Array,
): Promise<{ readonly cpuUs: number; readonly verifyUs: number }> {
  const before = process.cpuUsage();
  const checked = payments.map((bytes) => checkTransaction(decodeTransaction(bytes), networkId));
  const beforeVerifying = process.cpuUsage();
  for (const { source } of checked) {
    if (!signaturesOf(source).every(verifySignature)) throw new Error("a payment does not verify");
  }
  const verifying = process.cpuUsage(beforeVerifying);
  await addBlock(opened, checked);
  if (opened.chain.applied.block?.results.some((result) => result !== "OK")) {
    throw new Error("a payment was refused");
  }
  const all = process.cpuUsage(before);
  return { cpuUs: all.user + all.system, verifyUs: verifying.user + verifying.system };
}
