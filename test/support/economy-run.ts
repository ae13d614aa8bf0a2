/** The point economy in tests: a ledger after the set-up, and what residents, shops and offices do in it. */
import assert from "node:assert/strict";
import { checkInvariants } from "../../contracts/invariants.ts";
import type { Lot } from "../../contracts/points/lots.ts";
import { BUDGET, ISSUE, MERCHANT_ACCOUNT, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { attestCards, LedgerRun } from "./ledger-run.ts";
import { AT_MS, type LedgerWorld, PRIVATE_SALT, TOSHIMA, WALLET_HANDLE } from "./ledger-world.ts";
import { change } from "./rule-row.ts";

const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");

/** A run of the sample world at a time of day, and short words for what happens in it. */
export class EconomyRun {
  readonly run: LedgerRun;
  readonly #world: LedgerWorld;
  atMs: number = AT_MS;

  constructor(world: LedgerWorld) {
    this.#world = world;
    this.run = new LedgerRun(world);
    this.run.setUp();
  }

  /** The result of the sample with other fields. */
  act(type: string, inPublic: object, inPrivate: object | null = null): string | undefined {
    const sample = this.#world.samples[type];
    const bodies = {
      public: { ...sample?.public, ...inPublic },
      private: sample?.private === null ? null : { ...sample?.private, ...inPrivate },
    };
    attestCards(this.atMs)(this.run);
    const bytes = this.#world.transaction(type, bodies, { createdAtMs: this.atMs });
    return this.run.result(bytes, this.atMs);
  }

  /** That it is accepted. */
  do(type: string, inPublic: object, inPrivate: object | null = null): void {
    assert.equal(this.act(type, inPublic, inPrivate), "OK");
  }

  pay(amountPt: number, others: object = {}): object {
    this.do("PAY", {}, { amountPt, ...others });
    const { PAY } = this.#world.samples;
    return { ...PAY?.private, amountPt, ...others };
  }

  refund(payment: object, amountPt: number): string | undefined {
    return this.act("PAY_REFUND", {}, { payment, salt: PRIVATE_SALT, amountPt });
  }

  void(payment: object): string | undefined {
    return this.act("PAY_VOID", {}, { payment, salt: PRIVATE_SALT });
  }

  /** What the wallet remembers of its payments. */
  recentPayments(): Uint8Array {
    return this.run.read(WALLET_KEY)?.recentPayments ?? new Uint8Array();
  }

  /** `[number, remaining pt]` of the wallet's lots. */
  lots(): (readonly [number, number])[] {
    const { lots } = this.run.read(WALLET_KEY) ?? { lots: [] };
    return lots.map(({ number, remainingPt }) => [number, remainingPt]);
  }

  balancePt(): number {
    return this.lots().reduce((sumPt, [, pt]) => sumPt + pt, 0);
  }

  tillPt(): number {
    const { holdings } = this.run.read(MERCHANT_ACCOUNT.key("museum")) ?? { holdings: [] };
    return holdings.reduce((sumPt, { balancePt }) => sumPt + balancePt, 0);
  }

  /** The lots of the worked examples E1 and E2 in place of the grant of the set-up. */
  withLots(lots: readonly Partial<Lot>[]): this {
    const [model] = this.run.read(WALLET_KEY)?.lots ?? [];
    assert.ok(model);
    const made = lots.map((terms, i): Lot => {
      const amountPt = terms.amountPt ?? 0;
      return { ...model, ...terms, number: i + 1, amountPt, remainingPt: amountPt };
    });
    const totalPt = made.reduce((sumPt, { amountPt }) => sumPt + amountPt, 0);
    change(WALLET_KEY, { lots: made, nextLot: made.length + 1 })(this.run);
    change(ISSUE.key(TOSHIMA, "health"), { issuedPt: totalPt })(this.run);
    change(HEALTH_BUDGET, { grantedPt: totalPt })(this.run);
    return this;
  }

  totals(): Map<string, number> {
    const totals = checkInvariants(this.run.state.records());
    return new Map(totals.map(({ asset, kind, balancePt }) => [`${kind} ${asset}`, balancePt]));
  }
}
