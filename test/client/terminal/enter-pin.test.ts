import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "mocha";
import { enterLine, enterPin } from "../../../client/terminal/enter-pin.ts";

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
  const pin = enterPin(keyboard, { say: () => undefined, question: "PIN: " });
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

  it("a terminal is asked and shows masks alone until it is done", async () => {
    const keyboard = new Keyboard(true);
    const said: string[] = [];
    const pin = enterPin(keyboard, { say: (text) => said.push(text), question: "PIN: " });
    assert.deepEqual(keyboard.rawModes, [true]);
    keyboard.write("1235\x7f4\r");
    await pin;
    assert.deepEqual(keyboard.rawModes, [true, false]);
    assert.equal(said.join(""), "PIN: ****\b \b*\n");
  });

  it("a pipe is not asked", async () => {
    const keyboard = new Keyboard(false);
    const pin = enterPin(keyboard, { say: assert.fail, question: "PIN: " });
    keyboard.write("1234\n");
    assert.equal(Buffer.from(await pin).toString(), "1234");
    assert.deepEqual(keyboard.rawModes, []);
  });

  it("ends with its signal, and the terminal echoes again", async () => {
    const keyboard = new Keyboard(true);
    const ending = new AbortController();
    const prompt = { say: () => undefined, question: "PIN: ", signal: ending.signal };
    const pin = enterPin(keyboard, prompt);
    keyboard.write("12");
    ending.abort();
    await assert.rejects(pin, { code: "PIN_ENTRY_ENDED" });
    assert.deepEqual(keyboard.rawModes, [true, false]);
    await assert.rejects(enterPin(keyboard, prompt), { code: "PIN_ENTRY_ENDED" });
  });

  it("a pipe keeps the next line for whoever asks next", async () => {
    const pipe = new Keyboard(false);
    const prompt = { say: () => undefined, question: "" };
    pipe.end("350\n1234\nrest");
    assert.equal(await enterLine(pipe, prompt), "350");
    assert.equal(Buffer.from(await enterPin(pipe, prompt)).toString(), "1234");
    assert.equal(await enterLine(pipe, prompt), "rest");
    await assert.rejects(enterLine(pipe, prompt), { code: "PIN_ENTRY_ENDED" });
  });

  it("what was typed is wiped from the bytes that brought it", async () => {
    const keyboard = new Keyboard(true);
    const pin = enterPin(keyboard, { say: () => undefined, question: "PIN: " });
    const bytes = Buffer.from("1234\n");
    keyboard.write(bytes);
    await pin;
    assert.deepEqual([...bytes], [0, 0, 0, 0, 0]);
  });
});
