/**
 * The whole examination of the books, for auditors: every record of a state is read, and the invariants of
 * the accounts are computed anew. (While blocks are executed, double-entry.ts checks what each one changes.)
 */
import { LedgerFault } from "../ledger/faults.ts";
import { assertSide, Sums } from "./points/double-entry.ts";
import type { Due } from "./settlement/dues.ts";
import { SettlementBooks } from "./settlement/settlement-invariants.ts";
import { parseKey } from "./state/key-spaces.ts";
import { DUE, WALLET, type Wallet } from "./state/state-records.ts";

/** What accounts of one kind hold of an asset together: `merchant` of `131164/health`. */
export interface AccountTotal {
  readonly asset: string;
  /** The first word of the accounts. */
  readonly kind: string;
  readonly balancePt: number;
}

/**
 * Checks that each asset sums to zero (I1), that wallets consist of well-formed lots (I2), that no account is
 * on the wrong side of zero and every issued point was granted or given as a premium against a budget right, or is
 * owed for by the company that it was converted from (I3); and what settlement-invariants.ts says (I4, I5).
 * @param records every record of one state, each key once.
 * @returns the totals of each asset and kind of account, in ascending order of both.
 * @throws LedgerFault `INVARIANT_BROKEN` with the invariant and where; a decoding fault for a bad record.
 */
export function checkInvariants(
  records: Iterable<readonly [key: string, value: Uint8Array]>,
): AccountTotal[] {
  const byAsset = new Sums();
  const byKind = new Sums();
  const issuedLessGiven = new Sums();
  const settlement = new SettlementBooks();
  for (const [text, bytes] of records) {
    const key = parseKey(text);
    if (key === null) throw new LedgerFault("INVARIANT_BROKEN", { invariant: "keys", key: text });
    const value = key.space.decode(bytes);
    settlement.add(key, value);
    if (key.space === WALLET) assertLots(key.id, value as Wallet);
    if (key.space === DUE) addConverted(issuedLessGiven, key.id, value as Due);
    for (const balance of key.space.balances(key, value)) {
      const { account, asset, balancePt } = balance;
      assertSide(balance);
      byAsset.add(asset, balancePt);
      byKind.add(`${asset} ${firstWord(account)}`, balancePt);
      if (GIVEN.includes(firstWord(account))) issuedLessGiven.add(issuerOf(account), balancePt);
    }
  }
  byAsset.assertZero("I1");
  issuedLessGiven.assertZero("I3");
  settlement.assert();
  return byKind.sorted().map(([name, balancePt]) => {
    const [asset = "", kind = ""] = name.split(" ");
    return { asset, kind, balancePt };
  });
}

function firstWord(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/** Each issuer's points, and the rights that were used up for them. */
const GIVEN: readonly string[] = ["issue", "granted", "premium"];

/** The issuer in `granted/<issuer>/<fiscalYear>/<category>` and the like. */
function issuerOf(account: string): string {
  return account.split("/")[1] ?? "";
}

/** Points of a creditor that were converted: the company owes, or owed, for each. */
function addConverted(issuedLessGiven: Sums, id: string, { kind, owedYen }: Due): void {
  const [, creditor = ""] = id.split("/");
  if (kind === "CONVERSION") issuedLessGiven.add(creditor, owedYen);
}

/** Numbers rise and were given out; a lot never holds more than was put in. */
function assertLots(id: string, { lots, nextLot }: Wallet): void {
  lots.forEach(({ number, remainingPt, amountPt }, i) => {
    const before = lots[i - 1]?.number ?? 0;
    if (number <= before || number >= nextLot || remainingPt > amountPt) {
      throw new LedgerFault("INVARIANT_BROKEN", { invariant: "I2", wallet: id, lot: number });
    }
  });
}
