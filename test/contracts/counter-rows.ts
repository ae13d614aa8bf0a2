/** Rows that every type has which a terminal or a card signs, for the table in transactions.test.ts. */
import assert from "node:assert/strict";
import { MERCHANT, TERMINAL, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { attestCards, type LedgerRun } from "../support/ledger-run.ts";
import {
  type Bodies,
  type LedgerWorld,
  newCard,
  newTerminal,
  type Party,
  seedOf,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const MUSEUM = MERCHANT.key("museum");
const TERMINAL_1 = TERMINAL.key("museum-1");

/** Types that card and terminal sign. */
const BOTH_SIGN: readonly string[] = ["EVENT_CHECKIN", "FEE_PAY"];

/** What is done before. */
export type Arrangement = (run: LedgerRun) => void;

/** One after the other. */
export function all(...arrangements: readonly Arrangement[]): Arrangement {
  return (run) => {
    for (const arrange of arrangements) arrange(run);
  };
}

/** That the sample of a type is accepted, perhaps with other fields. */
export function accepted(
  world: LedgerWorld,
  type: string,
  fields: { readonly public?: object; readonly private?: object } = {},
): Arrangement {
  return (run) => {
    const sample = world.samples[type];
    assert.ok(sample);
    const bodies = {
      public: { ...sample.public, ...fields.public },
      private: sample.private === null ? null : { ...sample.private, ...fields.private },
    };
    assert.equal(run.result(world.transaction(type, bodies)), "OK", type);
  };
}

/** Everything that a terminal can be refused for, whatever it asks for. */
export function counterRows(world: LedgerWorld, type: string, arrange: Arrangement): RuleRow[] {
  const signers = [newTerminal()];
  const withCard = BOTH_SIGN.includes(type) ? [world.card, ...signers] : signers;
  return [
    {
      id: "a merchant that is no longer there",
      type,
      private: elsewhere(world, type),
      arrange,
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "a suspended merchant",
      type,
      arrange: all(arrange, change(MUSEUM, { status: "SUSPENDED" })),
      code: "MERCHANT_SUSPENDED",
    },
    {
      id: "another merchant's terminal",
      type,
      arrange: all(arrange, change(TERMINAL_1, { merchant: "cafe" })),
      code: "UNKNOWN_TERMINAL",
    },
    {
      id: "a revoked terminal",
      type,
      arrange: all(arrange, change(TERMINAL_1, { status: "REVOKED" })),
      code: "TERMINAL_REVOKED",
    },
    {
      id: "another terminal's signature",
      type,
      overrides: { signers: withCard },
      arrange,
      code: "SIGNER_NOT_AUTHORISED",
    },
  ];
}

/** The private fields of a type's sample, at a merchant that is not registered. */
function elsewhere(world: LedgerWorld, type: string): Bodies["public"] {
  const inPrivate = world.samples[type]?.private ?? {};
  const { payment } = inPrivate as { payment?: object };
  return payment === undefined
    ? { merchant: "cafe" }
    : { payment: { ...payment, merchant: "cafe" } };
}

/** Everything that a card can be refused for. @param at where the private part names the wallet. */
export function cardholderRows(
  world: LedgerWorld,
  type: string,
  arrange: Arrangement,
  at: string | null = null,
): RuleRow[] {
  const inPrivate = world.samples[type]?.private ?? {};
  const nobody = { wallet: seedOf("nobody") };
  const signers = newCardOf(world, type);
  return [
    {
      id: "no such wallet",
      type,
      private: at === null ? nobody : { [at]: { ...(inPrivate[at] as object), ...nobody } },
      arrange,
      code: "UNKNOWN_WALLET",
    },
    {
      id: "a suspended wallet",
      type,
      arrange: all(arrange, change(WALLET_KEY, { status: "SUSPENDED" })),
      code: "WALLET_SUSPENDED",
    },
    {
      id: "another card",
      type,
      overrides: { signers },
      arrange,
      code: "CARD_MISMATCH",
    },
    {
      id: "a card that nobody has attested lately",
      type,
      arrange: all(arrange, attestCards(0), change(WALLET_KEY, { statusAsOfMs: 0 })),
      code: "CERT_STATUS_STALE",
    },
  ];
}

/** Another card, and whoever else signs the type. */
function newCardOf(world: LedgerWorld, type: string): readonly Party[] {
  return BOTH_SIGN.includes(type) ? [newCard(), world.terminal] : [newCard()];
}
