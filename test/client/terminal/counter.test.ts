/** The counter, with everything that customers, cards, readers and nodes do to it. */
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "mocha";
import { CardError, type CardFault } from "../../../client/card/card-faults.ts";
import { JpkiCard } from "../../../client/card/jpki-card.ts";
import { SoftwareCard } from "../../../client/card/software-card.ts";
import type { SoftwareCardState } from "../../../client/card/software-card-state.ts";
import { SoftwareChannel } from "../../../client/card/software-channel.ts";
import { parseAuthCertificate } from "../../../client/pki/profile.ts";
import { encodeReceiptCode } from "../../../client/receipt-code.ts";
import { LedgerClient } from "../../../client/sdk/ledger-client.ts";
import type { CardPlace, OpenCardPlace } from "../../../client/terminal/card-place.ts";
import { type CounterParts, resumeErrand, takeErrand } from "../../../client/terminal/counter.ts";
import type { Errand, Visit } from "../../../client/terminal/errand.ts";
import { Journal } from "../../../client/terminal/journal.ts";
import { WORDS } from "../../../client/terminal/screens.ts";
import type { Ending } from "../../../client/terminal/session.ts";
import { aborted } from "../../../client/terminal/waiting.ts";
import { civilDateAt } from "../../../contracts/fields/dates.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { FAULTS, LedgerFault } from "../../../ledger/faults.ts";
import {
  CounterBench,
  type CustomerAct,
  ScriptedCustomer,
  SilentClerk,
} from "../../support/counter-bench.ts";
import { fakeNodes, sendProblem } from "../../support/fake-node.ts";
import { LedgerServer } from "../../support/ledger-server.ts";
import { AT_MS, TOSHIMA, WALLET_HANDLE } from "../../support/ledger-world.ts";
import { Power, PowerDisk } from "../../support/power.ts";

const AMOUNT_PT = 250;
const RIGHT = { pin: "1234" } as const;
const WRONG = { pin: "9999" } as const;

const CAMPAIGN = { issuer: TOSHIMA, pointType: "health", campaign: "river-clean-up" };
const VISIT: Visit = {
  kind: "VISIT",
  event: CAMPAIGN,
  nameJa: "川の清掃",
  nameEn: "River clean-up",
  upToPt: 100,
};
const EVENT = {
  public: {
    ...CAMPAIGN,
    fiscalYear: 2026,
    budgetCategory: "HEALTH",
    nameJa: VISIT.nameJa,
    nameEn: VISIT.nameEn,
    trigger: "CHECKIN",
    rateBp: 10_000,
    checkinPt: 100,
    opensAtMs: 0,
    walletCapPt: 100,
    dayCapPt: 1000,
    totalCapPt: 1000,
    closesAtMs: AT_MS + 86_400_000,
    restrictedTo: [],
    premiumExpiresOn: null,
  },
  private: null,
};

/** A reader with a card on it that somebody may take off. */
class Reader {
  card: SoftwareCard | null;
  /** The command at which the card slips off; the first is 0. */
  slipsAt = Number.POSITIVE_INFINITY;
  commands = 0;
  readonly #leave = new AbortController();
  #channel: SoftwareChannel | null = null;

  constructor(state: SoftwareCardState | null) {
    this.card = state && new SoftwareCard(state);
  }

  takeOff(): void {
    this.card = null;
    this.#channel?.remove();
    this.#leave.abort();
  }

  readonly open: OpenCardPlace = async (): Promise<CardPlace> => ({
    connect: async (signal) => {
      if (this.card === null && signal) await aborted(signal);
      if (this.card === null) throw new CardError({ code: "NO_CARD" });
      const channel = new SoftwareChannel(this.card);
      this.#channel = channel;
      return JpkiCard.connect({
        transmit: (apdu) => {
          if (this.commands++ === this.slipsAt) this.takeOff();
          return channel.transmit(apdu);
        },
        powerOff: () => channel.powerOff(),
      });
    },
    removed: (signal) => aborted(this.#leave.signal, signal),
    cleared: async () => undefined,
    close: () => undefined,
  });
}

describe("the counter", function () {
  this.timeout(60_000);
  const startNode = fakeNodes();
  let bench: CounterBench;
  let ledger: LedgerServer;
  let url: string;
  let reader: Reader;
  let customer: ScriptedCustomer;
  let clerk: SilentClerk;
  let journal: Journal;

  before(async () => {
    bench = await CounterBench.make();
  });

  beforeEach(async () => {
    ledger = new LedgerServer(bench.world);
    url = await startNode(ledger.honest);
    errand = { kind: "PAYMENT", amountPt: AMOUNT_PT };
    reader = new Reader(bench.cardState);
    clerk = new SilentClerk();
    journal = new Journal("terminal/journal", bench.world.networkId, new PowerDisk(new Power()));
  });

  const never = () => new AbortController().signal;

  let errand: Errand;

  function start(
    acts: readonly CustomerAct[],
    parts: Partial<CounterParts> = {},
    cancel = never(),
  ) {
    customer = new ScriptedCustomer(acts);
    const counter = bench.counter(url, {
      openPlace: reader.open,
      customer,
      clerk,
      journal,
      ...parts,
    });
    return takeErrand(counter, errand, cancel);
  }

  function assertStopped(ending: Ending, by: string, code: string | null = null) {
    assert.ok(ending.kind === "STOPPED", JSON.stringify(ending));
    assert.deepEqual([ending.by, ending.report?.code ?? null], [by, code]);
    assert.deepEqual(ledger.payments, []);
    assert.equal(journal.pending(), null);
    assert.ok(customer.pins.every((pin) => pin.every((byte) => byte === 0)));
  }

  it("takes a payment: shop and amount before the card, the card before the PIN", async () => {
    const ending = await start([RIGHT]);
    assert.ok(ending.kind === "PAID");
    const { networkId } = bench.world;
    assert.deepEqual(customer.codes, [encodeReceiptCode({ networkId, id: ending.id })]);
    assert.deepEqual(
      ledger.payments.map(({ result }) => result),
      ["OK"],
    );
    const [offer = [], pin = []] = customer.screens;
    for (const screen of [offer, pin]) {
      assert.deepEqual(
        screen.slice(0, 2).map(({ ja }) => ja),
        ["郷土資料館", "250 ポイント"],
      );
    }
    assert.deepEqual([offer.at(-1), pin.at(-1)], [WORDS.PLACE_CARD, WORDS.ENTER_PIN]);
    assert.deepEqual(customer.screens.at(-1)?.at(-1), WORDS.TAKE_CARD);
    assert.ok(customer.pins[0]?.every((byte) => byte === 0));
    assert.equal(reader.card?.state.auth.triesLeft, 3);
  });

  it("the clerk sees neither wallet nor balance, and is told that the computer's clock is wrong", async () => {
    await start([RIGHT]);
    const seen = JSON.stringify(clerk.screens);
    assert.ok(!seen.includes(toHex(WALLET_HANDLE)) && !/1,?000|750/.test(seen));
    assert.ok(clerk.screens.some(([words]) => words === WORDS.CLOCK_WRONG));
  });

  it("tries again after a wrong PIN when the customer says so", async () => {
    const ending = await start([WRONG, { again: true }, RIGHT]);
    assert.equal(ending.kind, "PAID");
    assert.equal(reader.card?.state.auth.triesLeft, 3);
  });

  it("ends after a wrong PIN when he does not", async () => {
    assertStopped(await start([WRONG, { again: false }]), "DECLINED");
    assert.equal(reader.card?.state.auth.triesLeft, 2);
  });

  it("stops at one try left, and asks that card for no PIN any more", async () => {
    assertStopped(await start([WRONG, { again: true }, WRONG]), "PIN_LAST_TRY");
    assertStopped(await start([]), "FAILED", "PIN_LAST_TRY");
    assert.equal(reader.card?.state.auth.triesLeft, 1);
    assert.deepEqual(clerk.problems, []);
  });

  it("spends no try on what is no PIN", async () => {
    const ending = await start([{ pin: "12" }, { pin: "12345" }, { pin: "12a4" }, RIGHT]);
    assert.equal(ending.kind, "PAID");
    assert.ok(customer.screens.some((screen) => screen.includes(WORDS.PIN_IS_FOUR_DIGITS)));
  });

  describe("at an event", () => {
    const day = () => journal.day(civilDateAt(AT_MS)).entries;

    beforeEach(() => {
      errand = VISIT;
      ledger.commit(bench.world.transaction("CAMPAIGN_OPEN", EVENT));
    });

    it("checks a visitor in, who sees event and points before his card, once", async () => {
      assert.equal((await start([RIGHT])).kind, "VISITED");
      const [offer = []] = customer.screens;
      assert.deepEqual(
        offer.map(({ ja }) => ja),
        [
          "郷土資料館",
          "川の清掃",
          "100 ポイント（上限に近いときは少なくなります）",
          WORDS.PLACE_CARD.ja,
        ],
      );
      assert.ok(customer.screens.some(([first]) => first === WORDS.VISITED));

      const again = await start([RIGHT]);
      assert.ok(again.kind === "REFUSED" && again.code === "ALREADY_CHECKED_IN");
      assert.ok(
        customer.screens.some((screen) => screen.includes(FAULTS.ALREADY_CHECKED_IN.counter)),
      );
      assert.deepEqual(
        day().map(({ amountPt, outcome }) => [amountPt, outcome]),
        [
          [null, "VISITED"],
          [null, "REFUSED"],
        ],
      );
    });

    it("finds out at the next start whether the last visitor was checked in", async () => {
      const cancel = new AbortController();
      const cut = await startNode((request, response, body) => {
        ledger.honest(request, response, body);
        if (request.method === "POST") cancel.abort();
      });
      const nodes = [new LedgerClient(cut)];
      assert.equal((await start([RIGHT], { nodes }, cancel.signal)).kind, "UNDECIDED");
      const pending = journal.pending();
      assert.ok(pending?.errand.kind === "VISIT");
      const parts = bench.counter(url, { journal, clerk, customer });
      const { kind } = await resumeErrand(parts, pending, never());
      assert.deepEqual([kind, journal.pending(), day().length], ["VISITED", null, 1]);
      assert.ok(clerk.screens.some((screen) => screen.includes(WORDS.RESUMED_VISIT)));
    });
  });

  const cards = [
    { id: "a blocked card", code: "PIN_BLOCKED", change: { triesLeft: 0 } },
    { id: "a card whose certificate has ended", code: "CERT_EXPIRED", atMs: Date.UTC(2040, 0, 1) },
  ] as const;
  for (const { id, code, ...how } of cards) {
    it(`asks for no PIN of ${id}`, async () => {
      const { cardState } = bench;
      const auth = { ...cardState.auth, ...("change" in how ? how.change : {}) };
      reader = new Reader({ ...cardState, auth });
      if ("atMs" in how) ledger.passTime(how.atMs - ledger.timeMs);
      assertStopped(await start([]), "FAILED", code);
      assert.deepEqual(clerk.problems, []);
    });
  }

  it("warns of a certificate that ends within 60 days, and goes on", async () => {
    const { notAfterMs } = await certificateOf(reader);
    ledger.passTime(notAfterMs - 30.5 * 86_400_000 - ledger.timeMs);
    const ending = await start([RIGHT]);
    assert.ok(customer.screens.some((screen) => screen.some(({ ja }) => ja.includes("あと30日"))));
    // The ledger has its say: what is known of the sample's card is years old by then.
    assert.equal(ending.kind, "REFUSED");
  });

  const refusals: readonly { readonly fault: CardFault; readonly words: object }[] = [
    { fault: { code: "NOT_A_JPKI_CARD", statusWord: 0x6a_82 }, words: WORDS.NOT_A_MY_NUMBER_CARD },
    { fault: { code: "NO_AUTH_CERTIFICATE", statusWord: 0x6a_82 }, words: WORDS.CARD_UNUSABLE },
    { fault: { code: "SEVERAL_CARDS", readers: ["a", "b"] }, words: WORDS.ONE_CARD_ONLY },
    { fault: { code: "CARD_MUTE" }, words: WORDS.CARD_MUTE },
    { fault: { code: "NO_READER" }, words: WORDS.TERMINAL_UNUSABLE },
    { fault: { code: "READER_REMOVED" }, words: WORDS.TERMINAL_UNUSABLE },
    { fault: { code: "PCSC_NOT_RUNNING" }, words: WORDS.TERMINAL_UNUSABLE },
    { fault: { code: "CARD_IN_USE" }, words: WORDS.TERMINAL_UNUSABLE },
  ];
  for (const { fault, words } of refusals) {
    it(`says in plain words what ${fault.code} means`, async () => {
      const connect = () => Promise.reject(new CardError(fault));
      const openPlace = async () => ({ ...(await reader.open()), connect });
      assertStopped(await start([], { openPlace }), "FAILED", fault.code);
      assert.ok(customer.screens.at(-1)?.includes(words as never));
      const isForClerk = words === WORDS.TERMINAL_UNUSABLE;
      assert.deepEqual(clerk.problems, isForClerk ? [fault.code] : []);
    });
  }

  it("a card that is taken off while the PIN is typed ends everything", async () => {
    const paying = start(["waits"]);
    await customer.waiting;
    reader.takeOff();
    assertStopped(await paying, "CARD_REMOVED");
    assert.ok(!customer.screens.at(-1)?.includes(WORDS.TAKE_CARD));
  });

  it("so does one that slips off at any command", async () => {
    const whole = new Reader(bench.cardState);
    reader = whole;
    assert.equal((await start([RIGHT])).kind, "PAID");
    ledger = new LedgerServer(bench.world);
    url = await startNode(ledger.honest);
    for (let slipsAt = 0; slipsAt < whole.commands; slipsAt += 1) {
      reader = new Reader(bench.cardState);
      reader.slipsAt = slipsAt;
      const ending = await start([RIGHT]);
      assert.ok(ending.kind === "STOPPED" && ending.by === "CARD_REMOVED", `command ${slipsAt}`);
    }
    assert.ok(whole.commands > 10);
    assert.deepEqual(ledger.payments, []);
    assert.equal(journal.pending(), null);
  });

  it("a customer who does nothing ends it: before the card, at the PIN, at the question", async () => {
    const idle = { idleMs: 50 };
    assertStopped(await start(["waits"], idle), "IDLE");
    assertStopped(await start([WRONG, "waits"], idle), "IDLE");
    reader = new Reader(null);
    assertStopped(await start([], idle), "IDLE");
  });

  it("can be called off until it is signed", async () => {
    const cancel = new AbortController();
    const paying = start(["waits"], {}, cancel.signal);
    await customer.waiting;
    cancel.abort();
    assertStopped(await paying, "CANCELLED");
    reader = new Reader(null);
    assertStopped(await start([], {}, cancel.signal), "CANCELLED");
  });

  it("once it is sent it stays in the journal when the terminal is stopped", async () => {
    const cancel = new AbortController();
    url = await startNode((request, response, body) => {
      if (request.method === "POST") cancel.abort();
      else ledger.honest(request, response, body);
    });
    const ending = await start([RIGHT], {}, cancel.signal);
    assert.equal(ending.kind, "UNDECIDED");
    assert.deepEqual(journal.pending()?.errand, errand);
    await assert.rejects(start([]), /is not decided/);
  });

  it("says why it takes long, and goes on", async () => {
    let asked = 0;
    url = await startNode((request, response, body) => {
      const isRefused = request.method === "POST" && asked++ < 11;
      if (isRefused) sendProblem(response, 503, "NO_LEADER");
      else ledger.honest(request, response, body);
    });
    assert.equal((await start([RIGHT])).kind, "PAID");
    assert.ok(customer.screens.some((screen) => screen.includes(WORDS.SLOW)));
    assert.deepEqual(clerk.problems, ["NO_LEADER"]);
  });

  it("bothers no customer when no node is in reach", async () => {
    const nodes = [new LedgerClient("http://127.0.0.1:1", { requestTimeoutMs: 500 })];
    assertStopped(await start([], { nodes }), "FAILED", "NODE_UNREACHABLE");
    assert.deepEqual(clerk.problems, ["NODE_UNREACHABLE"]);
    assert.equal(reader.commands, 0);
  });

  it("sends nothing that it could not write down", async () => {
    const power = new Power();
    const disk = new PowerDisk(power);
    disk.write = () => {
      throw Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
    };
    const full = new Journal("terminal/journal", bench.world.networkId, disk);
    assertStopped(await start([RIGHT], { journal: full }), "FAILED", "SYSTEM_REFUSED");
  });

  it("a card without a wallet is told so, as the registry of faults words it", async () => {
    const till = {
      merchant: "museum",
      terminal: "museum-1",
      key: bench.key,
      walletOf: () => {
        throw new LedgerFault("UNKNOWN_WALLET");
      },
    };
    assertStopped(await start([RIGHT], { till }), "FAILED", "UNKNOWN_WALLET");
  });

  it("ends only when the card is off: one payment a tap", async () => {
    const leave = new AbortController();
    const openPlace = async () => ({
      ...(await reader.open()),
      cleared: () => aborted(leave.signal),
    });
    const paying = start([RIGHT], { openPlace }).then(() => "over");
    const asked = await new Promise<string>((resolve) => {
      clerk.show = (screen) => {
        if (screen.includes(WORDS.WAIT_FOR_REMOVAL)) resolve("waits");
      };
    });
    assert.equal(await Promise.race([paying, Promise.resolve(asked)]), "waits");
    leave.abort();
    assert.equal(await paying, "over");
  });
});

async function certificateOf(reader: Reader) {
  const place = await reader.open();
  return parseAuthCertificate(await (await place.connect()).readAuthCertificate());
}
