/** The network in which a scenario is played in memory: its organisations, every role of each with a key of its own. */
import { type Genesis, KEY_ROLES, type KeyRole } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { keyNamed } from "./named-keys.ts";
import type { Scenario } from "./scenario-file.ts";

/** When a scenario without dates is played: 1 October 2026, 10:00 in Japan. */
const USUAL_START_MS: number = Date.UTC(2026, 9, 1, 1);
/** Before which no scenario is played: 1 April 2016 in Japan. */
const FIRST_START_MS: number = Date.UTC(2016, 2, 31, 15);

/** The genesis of a scenario. */
export function scenarioGenesis(scenario: Scenario): Genesis {
  const { title, organisations } = scenario;
  const [first] = organisations;
  const member = {
    number: 1,
    publicKey: keyNamed("node").publicKey,
    organisation: first?.id ?? "",
    address: "/ip4/127.0.0.1/tcp/7101",
    role: "voter" as const,
  };
  return {
    version: 1,
    name: title.en,
    createdAtMs: startMsOf(scenario),
    members: [member],
    organisations,
    keys: organisations.flatMap(({ id }) =>
      KEY_ROLES.map((role) => ({
        organisation: id,
        publicKey: officerKey(id, role).publicKey,
        roles: [role],
      })),
    ),
    cardAnchors: [],
    clock: "rehearsal",
  };
}

/** When the network of a scenario begins, ms since 1970: before its first date. */
export function startMsOf({ steps }: Scenario): number {
  const hasClock = steps.some(({ kind }) => kind.family === "clock");
  return hasClock ? FIRST_START_MS : USUAL_START_MS;
}

/** The key of an officer in memory: its names decide it. */
export function officerKey(organisation: string, role: KeyRole): Signer {
  return keyNamed(`${organisation} ${role}`);
}
