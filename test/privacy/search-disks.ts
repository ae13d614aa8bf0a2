/** Enrols residents on three real nodes, lets them pay, and then looks on every disk for who they are. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { nodeDirectory } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { ByteSearch, type Find, type Secret } from "./byte-search.ts";
import { Town } from "./enrolments.ts";
import { ANY_CERTIFICATE, pinForms, secretsOf } from "./secrets-of.ts";

/** PIN of the demonstration's resident, the only one who has a software card here. */
const PIN = "1234";

/** What came of it. */
export interface DiskSearch {
  readonly cards: number;
  readonly secrets: number;
  readonly searchedBytes: number;
  readonly finds: readonly Find[];
}

/** @param directory empty; the network goes into `network`, the registrar into `registrar`. */
export async function searchDisks(directory: string, residents: number): Promise<DiskSearch> {
  const places = { network: join(directory, "network"), registrar: join(directory, "registrar") };
  mkdirSync(places.registrar, { recursive: true });
  await ensureLocalNetwork(places.network, 3);
  const network = await LocalNetwork.open(places.network, (_, error) => {
    throw error;
  });
  let secrets: Secret[];
  let cards: number;
  try {
    const town = await Town.found(network, places);
    const all = await town.live(residents);
    cards = all.length;
    secrets = [ANY_CERTIFICATE, ...pinForms(PIN), ...all.flatMap(secretsOf)];
  } finally {
    await network.stop();
  }
  const search = new ByteSearch(secrets);
  // The demonstration's registrar keeps its journal beside the network: sealed, it may lie there.
  const finds = await search.inFiles(places.network, () => false);
  for (const { number } of network.nodes) {
    const data = join(nodeDirectory(places.network, number), "data");
    finds.push(...(await search.inDatabase(data)));
  }
  return { cards, secrets: secrets.length, searchedBytes: search.searchedBytes, finds };
}
