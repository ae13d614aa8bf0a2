/** A downloaded ledger after every byte of it was checked: the records of its last state. */
import type { CivilDate } from "../../contracts/fields/dates.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { parseKey } from "../../contracts/state/key-spaces.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { ClientError } from "../client-fault.ts";
import { readGenesis } from "../files.ts";
import { BundleDirectory } from "./bundle-directory.ts";
import type { AuditedBlock } from "./chain-auditor.ts";
import { verifyBundle } from "./verify-bundle.ts";

/** What a command says about reading a bundle. */
export interface ReadOptions {
  /** File of the genesis that the reader trusts; the bundle's own when left out. */
  readonly genesis?: string;
  readonly onBlock?: (block: AuditedBlock) => void;
  /** Is given the state from which on blocks are executed, when that is not the founding one, and its date. */
  readonly onOpening?: (state: MemoryState, date: CivilDate) => void;
  readonly onProgress?: (height: number, lastHeight: number) => void;
}

/** A ledger that was found right. */
export class AuditedLedger {
  readonly height: number;
  /** The date of the last block, in Japan. */
  readonly asOf: CivilDate;
  /** Blocks of this date and before are attested, and only later ones were executed; null: all were. */
  readonly attestedUntil: CivilDate | null;
  readonly #state: MemoryState;

  constructor(
    state: MemoryState,
    last: Pick<AuditedBlock, "height" | "date">,
    attestedUntil: CivilDate | null = null,
  ) {
    this.#state = state;
    this.attestedUntil = attestedUntil;
    this.height = last.height;
    this.asOf = last.date;
  }

  /** The record under a key, or null. */
  read<T>(key: StateKey<T>): T | null {
    const bytes = this.#state.get(key.text);
    return bytes === null ? null : key.space.decode(bytes);
  }

  /** Every record, in ascending order of key. */
  records(): (readonly [key: string, value: Uint8Array])[] {
    return this.#state.records();
  }

  /** Every record of a space, in ascending order of key. */
  all<T>(space: {
    readonly name: string;
    decode(bytes: Uint8Array): T;
  }): { id: string; value: T }[] {
    return this.records()
      .filter(([key]) => key.startsWith(`${space.name}/`))
      .map(([key, bytes]) => ({ id: parseKey(key)?.id ?? key, value: space.decode(bytes) }));
  }
}

/** Reads and checks a bundle. @throws ClientError `AUDIT_FAILED` naming the rule that is broken, and where. */
export async function auditedLedger(
  directory: string,
  { genesis, onBlock, onOpening, onProgress }: ReadOptions = {},
): Promise<AuditedLedger> {
  let last: AuditedBlock | undefined;
  let state: MemoryState | undefined;
  const verdict = await verifyBundle(new BundleDirectory(directory), {
    verify: verifySignature,
    ...(genesis === undefined ? {} : { trusted: readGenesis(genesis) }),
    ...(onProgress === undefined ? {} : { onProgress }),
    onBlock: (block) => {
      last = block;
      onBlock?.(block);
    },
    onOpening: (opening) => {
      if (last !== undefined) onOpening?.(opening, last.date);
    },
    onState: (end) => {
      state = end;
    },
  });
  if (!verdict.ok) {
    const { height, rule, file } = verdict;
    throw new ClientError("AUDIT_FAILED", { height, rule, file });
  }
  if (last === undefined || state === undefined)
    throw new ClientError("AUDIT_FAILED", { height: 0 });
  return new AuditedLedger(state, last, verdict.attestedUntil);
}
