/** What the schema of a network's description cannot say, and nobody can change once there is a genesis. */
import { isMunicipalityCode } from "../../contracts/fields/municipality-code.ts";
import { tcpAddressOf } from "../../contracts/fields/node-address.ts";
import { isEd25519PublicKey } from "../../ledger/ed25519.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { NetworkConfig } from "./network-config.ts";

/**
 * Refuses addresses that cannot be dialled or are used twice, keys with which nothing can be signed,
 * municipalities without their code, and networks that nobody governs.
 * @throws LedgerFault `INVALID_FIELD` with the field's path.
 */
export function checkDescription({ organisations, nodes }: NetworkConfig): void {
  organisations.forEach(({ id, kind, keys }, i) => {
    const path = `organisations[${i}]`;
    if (kind === "municipality" && !isMunicipalityCode(id)) {
      refuse(`${path}.id`, "must be a six-digit municipality code with its check digit");
    }
    keys.forEach(({ publicKey }, k) => {
      checkKey(publicKey, `${path}.keys[${k}].publicKey`);
    });
  });
  if (!organisations.some(({ keys }) => keys.some(({ role }) => role === "governor"))) {
    refuse("organisations", "must have a governor: without one nobody can ever change the network");
  }
  const places = new Set<string>();
  nodes.forEach(({ address, peerListen, apiHost, apiPort, publicKey }, i) => {
    const path = `nodes[${i}]`;
    const machine = hostOf(address, `${path}.address`);
    hostOf(peerListen, `${path}.peerListen`);
    checkKey(publicKey, `${path}.publicKey`);
    takePlace(places, address, `${path}.address`);
    // Port 0 lets the system choose. Loopback and wildcard hosts are another on every machine.
    if (apiPort !== 0) takePlace(places, `${machine} ${apiHost} ${apiPort}`, `${path}.apiPort`);
  });
}

function checkKey(publicKey: Uint8Array | null, path: string): void {
  if (publicKey !== null && !isEd25519PublicKey(publicKey)) {
    refuse(path, "is not a public key of Ed25519");
  }
}

function hostOf(multiaddr: string, path: string): string {
  const address = tcpAddressOf(multiaddr);
  return address?.host ?? refuse(path, "has no such host or port");
}

function takePlace(places: Set<string>, place: string, path: string): void {
  if (places.has(place)) refuse(path, "is that of another node");
  places.add(place);
}

function refuse(path: string, problem: string): never {
  throw new LedgerFault("INVALID_FIELD", { path, problem });
}
