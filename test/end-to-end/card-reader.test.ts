/** A shop's terminal with a card on a reader, through pcscd, on three real nodes. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { PIN } from "../../client/demo/cast.ts";
import { areLevel, countVerifiers, waitForAll } from "../../client/demo/evidence.ts";
import { type Practice, setUpPractice } from "../../client/demo/practice.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { WORDS, type Words } from "../../client/terminal/screens.ts";
import { missingForPcsc, PcscStack } from "../support/pcsc-stack.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const missing = missingForPcsc();
/** VERIFY and COMPUTE DIGITAL SIGNATURE, as they begin. */
const VERIFY_PIN = "0020008004";
const SIGN = "802a0080";

describe(`a payment from the reader${missing === undefined ? "" : ` (pending: ${missing})`}`, function () {
  this.timeout(240_000);
  const folder = makeTemporaryDirectory();
  let network: LocalNetwork;
  let practice: Practice;
  let stack: PcscStack;

  before(async function startAll() {
    if (missing !== undefined) this.skip();
    await ensureLocalNetwork(folder.path, 3);
    network = await LocalNetwork.open(folder.path, (_, error) => {
      throw error;
    });
    practice = await setUpPractice(network, folder.path, () => undefined);
    stack = await PcscStack.start();
  });

  afterEach(() => stack?.removeCards());

  after(async () => {
    await stack?.stop();
    await network?.stop();
    folder.remove();
  });

  /** A terminal that takes one payment; its customer types what is sent to `keys`. */
  function startPayment() {
    const payment = ["terminal", "pay", "--dir", practice.dir, "--amount", "10", "--json"];
    const { process: terminal, done } = stack.startLedger(payment);
    let text = "";
    const shown = ({ ja }: Words) =>
      new Promise<void>((resolve, reject) => {
        const look = () => text.includes(ja) && resolve();
        terminal.stderr.on("data", (piece) => {
          text += piece;
          look();
        });
        terminal.once("close", () => reject(new Error(`it ended before "${ja}":\n${text}`)));
        look();
      });
    const outcome = done.then(({ code, stdout }) => ({ code, ...JSON.parse(stdout) }));
    return { keys: terminal.stdin, shown, outcome };
  }

  it("is signed through PC/SC, committed and verified by three nodes; then the card is taken", async () => {
    const earlier = await waitForAll(network, "equal heads", (all) => areLevel(all, 1));
    const { keys, shown, outcome: ending } = startPayment();
    await shown(WORDS.PLACE_CARD);
    await stack.place(practice.card);
    await shown(WORDS.ENTER_PIN);
    keys.write(`${PIN}\n`);
    await shown(WORDS.TAKE_CARD);
    await stack.removeCards();
    const { code, outcome, id, height } = await ending;
    assert.deepEqual([code, outcome], [0, "PAID"]);
    await waitForAll(network, "equal heads", (all) => areLevel(all, height));
    assert.equal(await countVerifiers(network.nodes, id, earlier), 3);
  });

  it("ends when the card is taken off while the PIN is typed", async () => {
    await stack.place(practice.card);
    const { keys, shown, outcome: ending } = startPayment();
    await shown(WORDS.ENTER_PIN);
    keys.write("12");
    await stack.removeCards();
    const { code, outcome, by } = await ending;
    assert.deepEqual([code, outcome, by], [1, "STOPPED", "CARD_REMOVED"]);
  });

  for (const [id, command] of [
    ["PIN", VERIFY_PIN],
    ["signature", SIGN],
  ] as const) {
    it(`ends when the card slips off at its ${id}`, async () => {
      await stack.placeLeaving(practice.card, command);
      const { keys, shown, outcome: ending } = startPayment();
      await shown(WORDS.ENTER_PIN);
      keys.write(`${PIN}\n`);
      const { code, outcome, by } = await ending;
      assert.deepEqual([code, outcome, by], [1, "STOPPED", "CARD_REMOVED"]);
    });
  }

  it("takes no card when two are there", async () => {
    await stack.place(practice.card, 0);
    await stack.place(practice.card, 1);
    const { shown, outcome: ending } = startPayment();
    await shown(WORDS.ONE_CARD_ONLY);
    const { code, outcome, by } = await ending;
    assert.deepEqual([code, outcome, by], [1, "STOPPED", "CARD_UNUSABLE"]);
  });
});
