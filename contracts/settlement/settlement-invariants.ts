/**
 * What must hold between batches, dues and clearings, recomputed from the records of one state: nothing that
 * another issuer owes is missing or invented (I5), and every clearing nets to zero (I4).
 */
import { LedgerFault } from "../../ledger/faults.ts";
import { COST_SHARE, type CostShare, partsOfCost } from "../campaigns/cost-share.ts";
import type { StateKey } from "../state/key-space.ts";
import { BATCH, CLEARING, DUE } from "../state/state-records.ts";
import { type Batch, claimsOf } from "./batch.ts";
import { type Clearing, netYenOf, positionsOf, statusOf } from "./clearing.ts";
import type { Due } from "./dues.ts";

/** The records of settlement in one state. */
export class SettlementBooks {
  /** What other issuers must owe by the approved batches, yen, by the name of the due. */
  readonly #claimedYen = new Map<string, number>();
  /** What others must owe by the bills of campaigns, yen, by the name of the due. */
  readonly #billedYen = new Map<string, number>();
  readonly #dues = new Map<string, Due>();
  readonly #clearings = new Map<string, Clearing>();

  /** Takes a record of any kind. */
  add({ space, id }: StateKey<unknown>, value: unknown): void {
    if (space === BATCH) this.#addBatch(id, value as Batch);
    if (space === COST_SHARE) this.#addBill(id, value as CostShare);
    if (space === DUE) this.#dues.set(id, value as Due);
    if (space === CLEARING) this.#clearings.set(id, value as Clearing);
  }

  /** @throws LedgerFault `INVARIANT_BROKEN` with the invariant and where. */
  assert(): void {
    this.#assertClaims();
    for (const [id, clearing] of this.#clearings) {
      assertPositions(id, clearing);
      this.#assertHeld(id, clearing);
    }
  }

  #addBatch(id: string, { approvedOn, lines }: Batch): void {
    if (approvedOn === null) return;
    const [payer = "", batch = ""] = id.split("/");
    const kept = lines.filter(({ status }) => status !== "RETURNED");
    for (const { issuer, amountYen } of claimsOf(payer, kept)) {
      this.#claimedYen.set(`${issuer}/${payer}/${batch}`, amountYen);
    }
  }

  #addBill(id: string, { shares, bill }: CostShare): void {
    if (bill === null) return;
    const [issuer = ""] = id.split("/");
    for (const { funder, amountYen } of partsOfCost(bill.costYen, shares)) {
      if (amountYen > 0) this.#billedYen.set(`${funder}/${issuer}/${bill.cause}`, amountYen);
    }
  }

  /** I5: other issuers owe for exactly the points that approved batches hold, and others for exactly what was billed. */
  #assertClaims(): void {
    for (const [id, { kind, owedYen }] of this.#dues) {
      if (kind === "CONVERSION") continue;
      const expected = kind === "ACCEPTANCE" ? this.#claimedYen : this.#billedYen;
      if (expected.get(id) !== owedYen) throw broken("I5", `due/${id}`);
      expected.delete(id);
    }
    for (const id of [...this.#claimedYen.keys(), ...this.#billedYen.keys()]) {
      throw broken("I5", `due/${id}`);
    }
  }

  /** A due that a clearing is about to settle is held by it, and not yet settled otherwise. */
  #assertHeld(id: string, clearing: Clearing): void {
    if (statusOf(clearing) === "REJECTED") return;
    const isWaiting = new Set(
      clearing.positions
        .filter(({ settledOn }) => settledOn === null)
        .map(({ organisation }) => organisation),
    );
    for (const { debtor, creditor, cause } of clearing.dues) {
      if (!isWaiting.has(creditor)) continue;
      const name = `${debtor}/${creditor}/${cause}`;
      const holder = this.#dues.get(name)?.clearing ?? null;
      if (holder === null || `${holder.operator}/${holder.clearing}` !== id) {
        throw broken("I4", `due/${name}`);
      }
    }
  }
}

/** I4: the positions are those of the dues, and what is paid is what is received. */
function assertPositions(id: string, { dues, positions }: Clearing): void {
  const isRight = positionsOf(dues).every(
    ({ organisation, grossInYen, grossOutYen }, i) =>
      positions[i]?.organisation === organisation &&
      positions[i]?.grossInYen === grossInYen &&
      positions[i]?.grossOutYen === grossOutYen,
  );
  const netYen = positions.reduce((sumYen, position) => sumYen + netYenOf(position), 0);
  if (!isRight || netYen !== 0) throw broken("I4", `clearing/${id}`);
}

function broken(invariant: string, key: string): LedgerFault {
  return new LedgerFault("INVARIANT_BROKEN", { invariant, key });
}
