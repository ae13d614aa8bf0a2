import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, it } from "mocha";
import { ATR, SoftwareCard } from "../../../../client/card/software-card.ts";
import { emulateCard } from "../../../../client/card/vpcd/emulate-card.ts";
import { encodeVpcdMessage, VpcdDecoder } from "../../../../client/card/vpcd/vpcd-message.ts";
import { cardFixture, hex, PIN } from "../fixture.ts";

const SELECT_APPLICATION = "00A4040C0AD392F000260100000001";
const SELECT_PIN = "00A4020C020018";
const VERIFY = `0020008004${Buffer.from(PIN).toString("hex")}`;
const SELECT_KEY = "00A4020C020017";
const SIGN = "802A0080013100";

describe("a software card on the virtual reader", () => {
  const server = createServer();
  let reader: Socket;
  let answers: string[] = [];

  /** Listens as pcscd does and puts a card there. */
  async function placed() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const arrived = once(server, "connection");
    const card = new SoftwareCard((await cardFixture()).state);
    const emulated = await emulateCard(card, { host: "127.0.0.1", port });
    [reader] = await arrived;
    answers = [];
    const decoder = new VpcdDecoder();
    reader.on("data", (bytes) => answers.push(...decoder.push(bytes).map(hex)));
    return emulated;
  }

  /** Says all of it at once; resolves to the answers when there are so many. */
  async function say(count: number, ...messages: readonly string[]): Promise<string[]> {
    for (const message of messages) {
      reader.write(encodeVpcdMessage(Buffer.from(message, "hex")));
    }
    while (answers.length < count) await once(reader, "data");
    return answers.splice(0);
  }

  afterEach(async () => {
    reader.destroy();
    server.close();
    await once(server, "close");
  });

  it("answers ATR and commands, and nothing to power and reset", async () => {
    await placed();
    const said = await say(3, "04", "01", "02", SELECT_APPLICATION, "00", "04");
    assert.deepEqual(said, [hex(ATR.CONTACTLESS), "9000", hex(ATR.CONTACTLESS)]);
  });

  it("keeps a verified PIN over a reset, and loses it with the power", async () => {
    await placed();
    const select = [SELECT_APPLICATION, SELECT_PIN];
    assert.deepEqual(await say(3, "01", ...select, VERIFY), ["9000", "9000", "9000"]);
    const afterReset = await say(3, "02", SELECT_APPLICATION, SELECT_KEY, SIGN);
    assert.equal(afterReset[2]?.length, 2 * 258);
    const afterPower = await say(3, "00", "01", SELECT_APPLICATION, SELECT_KEY, SIGN);
    assert.equal(afterPower[2], "6982");
  });

  it("ends when it is taken off, and when the reader goes", async () => {
    const first = await placed();
    first.remove();
    await Promise.all([first.ended, once(reader, "close")]);
  });

  it("ends when the reader goes", async () => {
    const { ended } = await placed();
    reader.destroy();
    await ended;
  });

  it("a card that fails is gone, and whoever placed it hears why", async () => {
    const { ended } = await placed();
    reader.write(encodeVpcdMessage(Buffer.from(SELECT_APPLICATION, "hex")));
    await assert.rejects(ended, /no power/);
  });

  it("says where nobody listens", async () => {
    const emulated = await placed();
    emulated.remove();
    const card = new SoftwareCard((await cardFixture()).state);
    await assert.rejects(emulateCard(card, { host: "127.0.0.1", port: 1 }), {
      code: "VPCD_UNREACHABLE",
    });
  });
});
