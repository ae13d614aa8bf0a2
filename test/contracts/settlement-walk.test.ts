/** Whatever happens to batches in whatever order: no point and no yen is made or lost on the way to the bank. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import { type Batch, grossPtOf, payoutYenOf } from "../../contracts/settlement/batch.ts";
import { BATCH } from "../../contracts/state/state-records.ts";
import { attestCards, LedgerRun } from "../support/ledger-run.ts";
import { AT_MS, LedgerWorld, TOSHIMA } from "../support/ledger-world.ts";

const world = new LedgerWorld();
const DAY_MS = 86_400_000;
const SHOPS = ["museum", "grocer", "cafe"] as const;
type Shop = (typeof SHOPS)[number];

/** One thing that happens. */
type Act =
  | { readonly kind: "pay"; readonly shop: Shop; readonly amountPt: number }
  | { readonly kind: "cut"; readonly shops: readonly Shop[]; readonly feeBp: number }
  | { readonly kind: "object"; readonly shop: Shop }
  | { readonly kind: "approve" }
  | { readonly kind: "report"; readonly failed: readonly Shop[] }
  | { readonly kind: "wait"; readonly days: number };

const shop = fc.constantFrom(...SHOPS);
const shops = fc.uniqueArray(shop, { minLength: 1 }).map((names) => names.sort());
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("pay" as const),
      shop,
      amountPt: fc.integer({ min: 1, max: 400 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("cut" as const),
      shops,
      feeBp: fc.integer({ min: 0, max: 1000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("object" as const), shop }) },
  { weight: 2, arbitrary: fc.constant({ kind: "approve" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("report" as const), failed: fc.uniqueArray(shop) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      days: fc.integer({ min: 3, max: 9 }),
    }),
  },
);

/** A town of three shops, and what happened in it. */
class Walk {
  readonly run = new LedgerRun(world);
  readonly seen: Set<string>;
  #atMs = AT_MS;
  #batches = 0;
  takenPt = 0;

  constructor(seen: Set<string>) {
    this.seen = seen;
    this.run.setUp();
    this.#submit("POINT_GRANT", { amountPt: 20_000 });
    for (const name of SHOPS.slice(1)) {
      this.#submit("MERCHANT_REGISTER", { merchant: name });
      this.#submit("TERMINAL_REGISTER", { merchant: name, terminal: `${name}-1` });
    }
  }

  /** The latest batch. */
  get batch(): Batch | null {
    return this.run.read(BATCH.key(TOSHIMA, this.#name));
  }

  do(act: Act): void {
    const result = this.#do(act);
    this.seen.add(`${act.kind} ${result}`);
    if (act.kind === "pay" && result === "OK") this.takenPt += act.amountPt;
  }

  get #name(): string {
    return `batch-${this.#batches}`;
  }

  #do(act: Act): string | undefined {
    const named = { payer: TOSHIMA, batch: this.#name };
    switch (act.kind) {
      case "wait":
        this.#atMs += act.days * DAY_MS;
        return "OK";
      case "pay": {
        const { shop: merchant, amountPt } = act;
        return this.#submit("PAY", {}, { merchant, terminal: `${merchant}-1`, amountPt });
      }
      case "cut": {
        this.#batches += 1;
        const { shops: merchants, feeBp } = act;
        const terms = { closesOn: "2026-10-31", paysOn: "2027-03-29", feeBp, merchants };
        return this.#submit("BATCH_CUT", { ...named, batch: this.#name, ...terms });
      }
      case "object": {
        const { shop: merchant } = act;
        return this.#submit("BATCH_OBJECT", { ...named, merchant, terminal: `${merchant}-1` });
      }
      case "approve": {
        const lines = this.batch?.lines ?? [];
        const returned = lines.filter(({ status }) => status === "OBJECTED");
        const due = lines.filter(({ status }) => status === "OPEN");
        const totalYen = due.reduce((sumYen, line) => sumYen + payoutYenOf(line), 0);
        const names = returned.map(({ merchant }) => merchant);
        return this.#submit("BATCH_APPROVE", { ...named, totalYen, returned: names, claims: [] });
      }
      case "report":
        return this.#report(act.failed);
    }
  }

  #report(failed: readonly Shop[]): string | undefined {
    const lines = (this.batch?.lines ?? []).filter(
      ({ status }) => status === "DUE" || status === "FAILED",
    );
    if (lines.length === 0) return "nothing is owed";
    const isPaid = (merchant: string) => !failed.some((name) => name === merchant);
    const totalYen = lines
      .filter(({ merchant }) => isPaid(merchant))
      .reduce((sumYen, line) => sumYen + payoutYenOf(line), 0);
    const results = lines.map(({ merchant }) => {
      return { merchant, outcome: isPaid(merchant) ? "PAID" : "FAILED" };
    });
    const paidOn = new Date(this.#atMs).toISOString().slice(0, 10);
    const named = { payer: TOSHIMA, batch: this.#name, paidOn };
    return this.#submit("PAYOUT_REPORT", { ...named, totalYen, results });
  }

  #submit(type: string, inPublic: object, inPrivate: object = {}): string | undefined {
    const sample = world.samples[type];
    assert.ok(sample);
    const bodies = {
      public: { ...sample.public, ...inPublic },
      private: sample.private === null ? null : { ...sample.private, ...inPrivate },
    };
    attestCards(this.#atMs)(this.run);
    const bytes = world.transaction(type, bodies, { createdAtMs: this.#atMs });
    return this.run.result(bytes, this.#atMs);
  }
}

/** A walk in which all happens that the others may miss by chance. */
const EVENTFUL: readonly Act[] = [
  { kind: "pay", shop: "museum", amountPt: 300 },
  { kind: "pay", shop: "grocer", amountPt: 200 },
  { kind: "cut", shops: ["cafe"], feeBp: 0 },
  { kind: "cut", shops: ["grocer", "museum"], feeBp: 100 },
  { kind: "object", shop: "museum" },
  { kind: "approve" },
  { kind: "wait", days: 9 },
  { kind: "wait", days: 9 },
  { kind: "approve" },
  { kind: "report", failed: ["grocer"] },
  { kind: "report", failed: [] },
];

describe("settlement", () => {
  it("makes and loses nothing, in whatever order things happen", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(anyAct, { minLength: 20, maxLength: 40 }), (acts) => {
        const walk = new Walk(seen);
        for (const act of acts) walk.do(act);
        const totals = checkInvariants(walk.run.state.records());
        const held = (...kinds: readonly string[]) =>
          totals
            .filter(({ kind }) => kinds.includes(kind))
            .reduce((sumPt, { balancePt }) => sumPt + balancePt, 0);
        assert.equal(held("merchant", "batch", "retired"), walk.takenPt);
        const batches = walk.run.state.records().filter(([key]) => key.startsWith("batch/"));
        const paid = batches
          .flatMap(([, bytes]) => BATCH.decode(bytes).lines)
          .filter(({ status }) => status === "PAID");
        const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);
        // I5: every point that is retired was paid, less the fee, and nothing else was.
        assert.equal(held("retired"), sum(paid.map(grossPtOf)));
        assert.equal(held("settled"), sum(paid.map(payoutYenOf)));
      }),
      { numRuns: 40, examples: [[[...EVENTFUL]]] },
    );
    // The walks are worth something only if these happened in them.
    for (const event of [
      "pay OK",
      "cut OK",
      "cut NOTHING_TO_SETTLE",
      "object OK",
      "approve OK",
      "approve OBJECTION_OPEN",
      "report OK",
    ]) {
      assert.ok(seen.has(event), event);
    }
  });
});
