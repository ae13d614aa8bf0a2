import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, it } from "mocha";
import { ATR, SoftwareCard, type SoftwareCardOptions } from "../../../client/card/software-card.ts";
import type { SoftwareCardState } from "../../../client/card/software-card-state.ts";
import { bytes, cardFixture, hex } from "./fixture.ts";

const SELECT = "00A4040C0AD392F000260100000001";
const AUTH_PIN = ["00A4020C020018", "002000800431323334"];
const SIGN_PIN = ["00A4020C02001B", "0020008006414243313233"];

let state: SoftwareCardState;

function poweredCard(
  options: SoftwareCardOptions = {},
  of: SoftwareCardState = state,
): SoftwareCard {
  const card = new SoftwareCard(of, options);
  card.powerOn();
  return card;
}

/** The answers to commands, one after the other, on a card that has just been powered on. */
function answers(...commands: readonly string[]): string[] {
  const card = poweredCard();
  return commands.map((command) => hex(card.process(bytes(command))));
}

/** The status word of the last of these commands. */
function status(...commands: readonly string[]): string {
  return (
    answers(...commands)
      .at(-1)
      ?.slice(-4) ?? ""
  );
}

function withTries(auth: number, blockedAnswer: "6984" | "63C0" = "6984"): SoftwareCardState {
  return { ...state, blockedAnswer, auth: { ...state.auth, triesLeft: auth } };
}

before(async () => {
  ({ state } = await cardFixture());
});

describe("software card: SELECT", () => {
  const rows = [
    { id: "the application", commands: [SELECT], status: "9000" },
    {
      id: "the application by the start of its name",
      commands: ["00A4040002D392"],
      status: "9000",
    },
    { id: "another application", commands: ["00A4040C0AD3921000310001010408"], status: "6A82" },
    { id: "a name that goes on", commands: ["00A4040C0BD392F00026010000000100"], status: "6A82" },
    { id: "an empty name", commands: ["00A4040C"], status: "6700" },
    { id: "an EF before the application", commands: ["00A4020C02000A"], status: "6A82" },
    { id: "an EF", commands: [SELECT, "00A4020C02000A"], status: "9000" },
    { id: "an EF that is not there", commands: [SELECT, "00A4020C020003"], status: "6A82" },
    { id: "an EF by one byte", commands: [SELECT, "00A4020C010A"], status: "6700" },
    { id: "the MF after power-up", commands: ["00A40000"], status: "6A86" },
    { id: "the MF with an application", commands: [SELECT, "00A40000"], status: "9000" },
    { id: "the MF by identifier", commands: [SELECT, "00A40000023F00"], status: "6A82" },
    { id: "a parent", commands: [SELECT, "00A4030C"], status: "6A86" },
    { id: "the next occurrence", commands: ["00A404020AD392F000260100000001"], status: "6A86" },
  ];
  for (const row of rows) {
    it(`answers ${row.status} to ${row.id}`, () =>
      assert.equal(status(...row.commands), row.status));
  }

  it("changes nothing when it answers 9000 to the MF", () => {
    assert.equal(status(SELECT, "00A4020C020008", "00A40000", "00B0000000"), "9000");
  });

  it("has no current EF after the application is selected again", () => {
    assert.equal(status(SELECT, "00A4020C020008", SELECT, "00B0000000"), "6986");
  });

  it("keeps the application when another is not found", () => {
    assert.equal(status(SELECT, "00A4040C02A000", "00A4020C02000A"), "9000");
  });
});

describe("software card: READ BINARY", () => {
  const rows = [
    { id: "without a current EF", commands: [SELECT, "00B0000000"], status: "6986" },
    { id: "by short identifier without application", commands: ["00B08A0000"], status: "6A82" },
    { id: "without Le", commands: [SELECT, "00B08A00"], status: "6700" },
    { id: "with data", commands: [SELECT, "00B08A0001AA00"], status: "6700" },
    { id: "past the end", commands: [SELECT, "00B0880300"], status: "6B00" },
    { id: "far past the end", commands: [SELECT, "00A4020C020008", "00B07FFF00"], status: "6B00" },
    { id: "short identifier zero", commands: [SELECT, "00B0800000"], status: "6A86" },
    { id: "short identifier 31", commands: [SELECT, "00B09F0000"], status: "6A86" },
    { id: "an unknown short identifier", commands: [SELECT, "00B0830000"], status: "6A82" },
    { id: "a key", commands: [SELECT, "00B0970000"], status: "6981" },
    { id: "a PIN", commands: [SELECT, "00B0980000"], status: "6981" },
    { id: "the terminal CA's key", commands: [SELECT, "00B0960000"], status: "6981" },
    { id: "EF 0009", commands: [SELECT, ...AUTH_PIN, ...SIGN_PIN, "00B0890000"], status: "6982" },
    { id: "the signing certificate", commands: [SELECT, "00B0810000"], status: "6982" },
    { id: "it with the other PIN", commands: [SELECT, ...AUTH_PIN, "00B0810000"], status: "6982" },
    { id: "it with its password", commands: [SELECT, ...SIGN_PIN, "00B0810000"], status: "9000" },
    { id: "a record", commands: [SELECT, "00A4020C02000A", "00B2010400"], status: "6981" },
    { id: "a record without EF", commands: [SELECT, "00B2010400"], status: "6986" },
  ];
  for (const row of rows) {
    it(`answers ${row.status} to ${row.id}`, () =>
      assert.equal(status(...row.commands), row.status));
  }

  it("gives every readable file its content", () => {
    const files = [
      { sfi: "81", pem: state.sign.certificatePem },
      { sfi: "82", pem: state.sign.caCertificatePem },
      { sfi: "8A", pem: state.auth.certificatePem },
      { sfi: "8B", pem: state.auth.caCertificatePem },
    ];
    for (const { sfi, pem } of files) {
      const [, , , start, rest] = answers(SELECT, ...SIGN_PIN, `00B0${sfi}0000`, "00B00100000000");
      const content = `${start?.slice(0, -4)}${rest?.slice(0, -4)}`;
      assert.equal(content, hex(new X509Certificate(pem).raw));
    }
    assert.equal(answers(SELECT, "00B0880000")[1], "8F8F009000");
  });

  it("gives what is left when more is asked for", () => {
    assert.equal(answers(SELECT, "00B0880200")[1], "009000");
  });

  it("makes the file named by short identifier the current one", () => {
    assert.equal(answers(SELECT, "00B0880001", "00B0000102")[2], "8F009000");
  });

  it("lays out the token information as PKCS #11 does", () => {
    const info = bytes(answers(SELECT, "00B0860000")[1] ?? "").subarray(0, -2);
    assert.equal(info.length, 160);
    assert.equal(Buffer.from(info.subarray(0, 32)).toString(), "JPKIAPICCTOKEN2".padEnd(32));
    assert.equal(hex(info.subarray(96, 100)), "0000040D");
    assert.equal(hex(info.subarray(116, 124)), "0000001000000006");
    assert.equal(Buffer.from(info.subarray(140)).toString(), `0301${"9".repeat(16)}`);
  });
});

describe("software card: VERIFY and CHANGE REFERENCE DATA", () => {
  const rows = [
    { id: "a query of the PIN", commands: [SELECT, "00A4020C020018", "00200080"], status: "63C3" },
    { id: "a query of the password", commands: [SELECT, "0020009B"], status: "63C5" },
    { id: "a query by short identifier", commands: [SELECT, "00200098"], status: "63C3" },
    { id: "a query while verified", commands: [SELECT, ...AUTH_PIN, "00200080"], status: "63C3" },
    { id: "the PIN", commands: [SELECT, ...AUTH_PIN], status: "9000" },
    { id: "the PIN by short identifier", commands: [SELECT, "002000980431323334"], status: "9000" },
    { id: "a wrong PIN", commands: [SELECT, "002000980439393939"], status: "63C2" },
    { id: "a PIN that goes on", commands: [SELECT, "00200098053132333435"], status: "63C2" },
    {
      id: "the password in lower case",
      commands: [SELECT, "0020009B06616263313233"],
      status: "63C4",
    },
    { id: "no current EF", commands: [SELECT, "00200080"], status: "6986" },
    { id: "a file that is no PIN", commands: [SELECT, "0020008A"], status: "6981" },
    { id: "P1 01", commands: [SELECT, "00200198"], status: "6A86" },
    { id: "P2 00", commands: [SELECT, "00200000"], status: "6A86" },
    { id: "Le", commands: [SELECT, "0020009800"], status: "6700" },
    { id: "a change without the PIN", commands: [SELECT, "002401980435363738"], status: "6982" },
    {
      id: "a change with P1 00",
      commands: [SELECT, ...AUTH_PIN, "002400980435363738"],
      status: "6A86",
    },
    { id: "a change to nothing", commands: [SELECT, ...AUTH_PIN, "00240198"], status: "6700" },
    {
      id: "a change to letters",
      commands: [SELECT, ...AUTH_PIN, "002401980441424344"],
      status: "6A80",
    },
  ];
  for (const row of rows) {
    it(`answers ${row.status} to ${row.id}`, () =>
      assert.equal(status(...row.commands), row.status));
  }

  it("changes the PIN and keeps it verified", () => {
    const card = poweredCard();
    const run = (command: string): string => hex(card.process(bytes(command)));
    for (const command of [SELECT, ...AUTH_PIN]) run(command);
    assert.equal(run("002401800435363738"), "9000");
    assert.equal(card.state.auth.pin, "5678");
    assert.equal(run("002000800435363738"), "9000");
    assert.equal(run("002000800431323334"), "63C2");
  });

  it("blocks at the third wrong PIN, and then takes no PIN at all", () => {
    const wrong = "002000800439393939";
    const [, , ...tries] = answers(
      SELECT,
      "00A4020C020018",
      wrong,
      wrong,
      wrong,
      wrong,
      AUTH_PIN[1] ?? "",
    );
    assert.deepEqual(tries, ["63C2", "63C1", "63C0", "6984", "6984"]);
  });

  for (const blockedAnswer of ["6984", "63C0"] as const) {
    it(`answers ${blockedAnswer} when blocked, if made so`, () => {
      const card = poweredCard({}, withTries(0, blockedAnswer));
      card.process(bytes(SELECT));
      assert.equal(hex(card.process(bytes("00200098"))), blockedAnswer);
      assert.equal(hex(card.process(bytes("002000980431323334"))), blockedAnswer);
      assert.equal(card.state.auth.triesLeft, 0);
    });
  }

  it("takes a verified PIN back at a wrong one", () => {
    assert.equal(status(SELECT, ...SIGN_PIN, "0020009B06585858585858", "00B0810000"), "6982");
  });

  it("lowers and reports the counter before it compares", () => {
    const reported: number[] = [];
    const card = poweredCard({ onChange: (changed) => reported.push(changed.auth.triesLeft) });
    card.process(bytes(SELECT));
    card.process(bytes("002000980439393939"));
    assert.deepEqual(reported, [2]);
    card.process(bytes("002000980431323334"));
    assert.deepEqual(reported, [2, 1, 3]);
  });

  it("gives no answer when the counter cannot be kept", () => {
    const card = poweredCard({
      onChange: () => {
        throw new Error("disk full");
      },
    });
    card.process(bytes(SELECT));
    assert.throws(() => card.process(bytes("002000980431323334")), /disk full/);
    assert.equal(hex(card.process(bytes("802A009701AA00"))), "6982");
  });
});

describe("software card: everything else", () => {
  const rows = [
    { id: "too short a command", commands: ["00A4"], status: "6700" },
    { id: "an unknown instruction", commands: ["00CB3FFF035C017E08"], status: "6D00" },
    { id: "an unknown proprietary instruction", commands: ["8020009800"], status: "6D00" },
    {
      id: "a proprietary instruction in class 00",
      commands: [SELECT, "002A009701AA00"],
      status: "6D00",
    },
    { id: "an unknown class", commands: ["A0A40000"], status: "6E00" },
    { id: "logical channel 1", commands: ["01A4040C0AD392F000260100000001"], status: "6881" },
    { id: "secure messaging", commands: [SELECT, "08B08A0000"], status: "69FC" },
    { id: "a data object", commands: ["00CADF3005"], status: "6A88" },
    { id: "INTERNAL AUTHENTICATE", commands: [SELECT, "0088009701AA00"], status: "6982" },
    {
      id: "INTERNAL AUTHENTICATE with the PIN",
      commands: [SELECT, ...AUTH_PIN, "0088009701AA00"],
      status: "6985",
    },
    { id: "a terminal's certificate", commands: [SELECT, "80A2000001AA"], status: "6A86" },
    { id: "SET SESSION KEY", commands: [SELECT, "80AE000001AA"], status: "6982" },
    { id: "the last-command indicator", commands: [SELECT, "80FC0000"], status: "6700" },
    { id: "a challenge of 257 bytes", commands: ["00840000000101"], status: "6985" },
  ];
  for (const row of rows) {
    it(`answers ${row.status} to ${row.id}`, () =>
      assert.equal(status(...row.commands), row.status));
  }

  it("gives challenges of the length asked for", () => {
    const [first, second] = answers("0084000008", "0084000008");
    assert.equal(first?.length, 20);
    assert.notEqual(first, second);
  });
});

describe("software card: power", () => {
  const signature = `802A029720${"AB".repeat(32)}00`;
  const loggedIn = (): SoftwareCard => {
    const card = poweredCard();
    for (const command of [SELECT, ...AUTH_PIN]) card.process(bytes(command));
    return card;
  };

  it("keeps the PIN over a warm reset, but not the selection", () => {
    const card = loggedIn();
    card.warmReset();
    assert.equal(hex(card.process(bytes(signature))), "6A82");
    card.process(bytes(SELECT));
    assert.match(hex(card.process(bytes(signature))), /9000$/);
  });

  it("keeps the PIN when the application is selected again", () => {
    const card = loggedIn();
    card.process(bytes(SELECT));
    assert.match(hex(card.process(bytes(signature))), /9000$/);
  });

  it("forgets the PIN without power", () => {
    const card = loggedIn();
    card.powerOff();
    card.powerOn();
    card.process(bytes(SELECT));
    assert.equal(hex(card.process(bytes(signature))), "6982");
  });

  it("keeps counters without power", () => {
    const card = loggedIn();
    card.process(bytes("002000800439393939"));
    card.powerOff();
    assert.equal(card.state.auth.triesLeft, 2);
    const again = poweredCard({}, card.state);
    again.process(bytes(SELECT));
    assert.equal(hex(again.process(bytes("00200098"))), "63C2");
  });

  it("answers nothing without power", () => {
    assert.throws(() => new SoftwareCard(state).process(bytes(SELECT)), /no power/);
  });

  it("can fail the first command after each power-up", () => {
    const card = poweredCard({ firstCommandFails: true });
    assert.equal(hex(card.process(bytes(SELECT))), "6F00");
    assert.equal(hex(card.process(bytes(SELECT))), "9000");
    card.powerOn();
    assert.equal(hex(card.process(bytes(SELECT))), "9000");
    card.powerOff();
    card.powerOn();
    assert.equal(hex(card.process(bytes(SELECT))), "6F00");
  });

  it("has an answer to reset whose check byte is right", () => {
    const { CONTACT, CONTACTLESS } = ATR;
    assert.equal(
      CONTACTLESS.subarray(1).reduce((sum, byte) => sum ^ byte, 0),
      0,
    );
    assert.equal(
      CONTACT.subarray(1).reduce((sum, byte) => sum ^ byte, 0),
      0,
    );
    assert.deepEqual(new SoftwareCard(state).atr, CONTACTLESS);
    assert.deepEqual(new SoftwareCard(state, { atr: CONTACT }).atr, CONTACT);
  });
});
