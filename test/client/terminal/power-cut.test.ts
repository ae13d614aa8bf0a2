/**
 * The power of a terminal is cut at every step of a payment, one after the other: before and after each command to the
 * card, each write, sync, rename and removal on disk, each request to a node. Then it starts again.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type CounterParts, resumeErrand, takeErrand } from "../../../client/terminal/counter.ts";
import { Journal, type JournalEntry } from "../../../client/terminal/journal.ts";
import type { Ending } from "../../../client/terminal/session.ts";
import { civilDateAt } from "../../../contracts/fields/dates.ts";
import { CounterBench, ScriptedCustomer } from "../../support/counter-bench.ts";
import { fakeNodes } from "../../support/fake-node.ts";
import { LedgerServer } from "../../support/ledger-server.ts";
import { AT_MS } from "../../support/ledger-world.ts";
import { Power, PowerDisk, PoweredCard, PoweredClient, type Remains } from "../../support/power.ts";

const AMOUNT_PT = 250;
const PAYMENT = { kind: "PAYMENT", amountPt: AMOUNT_PT } as const;
const STEPS_MAX = 200;

describe("a power cut at every step of a payment", function () {
  this.timeout(120_000);
  const startNode = fakeNodes();
  let bench: CounterBench;

  before(async () => {
    bench = await CounterBench.make();
  });

  /** A counter on a computer with that power, disk and card. */
  function counter({ power, disk, card, url }: Computer): CounterParts {
    return bench.counter(url, {
      nodes: [new PoweredClient(url, power)],
      openPlace: card.place(power),
      journal: new Journal("terminal/journal", bench.world.networkId, disk),
      customer: new ScriptedCustomer([{ pin: "1234" }]),
    });
  }

  /** Whatever a start finds is settled; a second start finds nothing. */
  async function startAgain(computer: Computer): Promise<Ending | null> {
    const parts = counter({ ...computer, card: untouchable(computer.card) });
    const pending = parts.journal.pending();
    if (pending === null) return null;
    const ending = await resumeErrand(parts, pending, computer.power.gone.signal);
    assert.equal(parts.journal.pending(), null);
    return ending;
  }

  const rows: readonly { readonly remains: Remains; readonly isLate: boolean }[] = [
    { remains: "none of it", isLate: false },
    { remains: "half of it", isLate: false },
    { remains: "all of it", isLate: true },
    { remains: "none of it", isLate: true },
  ];
  for (const { remains, isLate } of rows) {
    const when = isLate ? "after the payment's end" : "at once";
    it(`of what was not synced ${remains} is left, it starts again ${when}`, async () => {
      const endings: string[] = [];
      for (let cutAt = 0, isCut = true; isCut; cutAt += 1) {
        assert.ok(cutAt < STEPS_MAX, "the payment never ends");
        const run = await cutAndStartAgain(cutAt, remains, isLate);
        endings.push(run.ending);
        isCut = run.isCut;
      }
      // Every kind of ending was reached: nothing was begun; it was found, or never happens.
      const expected = ["nothing", "PAID", ...(isLate ? ["REFUSED"] : [])];
      assert.deepEqual(new Set(endings), new Set(expected));
    });
  }

  async function cutAndStartAgain(cutAt: number, remains: Remains, isLate: boolean) {
    const ledger = new LedgerServer(bench.world);
    const url = await startNode(ledger.honest);
    const power = new Power(cutAt);
    const first = {
      power,
      disk: new PowerDisk(power),
      card: new PoweredCard(bench.cardState),
      url,
    };
    await takeErrand(counter(first), PAYMENT, power.gone.signal).catch(() => undefined);
    if (isLate) ledger.passTime(120_000);

    const where = `cut ${cutAt}, after "${power.steps.at(-1)}"`;
    const again = new Power();
    const second = { ...first, power: again, disk: first.disk.afterCut(again, remains) };
    const ending = await startAgain(second);

    // No payment is made twice, none under another id, and what the journal says is what happened.
    const paid = ledger.payments.map(({ id, result }) => `${id} ${result}`);
    assert.ok(paid.length <= 1, where);
    const written = writtenOn(second.disk).map((entry) => `${entry.id} ${entry.outcome}`);
    assert.deepEqual(
      written.filter((line) => line.endsWith("PAID")),
      paid.map((line) => line.replace(/OK$/, "PAID")),
      where,
    );
    // The restart has asked for no PIN, and the right one costs no try.
    assert.equal(second.card.triesLeft, 3, where);
    return { ending: ending?.kind ?? "nothing", isCut: power.isCut };
  }

  function writtenOn(disk: PowerDisk): readonly JournalEntry[] {
    const journal = new Journal("terminal/journal", bench.world.networkId, disk);
    assert.equal(journal.pending(), null);
    return journal.day(civilDateAt(AT_MS)).entries;
  }
});

interface Computer {
  readonly power: Power;
  readonly disk: PowerDisk;
  readonly card: PoweredCard;
  readonly url: string;
}

/** A card that a restart must not need. */
function untouchable(card: PoweredCard): PoweredCard {
  card.place = () => () => assert.fail("the restart asks for a card");
  return card;
}
