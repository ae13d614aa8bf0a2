/** Rows of `transactions.test.ts`: the status of cards, and what stops and lets go on cards, terminals, merchants. */

import { RESERVE } from "../../contracts/conversion/conversion-records.ts";
import { PARAMETER } from "../../contracts/governance/parameters.ts";
import { LARGE_PAYMENT_PT } from "../../contracts/residents/card-status.ts";
import {
  CARD_ANCHORS,
  MERCHANT,
  MYKEY_ID,
  STATUS_LIST,
  TERMINAL,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { CREATED_AHEAD_MS_MAX } from "../../ledger/limits.ts";
import {
  AT_MS,
  KAWASAKI,
  type LedgerWorld,
  newCard,
  officerOf,
  type Party,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const suspended = change(WALLET_KEY, { status: "SUSPENDED" });
const closed = change(WALLET_KEY, { status: "CLOSED" });
const foreign = change(WALLET_KEY, { municipality: KAWASAKI });
const AHEAD_MS = AT_MS + CREATED_AHEAD_MS_MAX;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OLDEST_MS = AT_MS - DAY_MS;
const unknown = seedOf("unknown wallet");
/** What the wallet of the set-up holds, made large. */
const rich = change(WALLET_KEY, {
  lots: [
    {
      number: 1,
      issuer: TOSHIMA,
      pointType: "health",
      category: "HEALTH",
      amountPt: 20_000,
      remainingPt: 20_000,
      issuedOn: "2026-11-01",
      expiresOn: null,
      origin: "GRANT",
      consideration: "NONE",
      restrictedTo: [],
      perUseCapPt: 20_000,
    },
  ],
});

const someBytes = { certificate: seedOf("certificate") };
const anchored: Partial<RuleRow> = {
  arrange: (run) => run.plant(CARD_ANCHORS, { certificates: [seedOf("anchor")] }),
};

/** The list of the municipality is later than what the samples attest. */
const listedLater: Partial<RuleRow> = {
  arrange: (run) => {
    suspended(run);
    run.plant(STATUS_LIST.key(TOSHIMA), { asOfMs: AT_MS + 1 });
  },
};

/** The rows, for the keys of a world. */
export function cardRows(world: LedgerWorld): readonly RuleRow[] {
  return [
    ...payRows(),
    ...attestationRows(world),
    ...suspensionRows(),
    ...rebindRows(world),
    ...shopRows(),
    ...myKeyIdRows(),
    ...closingRows(world),
  ];
}

function payRows(): RuleRow[] {
  const asOf = (ageMs: number) => change(WALLET_KEY, { statusAsOfMs: AT_MS - ageMs });
  const fiveMinutesMs = 300_000;
  const listed =
    (ageMs: number): NonNullable<RuleRow["arrange"]> =>
    (run) => {
      asOf(DAY_MS + 1)(run);
      rich(run);
      run.plant(STATUS_LIST.key(TOSHIMA), { asOfMs: AT_MS - ageMs });
    };
  const large = (ageMs: number): NonNullable<RuleRow["arrange"]> => {
    return (run) => {
      rich(run);
      asOf(ageMs)(run);
    };
  };
  const pay = (id: string, row: Partial<RuleRow>): RuleRow => ({
    id,
    type: "PAY",
    code: "OK",
    ...row,
  });
  const stale = { code: "CERT_STATUS_STALE" };
  const aLittle = { private: { amountPt: LARGE_PAYMENT_PT } };
  const aLot = { private: { amountPt: LARGE_PAYMENT_PT + 1 } };
  return [
    pay("attested a day ago", { arrange: asOf(DAY_MS) }),
    pay("attested a moment longer ago", { arrange: asOf(DAY_MS + 1), ...stale }),
    pay("by the list of a day ago", { arrange: listed(DAY_MS) }),
    pay("by an older list", { arrange: listed(DAY_MS + 1), ...stale }),
    pay("a large one, asked five minutes ago", { ...aLot, arrange: large(fiveMinutesMs) }),
    pay("a large one, asked before", { ...aLot, arrange: large(fiveMinutesMs + 1), ...stale }),
    pay("just not a large one", { ...aLittle, arrange: large(fiveMinutesMs + 1) }),
    pay("attested two hours ago, where one is the most", {
      arrange: (run) => {
        asOf(2 * HOUR_MS)(run);
        run.plant(PARAMETER.key("STATUS_AGE_HOURS"), { value: 1, next: null });
      },
      ...stale,
    }),
    pay("a large one, asked six minutes ago, where ten are allowed", {
      ...aLot,
      arrange: (run) => {
        large(6 * 60_000)(run);
        run.plant(PARAMETER.key("LARGE_PAYMENT_STATUS_AGE_MINUTES"), { value: 10, next: null });
      },
    }),
    pay("under another municipality", {
      private: { municipality: KAWASAKI },
      code: "UNKNOWN_WALLET",
    }),
  ];
}

function attestationRows(world: LedgerWorld): RuleRow[] {
  const list = (id: string, code: string, row: Partial<RuleRow>): RuleRow => {
    return { id, type: "STATUS_LIST_ATTEST", code, ...row };
  };
  const one = (id: string, code: string, row: Partial<RuleRow>): RuleRow => {
    return { id, type: "STATUS_ATTEST", code, ...row };
  };
  const open = (id: string, code: string, body: RuleRow["private"], row = {}): RuleRow => {
    const handle = seedOf(id);
    return { id, type: "WALLET_OPEN", code, public: { handle }, private: body ?? {}, ...row };
  };
  const verifierOf = (organisation: string): readonly Party[] => [
    officerOf(organisation, "verifier"),
  ];
  const suspends = (...handles: readonly Uint8Array[]) => ({ private: { suspended: handles } });
  return [
    open("attested a day ago", "OK", { statusAsOfMs: OLDEST_MS }),
    open("attested too long ago", "CERT_STATUS_STALE", { statusAsOfMs: OLDEST_MS - 1 }),
    open("with a certificate that nobody wants", "CERTIFICATE_POLICY", someBytes),
    open("with bytes for a certificate", "CERTIFICATE_UNTRUSTED", someBytes, anchored),
    open("attested in the future", "STATUS_AHEAD", { statusAsOfMs: AHEAD_MS + 1 }),
    open("attested before the list that will count for it", "STATUS_SUPERSEDED", {}, listedLater),

    list("everybody", "OK", {}),
    list("all but one", "OK", suspends(WALLET_HANDLE)),
    list("one that is suspended already", "OK", { ...suspends(WALLET_HANDLE), arrange: suspended }),
    list("as of a day ago", "OK", { public: { asOfMs: OLDEST_MS } }),
    list("older", "CERT_STATUS_STALE", { public: { asOfMs: OLDEST_MS - 1 } }),
    list("as far ahead as clocks may be", "OK", { public: { asOfMs: AHEAD_MS } }),
    list("further ahead", "STATUS_AHEAD", { public: { asOfMs: AHEAD_MS + 1 } }),
    list("after a later list", "STATUS_SUPERSEDED", listedLater),
    list("an unknown wallet", "UNKNOWN_WALLET", suspends(WALLET_HANDLE, unknown)),
    list("a wallet of another municipality", "UNKNOWN_WALLET", {
      ...suspends(WALLET_HANDLE),
      arrange: foreign,
    }),
    list("a closed wallet", "UNKNOWN_WALLET", { ...suspends(WALLET_HANDLE), arrange: closed }),
    list("by a foreign verifier", "SIGNER_NOT_AUTHORISED", {
      overrides: { signers: verifierOf(KAWASAKI) },
    }),
    list("by the registrar", "SIGNER_NOT_AUTHORISED", {
      overrides: { signers: [officerOf(TOSHIMA, "registrar")] },
    }),

    one("a card", "OK", {}),
    one("of yesterday", "CERT_STATUS_STALE", { private: { statusAsOfMs: OLDEST_MS - 1 } }),
    one("of tomorrow", "STATUS_AHEAD", { private: { statusAsOfMs: AHEAD_MS + 1 } }),
    one("an unknown wallet", "UNKNOWN_WALLET", { private: { wallet: unknown } }),
    one("of another municipality", "UNKNOWN_WALLET", { arrange: foreign }),
    one("the card before this one", "CARD_MISMATCH", {
      arrange: (run) => run.block([world.sample("CARD_REBIND")]),
    }),
    one("after a later word", "STATUS_SUPERSEDED", {
      arrange: change(WALLET_KEY, { statusAsOfMs: AT_MS + 1 }),
    }),
    one("by a foreign verifier", "SIGNER_NOT_AUTHORISED", {
      overrides: { signers: verifierOf(KAWASAKI) },
    }),
  ];
}

function suspensionRows(): RuleRow[] {
  const suspend = (id: string, code: string, row: Partial<RuleRow>): RuleRow => {
    return { id, type: "CARD_SUSPEND", code, ...row };
  };
  const resume = (id: string, code: string, row: Partial<RuleRow>): RuleRow => {
    return { id, type: "CARD_RESUME", code, arrange: suspended, ...row };
  };
  return [
    suspend("a card in use", "OK", {}),
    suspend("twice", "WALLET_SUSPENDED", { arrange: suspended }),
    suspend("an unknown wallet", "UNKNOWN_WALLET", { private: { wallet: unknown } }),
    suspend("a closed wallet", "UNKNOWN_WALLET", { arrange: closed }),
    suspend("by another municipality", "UNKNOWN_WALLET", { public: { municipality: KAWASAKI } }),

    resume("by its card", "OK", {}),
    resume("what is not suspended", "NOT_SUSPENDED", { arrange: () => undefined }),
    resume("an unknown wallet", "UNKNOWN_WALLET", { private: { wallet: unknown } }),
    resume("with another salt", "CARD_MISMATCH", { private: { cardSalt: seedOf("other") } }),
    resume("attested too long ago", "CERT_STATUS_STALE", {
      private: { statusAsOfMs: OLDEST_MS - 1 },
    }),
    resume("attested in the future", "STATUS_AHEAD", { private: { statusAsOfMs: AHEAD_MS + 1 } }),
    resume("attested before the list that suspended it", "STATUS_SUPERSEDED", listedLater),
  ];
}

function rebindRows(world: LedgerWorld): RuleRow[] {
  const rebind = (id: string, code: string, row: Partial<RuleRow>): RuleRow => {
    return { id, type: "CARD_REBIND", code, ...row };
  };
  const witnesses = [officerOf(TOSHIMA, "registrar"), officerOf(TOSHIMA, "verifier")];
  return [
    rebind("a new card", "OK", {}),
    rebind("of a suspended wallet", "OK", { arrange: suspended }),
    rebind("of a closed wallet", "UNKNOWN_WALLET", { arrange: closed }),
    rebind("of an unknown wallet", "UNKNOWN_WALLET", { private: { wallet: unknown } }),
    rebind("of another municipality", "UNKNOWN_WALLET", { arrange: foreign }),
    rebind("twice", "CARD_MISMATCH", {
      arrange: (run) => run.block([world.sample("CARD_REBIND")]),
    }),
    rebind("to a card that does not sign", "CARD_MISMATCH", {
      overrides: { signers: [newCard(), ...witnesses] },
    }),
    rebind("attested too long ago", "CERT_STATUS_STALE", {
      private: { statusAsOfMs: OLDEST_MS - 1 },
    }),
    rebind("attested in the future", "STATUS_AHEAD", { private: { statusAsOfMs: AHEAD_MS + 1 } }),
    rebind("attested before the list that will count for it", "STATUS_SUPERSEDED", listedLater),
    rebind("with a certificate that nobody wants", "CERTIFICATE_POLICY", { private: someBytes }),
    rebind("with bytes for a certificate", "CERTIFICATE_UNTRUSTED", {
      private: someBytes,
      ...anchored,
    }),
    rebind("without the verifier of the place", "SIGNER_NOT_AUTHORISED", {
      overrides: {
        signers: [world.card, officerOf(TOSHIMA, "registrar"), officerOf(KAWASAKI, "verifier")],
      },
    }),
  ];
}

function shopRows(): RuleRow[] {
  const museum = MERCHANT.key("museum");
  const terminal = TERMINAL.key("museum-1");
  const atRest = change(museum, { status: "SUSPENDED" });
  const elsewhere = { public: { issuer: KAWASAKI } };
  const row = (type: string, id: string, code: string, more: Partial<RuleRow> = {}): RuleRow => {
    return { id, type, code, ...more };
  };
  return [
    row("TERMINAL_REVOKE", "a terminal", "OK"),
    row("TERMINAL_REVOKE", "twice", "TERMINAL_REVOKED", {
      arrange: change(terminal, { status: "REVOKED" }),
    }),
    row("TERMINAL_REVOKE", "of another shop", "UNKNOWN_TERMINAL", {
      arrange: change(terminal, { merchant: "cafe" }),
    }),
    row("TERMINAL_REVOKE", "in another municipality", "UNKNOWN_MERCHANT", elsewhere),
    row("MERCHANT_SUSPEND", "a merchant", "OK"),
    row("MERCHANT_SUSPEND", "twice", "MERCHANT_SUSPENDED", { arrange: atRest }),
    row("MERCHANT_SUSPEND", "in another municipality", "UNKNOWN_MERCHANT", elsewhere),
    row("MERCHANT_RESUME", "a merchant at rest", "OK", { arrange: atRest }),
    row("MERCHANT_RESUME", "one that is not", "NOT_SUSPENDED"),
    row("MERCHANT_RESUME", "in another municipality", "UNKNOWN_MERCHANT", elsewhere),
  ];
}

function myKeyIdRows(): RuleRow[] {
  const key = MYKEY_ID.key(toHex(seedOf("tag of a MyKey ID")));
  const heldBy =
    (municipality: string | null): NonNullable<RuleRow["arrange"]> =>
    (run) =>
      run.plant(key, { municipality });
  const claim = (id: string, code: string, row: Partial<RuleRow> = {}): RuleRow => {
    return { id, type: "MYKEY_ID_CLAIM", code, ...row };
  };
  const release = (id: string, code: string, row: Partial<RuleRow> = {}): RuleRow => {
    return { id, type: "MYKEY_ID_RELEASE", code, ...row };
  };
  return [
    claim("that nobody has", "OK"),
    claim("again", "OK", { arrange: heldBy(TOSHIMA) }),
    claim("that was given up", "OK", { arrange: heldBy(null) }),
    claim("that somebody elsewhere has", "MYKEY_ID_TAKEN", { arrange: heldBy(KAWASAKI) }),
    claim("in a municipality that issues nothing", "UNKNOWN_ISSUER", {
      public: { municipality: KAWASAKI },
    }),
    release("that it holds", "OK", { arrange: heldBy(TOSHIMA) }),
    release("that nobody has", "UNKNOWN_MYKEY_ID"),
    release("that was given up", "UNKNOWN_MYKEY_ID", { arrange: heldBy(null) }),
    release("that somebody elsewhere has", "UNKNOWN_MYKEY_ID", { arrange: heldBy(KAWASAKI) }),
  ];
}

function closingRows(world: LedgerWorld): RuleRow[] {
  const close = (id: string, code: string, row: Partial<RuleRow> = {}): RuleRow => {
    return { id, type: "WALLET_CLOSE", code, ...row };
  };
  const forfeits = (...pt: readonly number[]) => ({
    private: {
      forfeits: pt.map((amountPt, i) => {
        return { issuer: TOSHIMA, pointType: i === 0 ? "health" : "sports", amountPt };
      }),
    },
  });
  return [
    close("with what is left", "OK"),
    close("with nothing left", "OK", {
      ...forfeits(),
      arrange: (run) => run.block([world.pay(1000)]),
    }),
    close("with fewer points than are left", "FORFEIT_MISMATCH", forfeits(999)),
    close("with more", "FORFEIT_MISMATCH", forfeits(1001)),
    close(
      "with so many that the word on the card must be fresh",
      "FORFEIT_MISMATCH",
      forfeits(10_001),
    ),
    close("without naming them", "FORFEIT_MISMATCH", forfeits()),
    close("naming others too", "FORFEIT_MISMATCH", forfeits(1000, 1)),
    close("with support points that wait", "RESERVE_LEFT", {
      arrange: (run) =>
        run.plant(RESERVE.key(toHex(WALLET_HANDLE)), {
          entries: [{ partner: "card-company", amountPt: 1, restsUntil: "2026-11-15" }],
        }),
    }),
    close("with an empty reserve", "OK", {
      arrange: (run) => run.plant(RESERVE.key(toHex(WALLET_HANDLE)), { entries: [] }),
    }),
    close("an unknown one", "UNKNOWN_WALLET", { private: { wallet: unknown } }),
    close("a suspended one", "WALLET_SUSPENDED", { arrange: suspended }),
    close("twice", "WALLET_SUSPENDED", {
      arrange: (run) => run.block([world.sample("WALLET_CLOSE")]),
    }),
    close("with another card", "CARD_MISMATCH", { overrides: { signers: [newCard()] } }),
    close("that nobody has attested", "CERT_STATUS_STALE", {
      arrange: change(WALLET_KEY, { statusAsOfMs: OLDEST_MS - 1 }),
    }),
  ];
}
