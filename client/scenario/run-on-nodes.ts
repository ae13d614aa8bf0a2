/** Plays a scenario on a network of real nodes, made for it: a rehearsal, whose clock the scenario moves. */
import { KEY_ROLES } from "../../ledger/genesis.ts";
import type { ClientError } from "../client-fault.ts";
import { readKeyFile } from "../files.ts";
import { createNetwork, keyFileOf } from "../network/create-network.ts";
import { LocalNetwork } from "../network/local-network.ts";
import type { NetworkConfig } from "../network/network-config.ts";
import { withFreePorts } from "../network/ports.ts";
import type { KeyRing, OfficerKeys } from "./cast.ts";
import { LedgerOnNodes } from "./ledger-on-nodes.ts";
import { runScenario, type ScenarioReport } from "./run-scenario.ts";
import type { Scenario } from "./scenario-file.ts";
import { startMsOf } from "./scenario-genesis.ts";

const NODES = 3;

/**
 * Makes a network of three nodes in `directory`, starts it, plays the scenario and stops it; the folder stays.
 * @throws ClientError `FILE_EXISTS` when there is a network already; what `LocalNetwork.open` throws; what a node that
 *   ends meanwhile leaves behind.
 */
export async function runOnNodes(
  scenario: Scenario,
  directory: string,
  ring: KeyRing,
): Promise<ScenarioReport> {
  await createRehearsal(scenario, directory);
  let fail: (error: ClientError) => void = () => undefined;
  const unexpected = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const network = await LocalNetwork.open(directory, (_, error) => fail(error));
  try {
    const played = runScenario(scenario, new LedgerOnNodes(network), officersOf(directory), ring);
    return await Promise.race([played, unexpected]);
  } finally {
    await network.stop();
  }
}

/** Writes the network of a scenario into a folder. @throws as `createNetwork`. */
export async function createRehearsal(scenario: Scenario, directory: string): Promise<void> {
  const config = await withFreePorts(networkOf(scenario));
  createNetwork(config, directory, startMsOf(scenario), "rehearsal");
}

/** The officers of a network by the files in its folder. */
export function officersOf(directory: string): OfficerKeys {
  return (organisation, role) => readKeyFile(keyFileOf(directory, organisation, role));
}

/** The scenario's organisations, every role of each; the nodes are theirs in turn. */
function networkOf({ title, organisations }: Scenario): NetworkConfig {
  return {
    name: title.en,
    cardAnchors: [],
    organisations: organisations.map((organisation) => ({
      ...organisation,
      keys: KEY_ROLES.map((role) => ({ role, publicKey: null })),
    })),
    nodes: Array.from({ length: NODES }, (_, i) => {
      const number = i + 1;
      // Any free port: more than one rehearsal may run.
      const address = "/ip4/127.0.0.1/tcp/0";
      return {
        number,
        organisation: organisations[i % organisations.length]?.id ?? "",
        role: "voter" as const,
        publicKey: null,
        address,
        peerListen: address,
        apiHost: "127.0.0.1",
        apiPort: 0,
      };
    }),
  };
}
