/** The bank's file of a real batch, field by field, and what the bank answers. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { accountsFile } from "../../../client/settlement/accounts-file.ts";
import { payoutDraft, transferOrderOf } from "../../../client/settlement/payouts.ts";
import {
  decodeTransferFile,
  encodeTransferFile,
} from "../../../client/settlement/transfer-file.ts";
import type { Batch } from "../../../contracts/settlement/batch.ts";
import { genesisText } from "../../../ledger/genesis.ts";
import { readText } from "../../support/files.ts";
import { TOSHIMA } from "../../support/ledger-world.ts";
import { noonOf, november, novemberCut, type Town } from "../../support/november.ts";
import { commandsOf } from "../../support/page-commands.ts";
import { runCommand } from "../../support/run-command.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const accounts = {
  payer: {
    clientCode: "0000131164",
    bankCode: "0009",
    branchCode: "012",
    accountKind: "ORDINARY",
    accountNumber: "7654321",
    holder: "トシマク",
  },
  payees: [
    {
      merchant: "museum",
      bankCode: "1305",
      branchCode: "077",
      accountKind: "CURRENT",
      accountNumber: "0001234",
      holder: "キヨウドシリヨウカン",
    },
    {
      merchant: "grocer",
      bankCode: "9900",
      branchCode: "008",
      accountKind: "SAVINGS",
      accountNumber: "1234567",
      holder: "カ）ヤオヤ",
    },
  ],
} as const;

/** Two lines that are owed, one that is not. */
const batch: Batch = {
  fiscalYear: 2026,
  closesOn: "2026-11-15",
  cutOn: "2026-11-16",
  objectionUntil: "2026-11-21",
  paysOn: "2026-11-30",
  feeBp: 150,
  approvedOn: "2026-11-22",
  lines: [
    line("cafe", 700, 10, "RETURNED"),
    line("grocer", 1_234_567, 18_518, "DUE"),
    line("museum", 4000, 60, "FAILED"),
  ],
};

function line(
  merchant: string,
  balancePt: number,
  feeYen: number,
  status: "RETURNED" | "DUE" | "FAILED",
) {
  const holdings = [{ fiscalYear: 2026, issuer: TOSHIMA, pointType: "health", balancePt }];
  return { merchant, holdings, feeYen, status, paidOn: null };
}

const file = encodeTransferFile(transferOrderOf(batch, accounts));
const listed = decodeTransferFile(file);

describe("the bank transfer file (総合振込)", () => {
  const text = new TextDecoder("shift_jis", { fatal: true }).decode(file);
  const records = text.split("\r\n");

  it("has a header, a record for each line that is owed, a trailer and an end, of 120 characters", () => {
    assert.equal(records.pop(), "");
    assert.deepEqual(
      records.map((record) => [record[0], record.length]),
      [
        ["1", 120],
        ["2", 120],
        ["2", 120],
        ["8", 120],
        ["9", 120],
      ],
    );
  });

  // Positions from 1, as the layout counts them.
  const fields = [
    [0, 1, 1, "1", "データ区分"],
    [0, 2, 3, "21", "種別コード"],
    [0, 4, 4, "0", "コード区分"],
    [0, 5, 14, "0000131164", "委託者コード"],
    [0, 15, 54, "ﾄｼﾏｸ".padEnd(40), "委託者名"],
    [0, 55, 58, "1130", "取組日"],
    [0, 59, 62, "0009", "仕向銀行番号"],
    [0, 63, 77, " ".repeat(15), "仕向銀行名"],
    [0, 78, 80, "012", "仕向支店番号"],
    [0, 81, 95, " ".repeat(15), "仕向支店名"],
    [0, 96, 96, "1", "預金種目"],
    [0, 97, 103, "7654321", "口座番号"],
    [0, 104, 120, " ".repeat(17), "ダミー"],
    [1, 1, 1, "2", "データ区分"],
    [1, 2, 5, "9900", "被仕向銀行番号"],
    [1, 21, 23, "008", "被仕向支店番号"],
    [1, 39, 42, "0000", "手形交換所番号"],
    [1, 43, 43, "4", "預金種目"],
    [1, 44, 50, "1234567", "口座番号"],
    [1, 51, 80, "ｶ)ﾔｵﾔ".padEnd(30), "受取人名"],
    [1, 81, 90, "0001216049", "振込金額"],
    [1, 91, 91, "0", "新規コード"],
    [1, 92, 101, "0000000002", "顧客コード1"],
    [1, 102, 111, "0000000000", "顧客コード2"],
    [1, 112, 112, "7", "振込指定区分"],
    [1, 113, 113, " ", "識別表示"],
    [1, 114, 120, " ".repeat(7), "ダミー"],
    [2, 2, 5, "1305", "被仕向銀行番号"],
    [2, 43, 43, "2", "預金種目"],
    [2, 44, 50, "0001234", "口座番号"],
    [2, 51, 80, "ｷﾖｳﾄﾞｼﾘﾖｳｶﾝ".padEnd(30), "受取人名"],
    [2, 81, 90, "0000003940", "振込金額"],
    [3, 1, 1, "8", "データ区分"],
    [3, 2, 7, "000002", "合計件数"],
    [3, 8, 19, "000001219989", "合計金額"],
    [3, 20, 120, " ".repeat(101), "ダミー"],
    [4, 1, 1, "9", "データ区分"],
    [4, 2, 120, " ".repeat(119), "ダミー"],
  ] as const;
  for (const [record, from, to, expected, name] of fields) {
    it(`record ${record + 1}, ${from}–${to}: ${name}`, () => {
      assert.equal(records[record]?.slice(from - 1, to), expected);
    });
  }

  it("is read back, with line ends or without", () => {
    assert.deepEqual(
      listed.map(({ line: number, amountYen }) => [number, amountYen]),
      [
        [2, 1_216_049],
        [3, 3940],
      ],
    );
    const bare = file.filter((byte) => byte !== 0x0d && byte !== 0x0a);
    assert.deepEqual(decodeTransferFile(bare), listed);
  });

  it("is refused where it does not add up, is cut, or is of another kind", () => {
    const at = (record: number, position: number) => record * 122 + position - 1;
    const seven = 0x37;
    for (const damaged of [
      file.with(at(1, 90), seven),
      file.with(at(3, 7), seven),
      file.with(at(0, 2), 0x39),
      file.with(at(2, 1), seven),
      file.with(at(4, 1), 0x38),
      file.subarray(0, file.length - 3),
      file.subarray(0, 122),
      new Uint8Array(0),
    ]) {
      assert.throws(() => decodeTransferFile(damaged), RangeError);
    }
  });

  it("wants the account of every merchant, and something that is owed", () => {
    const others = { ...accounts, payees: accounts.payees.slice(0, 1) };
    assert.throws(() => transferOrderOf(batch, others), { code: "ACCOUNT_MISSING" });
    const lines = batch.lines.slice(0, 1);
    assert.throws(() => transferOrderOf({ ...batch, lines }, accounts), { code: "BATCH_NOT_OWED" });
  });

  it("takes accounts from a file that holds nothing else", () => {
    assert.deepEqual(accountsFile.fromJson(JSON.parse(JSON.stringify(accounts))), accounts);
    const short = { ...accounts.payer, accountNumber: "123" };
    assert.throws(() => accountsFile.fromJson({ payer: short, payees: [] }), /seven digits/);
  });
});

describe("the bank's answer", () => {
  const named = { payer: TOSHIMA, batch: "2026-11a", paidOn: "2026-11-30" };

  it("is a report of what was paid, and of what came back", () => {
    const returned = listed.slice(1);
    assert.deepEqual(payoutDraft(batch, { sent: listed, returned }, named).public, {
      ...named,
      totalYen: 1_216_049,
      results: [
        { merchant: "grocer", outcome: "PAID" },
        { merchant: "museum", outcome: "FAILED" },
      ],
    });
  });

  it("is refused when it is about something else", () => {
    const [first, ...rest] = listed;
    assert.ok(first);
    const other = { ...first, amountYen: 1 };
    const wrong = { code: "BANK_FILE_MISMATCH" };
    assert.throws(() => payoutDraft(batch, { sent: [other, ...rest], returned: [] }, named), wrong);
    assert.throws(() => payoutDraft(batch, { sent: listed, returned: [other] }, named), wrong);
    const elsewhere = { ...first, accountNumber: "7777777" };
    assert.throws(() => payoutDraft(batch, { sent: listed, returned: [elsewhere] }, named), wrong);
  });
});

/** The batch is cut, and the museum took something more. */
function townBeforeApproval(): Town {
  const town = novemberCut();
  const createdAtMs = noonOf(11, 17);
  town.attestCards(createdAtMs);
  town.block(createdAtMs, [town.world.pay(120, { createdAtMs })]);
  return town;
}

describe("settlement commands", function () {
  this.timeout(120_000);
  const newDirectory = temporaryDirectories();
  const town = november();
  const beforeApproval = townBeforeApproval();
  let directory: string;
  const named = ["bundle", "--payer", TOSHIMA, "--batch", "2026-11a"];

  beforeEach(() => {
    directory = newDirectory();
    town.writeBundle(join(directory, "bundle"));
    writeFileSync(join(directory, "accounts.json"), JSON.stringify(accounts));
  });

  it("are those of docs/settlement.md: drafts, the file of a batch, its result, the tables", async () => {
    const [accountsJson] =
      /(?<=```json\n)[\s\S]*?(?=```)/.exec(readText("docs/settlement.md")) ?? [];
    assert.ok(accountsJson);
    writeFileSync(join(directory, "accounts.json"), accountsJson);
    writeFileSync(join(directory, "genesis.json"), genesisText(town.world.genesis));
    const commands = commandsOf("docs/settlement.md").filter(
      (command) => !command.includes("--node"),
    );
    assert.equal(commands.length, 5);
    // The first two are for the days before the approval.
    const earlier = join(directory, "earlier");
    beforeApproval.writeBundle(join(earlier, "bundle"));
    for (const [i, command] of commands.entries()) {
      const args = command.split(" ").slice(2);
      const { code, stdout, stderr } = await runCommand(args, i < 2 ? earlier : directory);
      assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
    }
    const read = (...path: readonly string[]) =>
      JSON.parse(readFileSync(join(directory, ...path), "utf8"));
    assert.deepEqual(read("earlier", "cut.json").public.merchants, ["museum"]);
    const { totalYen, returned, claims } = read("earlier", "approval.json").public;
    assert.deepEqual([totalYen, returned, claims], [3940, [], []]);
    const transfers = decodeTransferFile(
      new Uint8Array(readFileSync(join(directory, "furikomi.txt"))),
    );
    assert.deepEqual(
      transfers.map(({ amountYen }) => amountYen),
      [3940],
    );
    const draft = read("report.json");
    assert.equal(draft.type, "PAYOUT_REPORT");
    assert.deepEqual(draft.public.results, [{ merchant: "museum", outcome: "PAID" }]);
  });

  it("say so when there is no such batch, or the ledger is not right", async () => {
    const out = ["--accounts", "accounts.json", "--out", "none.txt", "--json"];
    const none = ["settlement", "bank-file", "bundle", "--payer", TOSHIMA, "--batch", "none"];
    const noDay = await runCommand([...none, ...out, "--pays-on", "2026-02-30"], directory);
    assert.deepEqual([noDay.code, JSON.parse(noDay.stdout).code], [1, "USAGE"]);
    const missing = await runCommand([...none, ...out], directory);
    assert.deepEqual([missing.code, JSON.parse(missing.stdout).code], [1, "BATCH_NOT_OWED"]);
    mkdirSync(join(directory, "empty"));
    const nothing = ["settlement", "bank-file", "empty", ...named.slice(1), ...out];
    const broken = await runCommand(nothing, directory);
    assert.deepEqual([broken.code, JSON.parse(broken.stdout).code], [1, "AUDIT_FAILED"]);
  });
});
