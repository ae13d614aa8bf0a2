/** Runs the rows of a format's vector file: right ones decode and come back, wrong ones give their fault. */
import assert from "node:assert/strict";
import { it } from "mocha";
import { fromHex, toHex } from "../../ledger/bytes.ts";
import type { FormatRow } from "../vectors/format-vectors.ts";
import { expectFault } from "./expect-fault.ts";
import { readVectors } from "./files.ts";

/** How a format is read, written again, and told apart. */
export interface Format<T> {
  readonly decode: (bytes: Uint8Array) => T;
  /** The bytes again, made of what was decoded. */
  readonly encode: (value: T) => Uint8Array;
  /** What a right row says about it. */
  readonly describe: (value: T) => Record<string, unknown>;
}

/** Defines one test for each row of `test/vectors/<name>.json`. */
export function testFormatRows<T>(name: string, format: Format<T>): void {
  for (const row of readVectors<readonly FormatRow[]>(name)) {
    it(row.id, () => {
      const bytes = fromHex(row.hex);
      if ("fault" in row) {
        expectFault(row.fault, () => format.decode(bytes));
      } else {
        const value = format.decode(bytes);
        assert.deepEqual(format.describe(value), row.is);
        assert.equal(toHex(format.encode(value)), row.hex);
      }
    });
  }
}
