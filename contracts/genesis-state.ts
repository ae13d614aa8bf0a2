/** The state before the first block: the organisations of the genesis and their keys. */
import { toHex } from "../ledger/bytes.ts";
import type { Genesis } from "../ledger/genesis.ts";
import { MemoryState } from "./state.ts";
import { KEY, ORGANISATION } from "./state-records.ts";

/** The state that block 1 is executed on. From here on governance, not the genesis, says who may sign. */
export function genesisState(genesis: Genesis): MemoryState {
  const organisations = genesis.organisations.map(
    (organisation) =>
      [ORGANISATION.key(organisation.id).text, ORGANISATION.encode(organisation)] as const,
  );
  const keys = genesis.keys.map(({ publicKey, organisation, roles }) => {
    const record = KEY.encode({ organisation, roles, status: "ACTIVE" });
    return [KEY.key(toHex(publicKey)).text, record] as const;
  });
  return new MemoryState([...organisations, ...keys]);
}
