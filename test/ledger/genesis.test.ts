import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { toHex } from "../../ledger/bytes.ts";
import { genesisMembership, genesisText, networkIdOf, parseGenesis } from "../../ledger/genesis.ts";
import { GENESIS_LENGTH_MAX, GOVERNORS_MAX } from "../../ledger/limits.ts";
import { membershipHash, votersOf } from "../../ledger/membership.ts";
import { testGenesis, testSigner } from "../support/chain-builder.ts";
import { expectFault } from "../support/expect-fault.ts";
import { readVectors } from "../support/files.ts";
import type { GenesisRow } from "../vectors/format-vectors.ts";

describe("genesis", () => {
  for (const row of readVectors<readonly GenesisRow[]>("genesis")) {
    it(row.id, () => {
      if ("fault" in row) {
        expectFault(row.fault, () => parseGenesis(row.text));
      } else {
        const genesis = parseGenesis(row.text);
        assert.equal(toHex(networkIdOf(genesis)), row.networkId);
        assert.equal(genesisText(genesis), row.text);
      }
    });
  }

  it("refuses a longer file than the limit before it looks at it", () => {
    expectFault("TOO_LARGE", () => parseGenesis(" ".repeat(GENESIS_LENGTH_MAX + 1)));
  });

  it("deep nesting is a fault like any other", () => {
    expectFault("INVALID_FIELD", () => parseGenesis("[".repeat(100_000) + "]".repeat(100_000)));
  });

  it("as many can govern as can sign together, and no more", () => {
    const governedBy = (count: number) => {
      const ids = Array.from({ length: count }, (_, i) => `street-${i}`);
      const names = { kind: "street", nameJa: "商店街", nameEn: "Street" } as const;
      const genesis = testGenesis();
      return genesisText({
        ...genesis,
        organisations: [...genesis.organisations, ...ids.map((id) => ({ id, ...names }))],
        keys: ids.map((organisation) => {
          const { publicKey } = testSigner(organisation);
          return { organisation, publicKey, roles: ["governor"] };
        }),
      });
    };
    assert.equal(parseGenesis(governedBy(GOVERNORS_MAX)).keys.length, GOVERNORS_MAX);
    expectFault("INVALID_FIELD", () => parseGenesis(governedBy(GOVERNORS_MAX + 1)));
  });

  it("whatever changes, the networkId changes", () => {
    const genesis = testGenesis();
    const ids = [
      genesis,
      { ...genesis, name: "Another" },
      { ...genesis, createdAtMs: genesis.createdAtMs + 1 },
      { ...genesis, keys: genesis.keys.toReversed() },
      testGenesis(4),
      testGenesis(3, 1),
    ].map((each) => toHex(networkIdOf(each)));
    assert.equal(new Set(ids).size, ids.length);
  });

  it("its members are the first membership", () => {
    const membership = genesisMembership(testGenesis(3, 2));
    assert.deepEqual(votersOf(membership), [1, 2, 3]);
    assert.deepEqual(membership.outgoing, []);
    assert.notDeepEqual(
      membershipHash(membership),
      membershipHash({ ...membership, outgoing: [1, 2, 3] }),
    );
  });
});
