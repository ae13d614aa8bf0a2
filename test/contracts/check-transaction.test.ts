import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { keysOfClaims } from "../../contracts/signers.ts";
import { GOVERNORS as GOVERNORS_KEY, KEY } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { CborValue } from "../../ledger/encoding.ts";
import {
  CARD_VALIDITY_MS_MAX,
  GOVERNANCE_VALIDITY_MS_MAX,
  ORGANISATION_VALIDITY_MS_MAX,
} from "../../ledger/limits.ts";
import { decodeTransaction, type Transaction } from "../../ledger/transaction.ts";
import { cborValue } from "../support/arbitraries.ts";
import { faultCodeOf } from "../support/expect-fault.ts";
import {
  AT_MS,
  GOVERNORS,
  LedgerWorld,
  NEW_NODE,
  newTerminal,
  type Overrides,
  officerOf,
  seedOf,
  TOSHIMA,
} from "../support/ledger-world.ts";

const world = new LedgerWorld();
const { card, terminal } = world;
const clerk = officerOf(TOSHIMA, "clerk");
const approver = officerOf(TOSHIMA, "approver");

interface Row {
  readonly id: string;
  readonly type: string;
  readonly overrides?: Overrides;
  readonly change?: (transaction: Transaction) => Partial<Transaction>;
  readonly code: string;
}

const lasting = (ms: number): Overrides => ({ notAfterMs: AT_MS + ms });
const privateWith = (index: number, value: unknown) => (transaction: Transaction) => {
  const body = (transaction.privateBody as unknown[]).with(index, value);
  return { privateBody: body as never };
};

const rows: readonly Row[] = [
  {
    id: "another network",
    type: "PAY",
    overrides: { networkId: seedOf("another network") },
    code: "WRONG_NETWORK",
  },
  {
    id: "a type that is not there",
    type: "PAY",
    change: ({ envelope }) => ({ envelope: { ...envelope, type: "GIFT" } }),
    code: "UNKNOWN_TYPE",
  },
  { id: "ends when it begins", type: "PAY", overrides: lasting(0), code: "INVALID_FIELD" },
  {
    id: "a card's request for too long",
    type: "PAY",
    overrides: lasting(CARD_VALIDITY_MS_MAX + 1),
    code: "VALIDITY_TOO_LONG",
  },
  {
    id: "an organisation's request for too long",
    type: "POINT_GRANT",
    overrides: lasting(ORGANISATION_VALIDITY_MS_MAX + 1),
    code: "VALIDITY_TOO_LONG",
  },
  {
    id: "a request of those who govern for too long",
    type: "NODE_RETIRE",
    overrides: lasting(GOVERNANCE_VALIDITY_MS_MAX + 1),
    code: "VALIDITY_TOO_LONG",
  },
  {
    id: "a public field too many",
    type: "PAY",
    change: () => ({ publicBody: [1] }),
    code: "INVALID_FIELD",
  },
  {
    id: "a body that is no record",
    type: "ISSUER_OPEN",
    change: () => ({ publicBody: "131164" }),
    code: "INVALID_FIELD",
  },
  {
    id: "a private part where the type has none",
    type: "ISSUER_OPEN",
    change: () => ({ privateBody: [] }),
    code: "INVALID_FIELD",
  },
  {
    id: "no private part where the type has one",
    type: "PAY",
    change: () => ({ privateBody: null }),
    code: "INVALID_FIELD",
  },
  { id: "nothing to pay", type: "PAY", change: privateWith(3, 0), code: "INVALID_FIELD" },
  {
    id: "more than nine digits to pay",
    type: "PAY",
    change: privateWith(3, 1_000_000_000),
    code: "INVALID_FIELD",
  },
  { id: "nobody signs", type: "PAY", overrides: { signers: [] }, code: "SIGNER_MISSING" },
  { id: "no terminal", type: "PAY", overrides: { signers: [card] }, code: "SIGNER_MISSING" },
  { id: "no card", type: "PAY", overrides: { signers: [terminal] }, code: "SIGNER_MISSING" },
  {
    id: "a terminal in the card's place",
    type: "PAY",
    overrides: { signers: [newTerminal(), terminal] },
    code: "SIGNER_MISSING",
  },
  {
    id: "the wrong order",
    type: "PAY",
    overrides: { signers: [terminal, card] },
    code: "SIGNER_UNEXPECTED",
  },
  {
    id: "an officer too many",
    type: "PAY",
    overrides: { signers: [card, terminal, clerk] },
    code: "SIGNER_UNEXPECTED",
  },
  {
    id: "a card with a terminal's algorithm",
    type: "PAY",
    overrides: { signers: [{ ...card, algorithm: "rsa2048-sha256" }, terminal] },
    code: "ALGORITHM_NOT_ADMITTED",
  },
  {
    id: "an officer alone",
    type: "POINT_GRANT",
    overrides: { signers: [clerk] },
    code: "SIGNER_MISSING",
  },
  {
    id: "one officer as two",
    type: "POINT_GRANT",
    overrides: { signers: [clerk, clerk] },
    code: "SAME_SIGNER",
  },
  {
    id: "three officers",
    type: "POINT_GRANT",
    overrides: { signers: [clerk, approver, officerOf(TOSHIMA, "registrar")] },
    code: "SIGNER_UNEXPECTED",
  },
  {
    id: "a new node that does not sign",
    type: "NODE_ADMIT",
    overrides: { signers: GOVERNORS },
    code: "SIGNER_MISSING",
  },
  {
    id: "a new node after those who govern",
    type: "NODE_ADMIT",
    overrides: { signers: [...GOVERNORS, NEW_NODE] },
    code: "SIGNER_UNEXPECTED",
  },
  {
    id: "a new node alone",
    type: "NODE_ADMIT",
    overrides: { signers: [NEW_NODE] },
    code: "SIGNER_MISSING",
  },
  { id: "no governor", type: "NODE_RETIRE", overrides: { signers: [] }, code: "SIGNER_MISSING" },
  {
    id: "a governor and a card",
    type: "NODE_RETIRE",
    overrides: { signers: [...GOVERNORS, card] },
    code: "SIGNER_UNEXPECTED",
  },
  {
    id: "one governor as two",
    type: "NODE_RETIRE",
    overrides: { signers: [...GOVERNORS, ...GOVERNORS] },
    code: "SAME_SIGNER",
  },
];

describe("checkTransaction", () => {
  for (const { id, type, overrides, change, code } of rows) {
    it(`refuses ${id}: ${code}`, () => {
      const transaction = decodeTransaction(world.sample(type, overrides));
      const changed = { ...transaction, ...change?.(transaction) };
      assert.throws(() => checkTransaction(changed, world.networkId), { code });
    });
  }

  for (const type of Object.keys(world.samples)) {
    it(`takes ${type}, and knows no older rules for it`, () => {
      const transaction = decodeTransaction(world.sample(type));
      const checked = checkTransaction(transaction, world.networkId);
      assert.equal(checked.declaration.type, type);
      assert.deepEqual(checked.content.public, world.samples[type]?.public);
      assert.deepEqual(checked.content.private, world.samples[type]?.private);
      assert.throws(() => checkTransaction(transaction, world.networkId, 0), {
        code: "UNKNOWN_TYPE",
      });
    });
  }

  it("refuses any other value in any public field with a fault, or reads just that value", () => {
    const hasPublicFields = (type: string) =>
      Object.keys(world.samples[type]?.public ?? {}).length > 0;
    const types = Object.keys(world.samples).filter(hasPublicFields);
    const samples = types.map((type) => decodeTransaction(world.sample(type)));
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(9), cborValue, (sample, at, value) => {
        const fields = sample.publicBody as readonly CborValue[];
        const publicBody = fields.with(at % fields.length, value);
        let read: unknown;
        const fault = faultCodeOf(() => {
          const changed = { ...sample, publicBody };
          const { declaration, content } = checkTransaction(changed, world.networkId);
          read = declaration.public.toCbor(content.public);
        });
        if (fault === null) assert.deepEqual(read, publicBody);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes the longest validity", () => {
    for (const [type, lastMs] of [
      ["PAY", CARD_VALIDITY_MS_MAX],
      ["POINT_GRANT", ORGANISATION_VALIDITY_MS_MAX],
      ["NODE_RETIRE", GOVERNANCE_VALIDITY_MS_MAX],
    ] as const) {
      const longest = world.sample(type, lasting(lastMs));
      checkTransaction(decodeTransaction(longest), world.networkId);
    }
  });

  it("names the officers whose keys must be in the state", () => {
    const checked = checkTransaction(
      decodeTransaction(world.sample("WALLET_OPEN")),
      world.networkId,
    );
    assert.deepEqual(
      checked.claims.officers.map(({ organisation, role }) => [organisation, role]),
      [
        [TOSHIMA, "registrar"],
        [TOSHIMA, "verifier"],
      ],
    );
  });

  it("takes as many governors as sign, after the node that they admit", () => {
    const { claims } = checkTransaction(
      decodeTransaction(world.sample("NODE_ADMIT")),
      world.networkId,
    );
    const keys = GOVERNORS.map(({ publicKey }) => KEY.key(toHex(publicKey)));
    assert.deepEqual(claims, { officers: [], governors: keys });
    assert.deepEqual(keysOfClaims(claims), [...keys, GOVERNORS_KEY]);
  });
});
