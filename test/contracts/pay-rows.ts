/** Rows of the table of all rules: payments. */
import { HOLDINGS_MAX } from "../../contracts/spending/till.ts";
import {
  MERCHANT,
  MERCHANT_ACCOUNT,
  TERMINAL,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { attestCards } from "../support/ledger-run.ts";
import {
  KAWASAKI,
  type LedgerWorld,
  newCard,
  newTerminal,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const museum = MERCHANT.key("museum");
const terminal = TERMINAL.key("museum-1");
const anotherCard = newCard();
const anotherTerminal = newTerminal();

/** Every way in which a payment is right or wrong. */
export function payRows(world: LedgerWorld): RuleRow[] {
  return [
    // PAY
    { id: "every point", type: "PAY", private: { amountPt: 1000 }, code: "OK" },
    {
      id: "a point too many",
      type: "PAY",
      private: { amountPt: 1001 },
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "no such merchant",
      type: "PAY",
      private: { merchant: "cafe" },
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "a suspended merchant",
      type: "PAY",
      arrange: change(museum, { status: "SUSPENDED" }),
      code: "MERCHANT_SUSPENDED",
    },
    {
      id: "no such terminal",
      type: "PAY",
      private: { terminal: "museum-2" },
      code: "UNKNOWN_TERMINAL",
    },
    {
      id: "another merchant's terminal",
      type: "PAY",
      arrange: change(terminal, { merchant: "cafe" }),
      code: "UNKNOWN_TERMINAL",
    },
    {
      id: "a revoked terminal",
      type: "PAY",
      arrange: change(terminal, { status: "REVOKED" }),
      code: "TERMINAL_REVOKED",
    },
    {
      id: "another terminal's signature",
      type: "PAY",
      overrides: { signers: [world.card, anotherTerminal] },
      code: "SIGNER_NOT_AUTHORISED",
    },
    {
      id: "no such wallet",
      type: "PAY",
      private: { wallet: seedOf("nobody") },
      code: "UNKNOWN_WALLET",
    },
    {
      id: "a suspended wallet",
      type: "PAY",
      arrange: change(WALLET_KEY, { status: "SUSPENDED" }),
      code: "WALLET_SUSPENDED",
    },
    {
      id: "another card",
      type: "PAY",
      overrides: { signers: [anotherCard, world.terminal] },
      code: "CARD_MISMATCH",
    },
    {
      id: "another salt",
      type: "PAY",
      private: { cardSalt: seedOf("another") },
      code: "CARD_MISMATCH",
    },
    {
      id: "points that the merchant's municipality did not issue",
      type: "PAY",
      arrange: change(museum, { issuer: KAWASAKI }),
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points for other kinds of merchants",
      type: "PAY",
      arrange: (run) => {
        const lots = run.read(WALLET_KEY)?.lots ?? [];
        change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, restrictedTo: ["ZOO"] })) })(run);
      },
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "more than the cap on one payment",
      type: "PAY",
      arrange: (run) => {
        const lots = run.read(WALLET_KEY)?.lots ?? [];
        change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, perUseCapPt: 249 })) })(run);
      },
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "a till with too many types",
      type: "PAY",
      arrange: change(MERCHANT_ACCOUNT.key("museum"), {
        holdings: Array.from({ length: HOLDINGS_MAX }, (_, i) => ({
          fiscalYear: 2026,
          issuer: TOSHIMA,
          pointType: `type-${1000 + i}`,
          balancePt: 0,
        })),
      }),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "points that expired at midnight",
      type: "PAY",
      overrides: { createdAtMs: Date.UTC(2028, 2, 31, 15) },
      atMs: Date.UTC(2028, 2, 31, 15),
      arrange: attestCards(Date.UTC(2028, 2, 31, 15)),
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points on their last day",
      type: "PAY",
      overrides: { createdAtMs: Date.UTC(2028, 2, 31, 15) - 1 },
      atMs: Date.UTC(2028, 2, 31, 15) - 1,
      arrange: attestCards(Date.UTC(2028, 2, 31, 15) - 1),
      code: "OK",
    },
  ];
}
