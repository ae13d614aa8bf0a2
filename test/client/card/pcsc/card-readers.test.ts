import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CardReaders } from "../../../../client/card/pcsc/card-readers.ts";
import { addonError, FakeMonitor, FakeReader, STATE } from "./fake-reader.ts";

/** Readers of these names, each with a state. */
async function opened(states: Readonly<Record<string, number>>) {
  const monitor = new FakeMonitor();
  const opening = CardReaders.open(monitor);
  const readers = Object.keys(states).map((name) => new FakeReader(name));
  monitor.list(...readers);
  for (const reader of readers) reader.report(states[reader.name] ?? 0);
  return { monitor, readers, all: await opening };
}

describe("card readers", () => {
  it("opens when every reader's state is known, and not before", async () => {
    const monitor = new FakeMonitor();
    const [a, b] = [new FakeReader("A"), new FakeReader("B")];
    let isOpen = false;
    const opening = CardReaders.open(monitor).then((readers) => {
      isOpen = true;
      return readers;
    });
    monitor.list(b, a);
    b.report(STATE.PRESENT, Uint8Array.of(0x3b));
    await new Promise(setImmediate);
    assert.equal(isOpen, false);
    a.report(STATE.EMPTY);
    assert.deepEqual((await opening).list(), [
      { name: "A", hasCard: false, isInUse: false },
      { name: "B", hasCard: true, isInUse: false, atr: Uint8Array.of(0x3b) },
    ]);
  });

  it("knows a card in use, shared or not", async () => {
    const { all } = await opened({ A: STATE.EXCLUSIVE, B: STATE.IN_USE });
    assert.deepEqual(
      all.list().map(({ hasCard, isInUse }) => [hasCard, isInUse]),
      [
        [true, true],
        [true, true],
      ],
    );
  });

  const missing = [
    { id: "no reader", states: {}, name: undefined, code: "NO_READER" },
    { id: "no card", states: { A: STATE.EMPTY }, name: undefined, code: "NO_CARD" },
    {
      id: "no card there",
      states: { A: STATE.EMPTY, B: STATE.PRESENT },
      name: "A",
      code: "NO_CARD",
    },
    { id: "no such reader", states: { A: STATE.PRESENT }, name: "B", code: "READER_NOT_FOUND" },
    {
      id: "two cards",
      states: { A: STATE.PRESENT, B: STATE.PRESENT },
      name: undefined,
      code: "SEVERAL_CARDS",
    },
  ];
  for (const { id, states, name, code } of missing) {
    it(`${id}: ${code}`, async () => {
      const { all } = await opened(states);
      await assert.rejects(all.connect(name), { code });
    });
  }

  it("connects to the only card, or to the one on the reader that is named", async () => {
    const { all, readers } = await opened({ A: STATE.EMPTY, B: STATE.PRESENT, C: STATE.EMPTY });
    await all.connect();
    readers[0]?.report(STATE.PRESENT);
    await all.connect("A");
    assert.deepEqual(
      readers.map(({ calls }) => calls.length),
      [1, 1, 0],
    );
  });

  it("waits for a reader that is plugged in, and for its card", async () => {
    const { all, monitor } = await opened({});
    const connecting = all.connect(undefined, { cardUntil: new AbortController().signal });
    const late = new FakeReader();
    monitor.emit("reader", late);
    late.report(STATE.EMPTY);
    late.report(STATE.PRESENT);
    await connecting;
    assert.equal(late.calls.length, 1);
  });

  it("says after the wait what is missing", async () => {
    const { all } = await opened({ A: STATE.EMPTY });
    const patience = new AbortController();
    const connecting = all.connect("A", { cardUntil: patience.signal });
    patience.abort();
    await assert.rejects(connecting, { code: "NO_CARD" });
  });

  it("does not wait where waiting does not help", async () => {
    const { all } = await opened({ A: STATE.PRESENT, B: STATE.PRESENT });
    const connecting = all.connect(undefined, { cardUntil: new AbortController().signal });
    await assert.rejects(connecting, { code: "SEVERAL_CARDS" });
  });

  const IN_USE = addonError("8010000b", "SCardConnect");
  const MUTE = addonError("80100066", "SCardConnect");
  const GONE = addonError("80100069", "SCardConnect");

  it("gives a card that is being put down a moment, and other programs that look at it", async () => {
    const { all, readers } = await opened({ A: STATE.PRESENT });
    readers[0]?.refusals.push(IN_USE, MUTE, IN_USE);
    await all.connect();
    assert.equal(readers[0]?.calls.length, 4);
  });

  for (const [code, refusal] of [
    ["CARD_IN_USE", IN_USE],
    ["CARD_MUTE", MUTE],
  ] as const) {
    it(`says ${code} when it lasts`, async () => {
      const { all, readers } = await opened({ A: STATE.PRESENT });
      const [reader] = readers;
      assert.ok(reader);
      reader.connected = refusal;
      await assert.rejects(all.connect(), { code });
      assert.equal(reader.calls.length, 8);
    });
  }

  it("waits as long as it is told for a card in use, and then says so", async () => {
    const { all, readers } = await opened({ A: STATE.PRESENT });
    const [reader] = readers;
    assert.ok(reader);
    reader.refusals.push(...Array.from({ length: 9 }, () => IN_USE));
    await all.connect("A", { freeUntil: new AbortController().signal });
    assert.equal(reader.calls.length, 10);
    reader.connected = IN_USE;
    await assert.rejects(all.connect("A", { freeUntil: AbortSignal.abort() }), {
      code: "CARD_IN_USE",
    });
  });

  it("waits for a card that is taken off again while it connects", async () => {
    const { all, readers } = await opened({ A: STATE.PRESENT });
    readers[0]?.refusals.push(GONE);
    await all.connect("A", { cardUntil: new AbortController().signal });
    readers[0]?.refusals.push(GONE);
    await assert.rejects(all.connect("A"), { code: "NO_CARD" });
  });

  it("forgets a reader that is unplugged, with an error or without", async () => {
    const { all, readers } = await opened({ A: STATE.PRESENT, B: STATE.PRESENT });
    readers[0]?.emit("error", addonError("80100009"));
    assert.deepEqual(
      all.list().map(({ hasCard }) => hasCard),
      [false, true],
    );
    readers[0]?.emit("end");
    assert.deepEqual(
      all.list().map(({ name }) => name),
      ["B"],
    );
  });

  it("a service that goes away ends all waiting, and stays the reason", async () => {
    const { all, monitor } = await opened({ A: STATE.EMPTY });
    const connecting = all.connect("A", { cardUntil: new AbortController().signal });
    monitor.emit("error", addonError("8010001d", "SCardGetStatusChange"));
    monitor.emit("error", addonError("80100002", "SCardGetStatusChange"));
    await assert.rejects(connecting, { code: "PCSC_NOT_RUNNING" });
  });

  it("a service that goes away while it opens leaves nothing behind", async () => {
    const monitor = new FakeMonitor();
    const opening = CardReaders.open(monitor);
    monitor.emit("error", addonError("8010001e", "SCardListReaders"));
    await assert.rejects(opening, { code: "PCSC_NOT_RUNNING" });
    assert.equal(monitor.closed, 1);
  });

  it("closes every reader and the list, for the process cannot end before", async () => {
    const { all, monitor, readers } = await opened({ A: STATE.EMPTY, B: STATE.PRESENT });
    all.close();
    assert.deepEqual(
      readers.map(({ calls }) => calls),
      [[["close"]], [["close"]]],
    );
    assert.equal(monitor.closed, 1);
  });
});
