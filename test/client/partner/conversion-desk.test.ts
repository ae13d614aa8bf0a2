import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CompanySystem } from "../../../client/partner/company-system.ts";
import {
  ConversionDesk,
  type DeskNote,
  type PartnerLedger,
} from "../../../client/partner/conversion-desk.ts";
import { NotesFile } from "../../../client/partner/notes.ts";
import type { ConversionEvent } from "../../../client/partner/reading.ts";
import { Power, PowerDisk } from "../../support/power.ts";

const id = (n: number) => n.toString(16).padStart(32, "0");
const requested = (n: number): ConversionEvent => {
  return { kind: "REQUESTED", conversion: id(n), wallet: "aa".repeat(32), units: 10 };
};

/** A desk whose ledger and company say what they are told, and what was done. */
function deskWith({ events, confirms }: { events: ConversionEvent[]; confirms: string }) {
  const did: string[] = [];
  const told: DeskNote["done"][] = [];
  const ledger: PartnerLedger = {
    eventsAfter: async (height) => ({ height: events.length, events: events.slice(height) }),
    confirm: async ({ conversion }) => {
      did.push(`confirm ${Number.parseInt(conversion, 16)}`);
      return confirms;
    },
    reject: async ({ conversion }) => {
      did.push(`reject ${Number.parseInt(conversion, 16)}`);
      return "OK";
    },
  };
  const company: CompanySystem = {
    debit: async () => "DEBITED",
    release: async ({ conversion }) => {
      did.push(`release ${Number.parseInt(conversion, 16)}`);
    },
  };
  const notes = new NotesFile("desk/notes", new PowerDisk(new Power()));
  const onNote = ({ done }: DeskNote) => told.push(done);
  return { did, told, desk: new ConversionDesk({ ledger, company, notes, onNote, openMax: 2 }) };
}

describe("a partner's desk", () => {
  it("rejects what the ledger says is too late", async () => {
    const { did, desk } = deskWith({ events: [requested(1)], confirms: "CONVERSION_LATE" });
    assert.equal(await desk.round(), 1);
    assert.deepEqual(did, ["confirm 1", "reject 1"]);
  });

  it("rejects nothing because its own key is wrong", async () => {
    const { did, told, desk } = deskWith({
      events: [requested(1)],
      confirms: "SIGNER_NOT_AUTHORISED",
    });
    assert.equal(await desk.round(), 1);
    assert.deepEqual([did, told], [["confirm 1"], ["FAILED"]]);
  });

  it("finds the decision that frees its room behind the requests that it has no room for", async () => {
    const events = [requested(1), requested(2), requested(3)];
    const { did, desk } = deskWith({ events, confirms: "CONVERSION_CLOSED" });
    assert.equal(await desk.round(), 3);
    for (const n of [1, 2, 3]) events.push({ kind: "REJECTED", conversion: id(n) });
    assert.equal(await desk.round(), 1);
    assert.equal(await desk.round(), 0);
    assert.deepEqual(did.slice(2), ["release 1", "release 2", "release 3"]);
  });
});
