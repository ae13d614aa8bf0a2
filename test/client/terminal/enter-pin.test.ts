import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "mocha";
import { enterPin } from "../../../client/terminal/enter-pin.ts";

/** A keyboard: notes whether it is in raw mode, where a terminal echoes nothing. */
class Keyboard extends PassThrough {
  readonly isTTY: boolean;
  readonly rawModes: boolean[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(raw: boolean): void {
    this.rawModes.push(raw);
  }
}

async function typed(keys: string, isTTY = true): Promise<string> {
  const keyboard = new Keyboard(isTTY);
  const pin = enterPin(keyboard, () => undefined, 3);
  keyboard.end(keys);
  return Buffer.from(await pin).toString();
}

describe("entering a PIN", () => {
  for (const [id, keys, pin] of [
    ["Enter ends it", "1234\r", "1234"],
    ["so does the end of a line", "1234\n5678", "1234"],
    ["and the end of the input", "1234", "1234"],
    ["backspace takes a key back", "12\x7f\b934\n", "934"],
    ["there is nothing to take back at the start", "\x7f1234\n", "1234"],
    ["one that is too long stays too long", `${"1".repeat(40)}\n`, "1".repeat(16)],
  ] as const) {
    it(id, async () => assert.equal(await typed(keys), pin));
  }

  for (const [id, keys] of [
    ["Ctrl-C", "12\x03"],
    ["Ctrl-D", "12\x04"],
    ["the end of the input before a key", ""],
  ] as const) {
    it(`${id} enters none`, () => assert.rejects(typed(keys), { code: "PIN_ENTRY_ENDED" }));
  }

  it("a terminal is asked and echoes nothing until it is done", async () => {
    const keyboard = new Keyboard(true);
    const said: string[] = [];
    const pin = enterPin(keyboard, (text) => said.push(text), 2);
    assert.deepEqual(keyboard.rawModes, [true]);
    keyboard.write("1234\r");
    await pin;
    assert.deepEqual(keyboard.rawModes, [true, false]);
    assert.match(said.join(""), /残り2回.*tries left: 2.*\n$/);
    assert.ok(!said.join("").includes("1234"));
  });

  it("a pipe is not asked", async () => {
    const keyboard = new Keyboard(false);
    const pin = enterPin(keyboard, assert.fail, 3);
    keyboard.write("1234\n");
    assert.equal(Buffer.from(await pin).toString(), "1234");
    assert.deepEqual(keyboard.rawModes, []);
  });

  it("what was typed is wiped from the bytes that brought it", async () => {
    const keyboard = new Keyboard(true);
    const pin = enterPin(keyboard, () => undefined, 3);
    const bytes = Buffer.from("1234\n");
    keyboard.write(bytes);
    await pin;
    assert.deepEqual([...bytes], [0, 0, 0, 0, 0]);
  });
});
