/**
 * November 2026 in a town, as a chain: worked example E5. A museum takes 1,000, 2,500 and 800 pt from the 3rd to the
 * 14th and gives 300 back on the 15th; what it took is cut on the 16th at 150 basis points, and approved on the 22nd.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AuditChain } from "./audit-chain.ts";
import { LedgerWorld, TOSHIMA } from "./ledger-world.ts";
import { MemoryBundle } from "./memory-bundle.ts";

/** Noon in Japan on a day of 2026, ms. */
export function noonOf(month: number, day: number): number {
  return Date.UTC(2026, month - 1, day, 3);
}

/** A chain whose blocks have the dates that a test wants. */
export class Town {
  readonly world: LedgerWorld = new LedgerWorld();
  readonly chain: AuditChain = new AuditChain(this.world);

  /** Adds a block of signed transactions at a time. */
  block(atMs: number, transactions: readonly Uint8Array[]): void {
    this.chain.append(transactions, { header: { timestampMs: atMs } });
  }

  /** Adds a block of one sample with other public fields. */
  act(type: string, fields: { readonly [field: string]: unknown }, atMs: number): void {
    const sample = this.world.samples[type];
    if (sample === undefined) throw new Error(`no sample of ${type}`);
    const bodies = { ...sample, public: { ...sample.public, ...fields } };
    this.block(atMs, [this.world.transaction(type, bodies, { createdAtMs: atMs })]);
  }

  /** Adds a block that takes a part of the payment of an amount back. */
  refund(paidPt: number, amountPt: number, createdAtMs: number): void {
    const { PAY, PAY_REFUND } = this.world.samples;
    const payment = { ...PAY?.private, amountPt: paidPt };
    const bodies = { public: {}, private: { ...PAY_REFUND?.private, payment, amountPt } };
    this.block(createdAtMs, [this.world.transaction("PAY_REFUND", bodies, { createdAtMs })]);
  }

  /** The verifier goes through all cards, as every day. */
  attestCards(asOfMs: number): void {
    this.act("STATUS_LIST_ATTEST", { asOfMs }, asOfMs);
  }

  /** Writes the chain as a bundle into a folder. */
  writeBundle(directory: string): void {
    for (const [name, content] of MemoryBundle.of(this.chain).files) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}

/** The town up to the cut of its batch `2026-11a`, which is not approved yet. */
export function novemberCut(): Town {
  const town = new Town();
  const opened = noonOf(11, 1);
  town.block(opened, town.world.setUp({ createdAtMs: opened }));
  town.act("POINT_GRANT", { amountPt: 5000 }, noonOf(11, 2));
  for (const [day, amountPt] of [
    [3, 1000],
    [9, 2500],
    [14, 800],
  ] as const) {
    const createdAtMs = noonOf(11, day);
    town.attestCards(createdAtMs);
    town.block(createdAtMs, [town.world.pay(amountPt, { createdAtMs })]);
  }
  town.refund(800, 300, noonOf(11, 15));
  const batch = { payer: TOSHIMA, batch: "2026-11a" };
  const terms = { ...batch, closesOn: "2026-11-15", paysOn: "2026-11-30" };
  town.act("BATCH_CUT", terms, noonOf(11, 16));
  return town;
}

/** The town up to the approval of its batch. */
export function november(): Town {
  const town = novemberCut();
  const batch = { payer: TOSHIMA, batch: "2026-11a" };
  const approval = { ...batch, totalYen: 3940, returned: [], claims: [] };
  town.act("BATCH_APPROVE", approval, noonOf(11, 22));
  return town;
}
