/** Whatever happens in whatever order, no point is made or lost but by a grant. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { StateTree } from "../../contracts/state/state-tree.ts";
import { attestCards, LedgerRun } from "../support/ledger-run.ts";
import { AT_MS, CARD_SALT, LedgerWorld, seedOf } from "../support/ledger-world.ts";

const world = new LedgerWorld();
const DAY_MS = 86_400_000;
const MERCHANTS = ["museum", "grocer"] as const;
const WALLETS = ["anna", "ben"] as const;
const TYPES = ["health", "culture"] as const;

/** What one transaction of the sequence does. */
type Act =
  | { readonly kind: "grant"; readonly type: string; readonly to: string; readonly pt: number }
  | { readonly kind: "pay"; readonly from: string; readonly at: string; readonly pt: number };

function edit(type: string, publicFields: object, privateFields: object | null = null) {
  const sample = world.samples[type];
  assert.ok(sample);
  const inPrivate = sample.private === null ? null : { ...sample.private, ...privateFields };
  return { public: { ...sample.public, ...publicFields }, private: inPrivate };
}

/** Two types (one for museums only, valid for 30 days), two merchants, two wallets of one card. */
function openedLedger(): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  const transactions = [
    world.transaction(
      "POINT_TYPE_DEFINE",
      edit("POINT_TYPE_DEFINE", {
        pointType: "culture",
        expiryRule: { kind: "DAYS_FROM_ISSUE", date: null, days: 30 },
        restrictedTo: ["MUSEUM"],
        perUseCapPt: 300,
      }),
    ),
    world.transaction(
      "MERCHANT_REGISTER",
      edit("MERCHANT_REGISTER", { merchant: "grocer", category: "GROCERY" }),
    ),
    world.transaction(
      "TERMINAL_REGISTER",
      edit("TERMINAL_REGISTER", { merchant: "grocer", terminal: "grocer-1" }),
    ),
    ...WALLETS.map((name) =>
      world.transaction(
        "WALLET_OPEN",
        edit("WALLET_OPEN", {
          handle: seedOf(name),
          cardCommit: commitToCard(CARD_SALT, world.card.publicKey),
        }),
      ),
    ),
  ];
  const { results } = run.block(transactions);
  assert.deepEqual(new Set(results), new Set(["OK"]));
  return run;
}

function transactionOf(act: Act, createdAtMs: number): Uint8Array {
  const bodies =
    act.kind === "grant"
      ? edit("POINT_GRANT", { pointType: act.type, amountPt: act.pt }, { wallet: seedOf(act.to) })
      : edit(
          "PAY",
          {},
          {
            wallet: seedOf(act.from),
            merchant: act.at,
            terminal: `${act.at}-1`,
            amountPt: act.pt,
          },
        );
  return world.transaction(act.kind === "grant" ? "POINT_GRANT" : "PAY", bodies, { createdAtMs });
}

const pt = fc.integer({ min: 1, max: 900 });
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant("grant" as const),
    type: fc.constantFrom(...TYPES),
    to: fc.constantFrom(...WALLETS),
    pt,
  }),
  fc.record({
    kind: fc.constant("pay" as const),
    from: fc.constantFrom(...WALLETS),
    at: fc.constantFrom(...MERCHANTS),
    pt,
  }),
);
const anyBlock = fc.record({
  acts: fc.array(anyAct, { minLength: 1, maxLength: 5 }),
  laterDays: fc.integer({ min: 0, max: 20 }),
});

/** What the results of a sequence say must be in the books. */
class Expected {
  issuedPt = 1000;
  takenPt = 0;
  readonly seen = new Set<string>();

  record(act: Act, result: string): void {
    this.seen.add(`${act.kind} ${result}`);
    if (result !== "OK") return;
    if (act.kind === "grant") this.issuedPt += act.pt;
    else this.takenPt += act.pt;
  }
}

/** Executes the blocks, each some days after the one before. */
function execute(
  run: LedgerRun,
  blocks: readonly { readonly acts: readonly Act[]; readonly laterDays: number }[],
): Expected {
  const expected = new Expected();
  let atMs = AT_MS;
  for (const { acts, laterDays } of blocks) {
    atMs += laterDays * DAY_MS;
    attestCards(atMs)(run);
    const { results } = run.block(
      acts.map((act) => transactionOf(act, atMs)),
      atMs,
    );
    acts.forEach((act, i) => {
      expected.record(act, results[i] ?? "");
    });
  }
  return expected;
}

function totalOf(run: LedgerRun, kind: string): number {
  return checkInvariants(run.state.records())
    .filter((total) => total.kind === kind)
    .reduce((sumPt, { balancePt }) => sumPt + balancePt, 0);
}

describe("conservation of points", () => {
  it("holds over random blocks of grants and payments, with lots that expire in between", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(anyBlock, { minLength: 1, maxLength: 6 }), (blocks) => {
        const run = openedLedger();
        const expected = execute(run, blocks);
        assert.equal(-totalOf(run, "issue"), expected.issuedPt);
        assert.equal(totalOf(run, "granted"), expected.issuedPt);
        assert.equal(totalOf(run, "merchant"), expected.takenPt);
        assert.equal(totalOf(run, "wallet"), expected.issuedPt - expected.takenPt);
        assert.deepEqual(run.state.tree.root, StateTree.of(run.state.records()).root);
        for (const kind of expected.seen) seen.add(kind);
      }),
      { numRuns: 25 },
    );
    // The sequences are worth something only if they hold all of these.
    for (const kind of ["grant OK", "pay OK", "pay BALANCE_INSUFFICIENT"]) {
      assert.ok(seen.has(kind), kind);
    }
  });
});
