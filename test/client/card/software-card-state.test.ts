import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { SoftwareCard } from "../../../client/card/software-card.ts";
import {
  loadSoftwareCard,
  parseSoftwareCard,
  type SoftwareCardState,
  saveSoftwareCard,
} from "../../../client/card/software-card-state.ts";
import { bytes, cardFixture } from "./fixture.ts";

let state: SoftwareCardState;
let folder: string;

before(async () => {
  ({ state } = await cardFixture());
  folder = mkdtempSync(join(tmpdir(), "software-card-"));
});

after(() => rmSync(folder, { recursive: true }));

describe("software card in a file", () => {
  it("comes back as it was, readable by its owner alone", () => {
    const path = join(folder, "card.json");
    saveSoftwareCard(path, state);
    assert.deepEqual(loadSoftwareCard(path), state);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("has every spent try on disk before the card answers", () => {
    const path = join(folder, "counter.json");
    saveSoftwareCard(path, state);
    const card = new SoftwareCard(loadSoftwareCard(path), {
      onChange: (changed) => saveSoftwareCard(path, changed),
    });
    card.powerOn();
    card.process(bytes("00A4040C0AD392F000260100000001"));
    card.process(bytes("002000980439393939"));
    assert.equal(loadSoftwareCard(path).auth.triesLeft, 2);
    card.process(bytes("002000980431323334"));
    assert.equal(loadSoftwareCard(path).auth.triesLeft, 3);
  });

  it("refuses a file that is too large", () => {
    const path = join(folder, "large.json");
    writeFileSync(path, " ".repeat(65_537));
    assert.throws(() => loadSoftwareCard(path), { code: "CARD_FILE_MALFORMED" });
  });

  const rows: readonly { id: string; change: (card: SoftwareCardState) => unknown }[] = [
    { id: "another format", change: (card) => ({ ...card, format: "jpki-software-card/2" }) },
    { id: "another blocked answer", change: (card) => ({ ...card, blockedAnswer: "6983" }) },
    { id: "no credential", change: ({ auth: _, ...rest }) => rest },
    { id: "a credential that is null", change: (card) => ({ ...card, sign: null }) },
    {
      id: "a PIN that is a number",
      change: (card) => ({ ...card, auth: { ...card.auth, pin: 1 } }),
    },
    { id: "no key", change: (card) => ({ ...card, auth: { ...card.auth, privateKeyPem: null } }) },
    ...[-1, 4, 1.5, "3"].map((triesLeft) => ({
      id: `${typeof triesLeft} ${triesLeft} as tries left`,
      change: (card: SoftwareCardState) => ({ ...card, auth: { ...card.auth, triesLeft } }),
    })),
  ];
  for (const row of rows) {
    it(`refuses ${row.id}`, () => {
      const text = JSON.stringify(row.change(state));
      assert.throws(() => parseSoftwareCard(text), { code: "CARD_FILE_MALFORMED" });
    });
  }

  for (const text of ["", "{", "[]", "null", "1"]) {
    it(`refuses the text ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseSoftwareCard(text), { code: "CARD_FILE_MALFORMED" });
    });
  }
});
