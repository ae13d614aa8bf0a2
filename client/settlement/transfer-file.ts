/** A bank transfer file (総合振込) as a whole: header, transfers, trailer, end, each with CR LF behind it. */
import { concatBytes } from "../../ledger/bytes.ts";
import { ACCOUNT_KIND_DIGITS, type Account, type AccountsFile } from "./accounts-file.ts";
import {
  decodeRecord,
  END,
  encodeRecord,
  HEADER,
  RECORD_SIZE_BYTES,
  TRAILER,
  TRANSFER,
  type Values,
} from "./zengin-record.ts";
import { zenginText } from "./zengin-text.ts";

/** 総合振込. */
const TRANSFER_KIND = "21";
/** Room for the names of who pays and of who is paid. A voice mark takes a place of its own. */
const CLIENT_NAME_LENGTH_MAX = 40;
const HOLDER_NAME_LENGTH_MAX = 30;
/** By wire (電信), as all transfers are by now. */
const BY_WIRE = "7";

/** One payment to a merchant. */
export interface Transfer {
  /** Its place in the batch, from 1: the bank gives it back as the customer's code. */
  readonly line: number;
  readonly payee: AccountsFile["payees"][number];
  readonly amountYen: number;
}

/** What a transfer file asks a bank to do. */
export interface TransferOrder {
  readonly payer: AccountsFile["payer"];
  /** `YYYY-MM-DD`; the file has month and day alone. */
  readonly paysOn: string;
  readonly transfers: readonly Transfer[];
}

/** One transfer as a file names it. */
export interface ListedTransfer {
  readonly line: number;
  readonly bankCode: string;
  readonly branchCode: string;
  readonly accountNumber: string;
  readonly amountYen: number;
}

/** The bytes of the file. @throws ClientError `NAME_UNWRITABLE`; RangeError for what has no room in its field. */
export function encodeTransferFile({ payer, paysOn, transfers }: TransferOrder): Uint8Array {
  const totalYen = transfers.reduce((sumYen, { amountYen }) => sumYen + amountYen, 0);
  const records = [
    encodeRecord(HEADER, {
      recordType: "1",
      transferKind: TRANSFER_KIND,
      codeKind: "0",
      clientCode: payer.clientCode,
      clientName: zenginText(payer.holder, CLIENT_NAME_LENGTH_MAX),
      payDay: paysOn.slice(5).replace("-", ""),
      ...accountValues(payer),
      unused: "",
    }),
    ...transfers.map((transfer) => encodeRecord(TRANSFER, transferValues(transfer))),
    encodeRecord(TRAILER, {
      recordType: "8",
      transfers: String(transfers.length),
      totalYen: String(totalYen),
      unused: "",
    }),
    encodeRecord(END, { recordType: "9", unused: "" }),
  ];
  return concatBytes(...records.flatMap((bytes) => [bytes, CR_LF]));
}

/**
 * The transfers of a file: one that we wrote, or a bank's list in the same form.
 * @throws RangeError when it is no such file, or does not add up.
 */
export function decodeTransferFile(bytes: Uint8Array): readonly ListedTransfer[] {
  const [header, ...rest] = recordsOf(bytes);
  const end = rest.pop();
  const trailer = rest.pop();
  if (header === undefined || trailer === undefined || end === undefined) {
    throw new RangeError("a transfer file has a header, a trailer and an end");
  }
  const { recordType, transferKind } = decodeRecord(HEADER, header);
  const { recordType: last } = decodeRecord(END, end);
  if (recordType !== "1" || transferKind !== TRANSFER_KIND || last !== "9") {
    throw new RangeError("not a file of transfers (kind 21)");
  }
  const transfers = rest.map(listedTransfer);
  const totals = decodeRecord(TRAILER, trailer);
  const totalYen = transfers.reduce((sumYen, { amountYen }) => sumYen + amountYen, 0);
  const addsUp =
    totals.recordType === "8" &&
    Number(totals.transfers) === transfers.length &&
    Number(totals.totalYen) === totalYen;
  if (!addsUp) throw new RangeError("the trailer does not give the count and the sum");
  return transfers;
}

const CR_LF = Uint8Array.of(0x0d, 0x0a);
/** Some systems end a file with this (Ctrl-Z). */
const END_OF_FILE = 0x1a;

/** The records of a file with or without line ends. */
function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const plain = bytes.filter((byte) => byte !== 0x0d && byte !== 0x0a && byte !== END_OF_FILE);
  if (plain.length % RECORD_SIZE_BYTES !== 0) throw new RangeError("not records of 120 bytes");
  return Array.from({ length: plain.length / RECORD_SIZE_BYTES }, (_, i) =>
    plain.subarray(i * RECORD_SIZE_BYTES, (i + 1) * RECORD_SIZE_BYTES),
  );
}

function accountValues({ bankCode, branchCode, accountKind, accountNumber }: Account) {
  return {
    bankCode,
    bankName: "",
    branchCode,
    branchName: "",
    accountKind: ACCOUNT_KIND_DIGITS[accountKind],
    accountNumber,
  };
}

function transferValues({ line, payee, amountYen }: Transfer): Values<typeof TRANSFER> {
  return {
    recordType: "2",
    ...accountValues(payee),
    clearingHouse: "",
    holderName: zenginText(payee.holder, HOLDER_NAME_LENGTH_MAX),
    amountYen: String(amountYen),
    newCode: "0",
    customerCode1: String(line),
    customerCode2: "",
    transferClass: BY_WIRE,
    ediMark: "",
    unused: "",
  };
}

function listedTransfer(bytes: Uint8Array): ListedTransfer {
  const values = decodeRecord(TRANSFER, bytes);
  if (values.recordType !== "2")
    throw new RangeError("a record between header and trailer is none");
  const { bankCode, branchCode, accountNumber } = values;
  const amountYen = Number(values.amountYen);
  return { line: Number(values.customerCode1), bankCode, branchCode, accountNumber, amountYen };
}
