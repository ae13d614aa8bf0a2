/**
 * The bank accounts of a payer and its merchants: a file that stays with the payer's accountant. Nothing of it is
 * ever on the ledger.
 */
import { shortName } from "../../contracts/fields/fields.ts";
import { type Infer, list, oneOf, pattern, record, text } from "../../ledger/schema.ts";

/** Merchants in one file. */
const PAYEES_MAX = 100_000;
/** Characters of a name before it is put into half-width kana. */
const NAME_LENGTH_MAX = 60;

const accountFields = {
  bankCode: pattern(/^[0-9]{4}$/, "a bank code of four digits"),
  branchCode: pattern(/^[0-9]{3}$/, "a branch code of three digits"),
  /** 普通, 当座, 貯蓄. */
  accountKind: oneOf(["ORDINARY", "CURRENT", "SAVINGS"]),
  accountNumber: pattern(/^[0-9]{7}$/, "an account number of seven digits"),
  /** As the bank has it, in kana. */
  holder: text(NAME_LENGTH_MAX),
};

/** The file, as JSON. */
export const accountsFile = record({
  /** Who pays; the code is what its bank gave it (委託者コード). */
  payer: record({
    clientCode: pattern(/^[0-9]{10}$/, "a client code of ten digits"),
    ...accountFields,
  }),
  payees: list(record({ merchant: shortName, ...accountFields }), PAYEES_MAX),
});
/** Bank accounts of a payer and its merchants. */
export type AccountsFile = Infer<typeof accountsFile>;
/** A bank account. */
export type Account = AccountsFile["payer"] | AccountsFile["payees"][number];

/** The bank's digit for a kind of account. */
export const ACCOUNT_KIND_DIGITS: Readonly<Record<Account["accountKind"], string>> = {
  ORDINARY: "1",
  CURRENT: "2",
  SAVINGS: "4",
};
