import assert from "node:assert/strict";
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, it } from "mocha";
import { KEYS } from "../../../node/storage/buckets.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { openNodeDatabase } from "../../../node/storage/node-database.ts";
import { StorageError } from "../../../node/storage/record.ts";
import { SEGMENT_FOLDER, SegmentFolder, type Segments } from "../../../node/storage/segments.ts";
import { ValueLog } from "../../../node/storage/value-log.ts";
import { SeparatingDatabase } from "../../../node/storage/value-separation.ts";
import { Dice } from "../../simulation/dice.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";
import { SimulatedSegments } from "../../simulation/simulated-segments.ts";
import { flipBit } from "../../support/damage.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const VALUE_SIZE_BYTES = 100;
const DAMAGED = { code: "RECORD_DAMAGED" };

/** As a block, it begins like a CBOR array. */
function value(text: string): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.of(0x85), Buffer.from(text.padEnd(99, "."))]));
}

async function put(database: Database, heights: readonly number[], text = "first"): Promise<void> {
  for (const height of heights) {
    const batch = database.batch().put(KEYS.block(height), value(`${text} ${height}`));
    await batch.write({ sync: true });
  }
}

describe("a database whose blocks lie in segments", () => {
  const newDirectory = temporaryDirectories();

  /** Of which a segment holds two values. */
  async function openSmall(directory: string): Promise<Database> {
    const segments = await SegmentFolder.open(directory);
    const values = await ValueLog.open(segments, 2 * VALUE_SIZE_BYTES);
    return new SeparatingDatabase(await openDatabase(directory), values);
  }

  const segmentsIn = (directory: string) =>
    readdirSync(join(directory, SEGMENT_FOLDER))
      .sort()
      .map((name) => join(directory, SEGMENT_FOLDER, name));

  it("reads like any other, over restarts, and puts no block into LevelDB", async () => {
    const directory = newDirectory();
    for (const from of [1, 4]) {
      const database = await openSmall(directory);
      await put(database, [from, from + 1, from + 2]);
      await database.batch().put("s/a", value("state")).write({ sync: false });
      await database.close();
    }
    const raw = await openDatabase(directory);
    assert.equal(raw.get(KEYS.block(5))?.length, 21);
    await raw.close();
    const database = await openSmall(directory);
    const all: (readonly [string, Uint8Array])[] = [];
    for await (const entry of database.entries("", "~")) all.push(entry);
    const expected = [1, 2, 3, 4, 5, 6].map((at) => [KEYS.block(at), value(`first ${at}`)]);
    assert.deepEqual(all, [...expected, ["s/a", value("state")]]);
    assert.deepEqual(await database.getMany([KEYS.block(6), KEYS.block(7), "s/a"]), [
      value("first 6"),
      undefined,
      value("state"),
    ]);
    assert.equal(segmentsIn(directory).length, 3);
    await database.close();
  });

  it("reads blocks that an earlier build left in the database itself, and forgets them", async () => {
    const directory = newDirectory();
    const before = await openDatabase(directory);
    await put(before, [1, 2, 3], "earlier");
    await before.close();
    const database = await openNodeDatabase(directory);
    await put(database, [3, 4]);
    await database.batch().del(KEYS.block(1)).write({ sync: false });
    await database.compact(KEYS.block(0), KEYS.blocksEnd);
    const read = [1, 2, 3, 4].map((height) => database.get(KEYS.block(height)));
    const left = [value("earlier 2"), value("first 3"), value("first 4")];
    assert.deepEqual(read, [undefined, ...left]);
    await database.close();
  });

  for (const [what, damage] of [
    ["lost its end", (file) => truncateSync(file, VALUE_SIZE_BYTES + 50)],
    ["is gone", (file) => rmSync(file)],
    ["has a wrong bit", (file) => flipBit(file, VALUE_SIZE_BYTES + 70)],
    [
      "holds what belongs elsewhere",
      (file) => {
        const bytes = readFileSync(file);
        writeFileSync(file, Buffer.concat([bytes.subarray(100), bytes.subarray(0, 100)]));
      },
    ],
  ] as const satisfies readonly (readonly [string, (file: string) => void])[]) {
    it(`says that a block is damaged when its segment ${what}, and goes on`, async () => {
      const directory = newDirectory();
      let database = await openSmall(directory);
      await put(database, [1, 2, 3, 4]);
      await database.close();
      const [, file = ""] = segmentsIn(directory);
      damage(file);
      database = await openSmall(directory);
      assert.throws(() => database.get(KEYS.block(4)), DAMAGED);
      await assert.rejects(database.getMany([KEYS.block(4)]), DAMAGED);
      assert.deepEqual(database.get(KEYS.block(2)), value("first 2"));
      await put(database, [4, 5, 6], "again");
      assert.deepEqual(database.get(KEYS.block(4)), value("again 4"));
      await database.close();
    });
  }

  it("never reads what a crash left behind the last value, and gets rid of it", async () => {
    const directory = newDirectory();
    let database = await openSmall(directory);
    await put(database, [1]);
    await database.close();
    const [file = ""] = segmentsIn(directory);
    appendFileSync(file, value("nobody knows").subarray(0, 60));
    database = await openSmall(directory);
    await put(database, [2, 3]);
    await database.compact(KEYS.block(0), KEYS.blocksEnd);
    for (const height of [1, 2, 3]) {
      assert.deepEqual(database.get(KEYS.block(height)), value(`first ${height}`));
    }
    const left = segmentsIn(directory).map((segment) => readFileSync(segment, "latin1"));
    assert.doesNotMatch(left.join(""), /nobody/);
    await database.close();
  });

  it("moves on what is needed, and nothing that is damaged: it is found to be missing", async () => {
    const directory = newDirectory();
    let database = await openSmall(directory);
    await put(database, [1, 2, 3, 4, 5, 6]);
    await database.close();
    const [first = "", , third = ""] = segmentsIn(directory);
    flipBit(third, 120);
    database = await openSmall(directory);
    const batch = database.batch().del(KEYS.block(2)).del(KEYS.block(5));
    await batch.write({ sync: false });
    await database.compact(KEYS.block(0), KEYS.blocksEnd);
    assert.deepEqual(database.get(KEYS.block(1)), value("first 1"));
    assert.deepEqual(database.get(KEYS.block(3)), value("first 3"));
    assert.throws(() => database.get(KEYS.block(6)), DAMAGED);
    const files = segmentsIn(directory);
    assert.equal(files.length, 2);
    assert.ok(!files.includes(first) && !files.includes(third));
    await database.close();
  });

  it("removes segments of which nothing is needed, when there is one's worth of them", async () => {
    const directory = newDirectory();
    const database = await openNodeDatabase(directory);
    const large = (tag: number) => new Uint8Array(30 * 1024 * 1024).fill(tag);
    for (const tag of [0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87]) {
      const batch = database.batch().put(KEYS.block(1), large(tag));
      await batch.write({ sync: true });
    }
    await database.close();
    assert.ok(segmentsIn(directory).length <= 3, segmentsIn(directory).join());
    const again = await openNodeDatabase(directory);
    assert.deepEqual(again.get(KEYS.block(1)), large(0x87));
    await again.close();
  }).timeout(60_000);

  it("removes a segment after what needs it no more is durable and whoever reads it has finished", async () => {
    const records = new MemoryDatabase();
    const removed: number[] = [];
    const inMemory = new SimulatedSegments(new Dice(1)).open(async (work) => work());
    const segments: Segments = {
      ...inMemory,
      remove: (segment) => {
        assert.equal(records.afterCrash().get(KEYS.block(1)), undefined);
        removed.push(segment);
        return inMemory.remove(segment);
      },
    };
    const database = new SeparatingDatabase(records, await ValueLog.open(segments));
    await put(database, [1]);
    const view = database.view();
    await database.batch().del(KEYS.block(1)).write({ sync: false });
    const compacted = database.compact(KEYS.block(0), KEYS.blocksEnd);
    // All that it does is in memory, and would be done by now.
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.deepEqual(removed, []);
    await view.close();
    await compacted;
    assert.deepEqual(removed, [1]);
  });

  it("writes nothing any more after a segment's failure, and says so each time", async () => {
    const records = new MemoryDatabase();
    const full: Segments = {
      sizes: async () => new Map(),
      create: async () => undefined,
      append: async () => {
        throw new StorageError("DISK_FULL", "the disk is full");
      },
      read: () => new Uint8Array(),
      remove: async () => undefined,
      close: async () => undefined,
    };
    const database = new SeparatingDatabase(records, await ValueLog.open(full));
    await assert.rejects(put(database, [1]), { code: "DISK_FULL" });
    const later = database.batch().put("s/a", value("state"));
    await assert.rejects(later.write({ sync: true }), { code: "DISK_FULL" });
    assert.equal(records.writes, 0);
  });
});

/** A write, or a clean-up. */
interface Step {
  /** Heights and what is put there, null for nothing. */
  readonly changes: readonly (readonly [number, string | null])[];
  readonly sync: boolean;
  readonly isCompacted: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  changes: fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.string({ maxLength: 20 }), { nil: null }),
    ),
    { maxLength: 3 },
  ),
  sync: fc.boolean(),
  isCompacted: fc.nat(4).map((n) => n === 0),
});

describe("blocks in segments, when power fails at any moment", () => {
  type Stored = ReadonlyMap<number, string>;

  /** A disk on which things happen when they are let happen. */
  class StepwiseDisk {
    readonly disk: SimulatedDisk;
    #underWay: (() => void)[] = [];
    #happened = 0;

    constructor(seed: number, segmentSizeBytesMax: number) {
      const options = { latencyMs: [0, 0], slowness: 0, failure: 0, damage: 0 } as const;
      this.disk = new SimulatedDisk({
        dice: new Dice(seed),
        options: { ...options, segmentSizeBytesMax },
        after: (_, happen) => this.#underWay.push(happen),
      });
    }

    /** Lets things happen until nothing is under way, or so many have. @returns true when nothing is left to be done. */
    async letHappen(max: number): Promise<boolean> {
      while (this.#happened < max) {
        for (let turn = 0; turn < 3; turn++) await setImmediate();
        const next = this.#underWay.shift();
        if (next === undefined) return true;
        this.#happened += 1;
        next();
      }
      for (let turn = 0; turn < 3; turn++) await setImmediate();
      return false;
    }

    crash(): void {
      this.disk.crash("power-failure");
      this.#underWay = [];
    }
  }

  /** What is stored after each step, and after which a crash may not go back. */
  function statesOf(steps: readonly Step[]): Stored[] {
    const states: Stored[] = [new Map()];
    for (const { changes } of steps) {
      const next = new Map(states.at(-1));
      for (const [height, text] of changes) {
        if (text === null) next.delete(height);
        else next.set(height, text);
      }
      states.push(next);
    }
    return states;
  }

  function read(database: Database): Stored {
    const stored = new Map<number, string>();
    for (const height of [1, 2, 3, 4, 5]) {
      const bytes = database.get(KEYS.block(height));
      if (bytes !== undefined) stored.set(height, Buffer.from(bytes.subarray(1)).toString());
    }
    return stored;
  }

  async function run(database: Database, steps: readonly Step[], done: (step: number) => void) {
    for (const [i, { changes, sync, isCompacted }] of steps.entries()) {
      const batch = database.batch();
      for (const [height, text] of changes) {
        if (text === null) batch.del(KEYS.block(height));
        else batch.put(KEYS.block(height), Buffer.concat([Buffer.of(0x85), Buffer.from(text)]));
      }
      await batch.write({ sync });
      if (isCompacted) await database.compact(KEYS.block(0), KEYS.blocksEnd);
      if (sync) done(i + 1);
    }
  }

  const sameAs = (a: Stored, b: Stored) =>
    a.size === b.size && [...a].every(([height, text]) => b.get(height) === text);

  it("are those of one moment, not before the last that was synced, and can be read", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(1, 30, 1000),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(1000),
        async (steps, segmentSizeBytesMax, crashAt, seed) => {
          const stepwise = new StepwiseDisk(seed, segmentSizeBytesMax);
          const { disk } = stepwise;
          let synced = 0;
          const running = run(await disk.openSeparated(), steps, (at) => {
            synced = at;
          });
          running.catch(() => undefined);
          const isDone = await stepwise.letHappen(crashAt);
          if (isDone) await running;
          stepwise.crash();
          const after = read(await disk.openSeparated());
          const possible = statesOf(steps).slice(synced);
          assert.ok(
            possible.some((state) => sameAs(state, after)),
            `${JSON.stringify([...after])} after ${synced} synced`,
          );
          const going = run(await disk.openSeparated(), steps, () => undefined);
          await stepwise.letHappen(Number.POSITIVE_INFINITY);
          await going;
          const end = statesOf([...steps, ...steps]).at(-1) ?? new Map();
          assert.ok(sameAs(read(await disk.openSeparated()), end));
        },
      ),
      { numRuns: 300 },
    );
  }).timeout(60_000);
});
