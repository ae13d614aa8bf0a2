/**
 * Plays scenarios with signatures that nobody checks: what is compared here is what the rules come to. Who may sign is
 * judged all the same, by the keys; that signatures are checked, other tests show.
 */
import type { DeviceKeys } from "../../client/scenario/cast.ts";
import { LedgerInMemory } from "../../client/scenario/ledger-in-memory.ts";
import { runScenario, type ScenarioReport } from "../../client/scenario/run-scenario.ts";
import type { Scenario } from "../../client/scenario/scenario-file.ts";
import { officerKey, scenarioGenesis } from "../../client/scenario/scenario-genesis.ts";
import { sha256 } from "../../ledger/hash.ts";
import { newCard, newTerminal } from "../support/ledger-world.ts";

const NO_ED25519_SIGNATURE = new Uint8Array(64);
const NO_RSA_SIGNATURE = new Uint8Array(256);

const card = newCard().publicKey;
const terminal = newTerminal().publicKey;

/** A key that no other number has; it need not be one that signs. */
function numbered(publicKey: Uint8Array, n: number): Uint8Array {
  const other = publicKey.slice();
  other.set(sha256(new Uint8Array([n >> 8, n & 255])), 100);
  return other;
}

const DEVICES: DeviceKeys = {
  card: async (n) => {
    const algorithm = "jpki-rsa2048-sha256" as const;
    const publicKey = numbered(card, n);
    const signature = NO_RSA_SIGNATURE;
    return { publicKey, authorise: () => ({ kind: "card", algorithm, publicKey, signature }) };
  },
  terminal: async (n) => {
    const algorithm = "rsa2048-sha256" as const;
    const publicKey = numbered(terminal, n);
    const signature = NO_RSA_SIGNATURE;
    const authorise = () => ({ kind: "terminal", algorithm, publicKey, signature }) as const;
    return { publicKey, algorithm, authorise };
  },
};

/** Plays a scenario in memory. */
export function runUnsigned(scenario: Scenario): Promise<ScenarioReport> {
  const ledger = new LedgerInMemory(scenarioGenesis(scenario), () => true);
  const officers: typeof officerKey = (organisation, role) => {
    const { publicKey } = officerKey(organisation, role);
    return { publicKey, sign: () => NO_ED25519_SIGNATURE };
  };
  return runScenario(scenario, ledger, officers, DEVICES);
}
