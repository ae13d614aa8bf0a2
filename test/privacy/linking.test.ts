import assert from "node:assert/strict";
import { Level } from "level";
import { describe, it } from "mocha";
import { temporaryDirectories } from "../support/temporary-directory.ts";
import { ByteSearch } from "./byte-search.ts";
import { linkPayments, memories } from "./linker.ts";
import { PayingTown } from "./paying-town.ts";

const RESIDENTS = 20;
const PAYMENTS_EACH = 3;
const SIZE = { residents: RESIDENTS, paymentsEach: PAYMENTS_EACH, paymentsInBlock: 6 };

describe("who made a payment", function () {
  this.timeout(120_000);
  const newDirectory = temporaryDirectories();

  /** How many payments the adversary links rightly; where he finds nothing he names the same wallet each time. */
  async function linked(directory: string, { payers }: PayingTown): Promise<number> {
    const links = await linkPayments(directory);
    assert.equal(new Set(links.map(({ id }) => id)).size, RESIDENTS * PAYMENTS_EACH);
    const [anybody = ""] = payers.values();
    return links.filter(({ id, handleHex }) => payers.get(id) === (handleHex ?? anybody)).length;
  }

  it("stands on the disk while the witness is kept: the adversary links every payment", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory, SIZE);
    await town.close();
    assert.equal(await linked(directory, town), RESIDENTS * PAYMENTS_EACH);
  });

  it("cannot be told afterwards from all that a node keeps for ever: no better than by chance", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory, SIZE);
    await town.forget(true);
    await town.close();
    assert.equal(await linked(directory, town), PAYMENTS_EACH);
    assert.ok([...(await memories(directory)).values()].every((sizeBytes) => sizeBytes === 0));
    const search = new ByteSearch(town.secrets);
    assert.deepEqual(await search.inFiles(directory, () => false), []);
    assert.deepEqual(await search.inDatabase(directory), []);
  });

  it("nor from what wallets remember, which says days and amounts until PAYMENTS_FORGET", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory, SIZE);
    await town.forget(false);
    await town.close();
    assert.equal(await linked(directory, town), PAYMENTS_EACH);
    assert.equal(
      [...(await memories(directory)).values()].filter((size) => size > 0).length,
      RESIDENTS,
    );
  });

  it("would be found in a state that says it: the adversary is not blind", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory, SIZE);
    await town.forget(true);
    await town.close();
    const [[id, payer] = assert.fail()] = [...town.payers].reverse();
    // A record that names a payment beside a wallet, as no rule writes one.
    const level = new Level<string, Uint8Array>(directory, { valueEncoding: "view" });
    await level.put(`s/hold/${payer}`, Buffer.concat([Buffer.alloc(8), Buffer.from(id, "hex")]));
    await level.close();
    const links = await linkPayments(directory);
    assert.equal(links.find((link) => link.id === id)?.handleHex, payer);
  });
});
