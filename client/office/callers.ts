/** Who asks an office: a terminal or an officer, as the ledger knows their keys, or a resident with his card. */

import { fromHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { KeyRole } from "../../ledger/genesis.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { SignatureAlgorithm } from "../../ledger/signature.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { AnsweredOnce } from "./answered-once.ts";
import type { ClaimedSignature } from "./signed-request.ts";

/** Who may be behind a request. */
export type Caller =
  | { readonly kind: "terminal"; readonly terminal: string; readonly municipality: string }
  | {
      readonly kind: "officer";
      readonly organisation: string;
      readonly roles: readonly KeyRole[];
    }
  /** A resident, by his card and PIN (card-callers.ts). */
  | { readonly kind: "card"; readonly certificate: Uint8Array };

/** A caller's key. */
export interface CallerKey {
  readonly caller: Caller;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
}

/** Finds the key that a signature names, or null when there is none that signs. */
export type FindCaller = (claimed: ClaimedSignature, nowMs: number) => Promise<CallerKey | null>;

/** Checks who asks, and that nobody asks with another's request. */
export class Callers {
  readonly #audience: string;
  readonly #find: FindCaller;
  readonly #answered: AnsweredOnce;

  constructor(audience: string, find: FindCaller, nowMs: number) {
    this.#audience = audience;
    this.#find = find;
    this.#answered = new AnsweredOnce(nowMs);
  }

  /**
   * Who signed. The key is looked up at every request, so that a revoked one ends at once.
   * @throws LedgerFault `SIGNER_NOT_AUTHORISED`, `SIGNATURE_INVALID`, `OFFICE_AWAY`, or as `AnsweredOnce`.
   */
  async of(claimed: ClaimedSignature, nowMs: number): Promise<Caller> {
    if (claimed.audience !== this.#audience) throw new LedgerFault("SIGNER_NOT_AUTHORISED");
    const key = await this.#find(claimed, nowMs);
    if (key?.algorithm !== claimed.algorithm) throw new LedgerFault("SIGNER_NOT_AUTHORISED");
    if (!verifySignature({ ...claimed, publicKey: key.publicKey })) {
      throw new LedgerFault("SIGNATURE_INVALID");
    }
    // Last: who cannot sign fills no memory.
    this.#answered.take(claimed, nowMs);
    return key.caller;
  }
}

/** The word of the nodes of this office's own member. */
export function callersOnLedger(nodes: readonly LedgerClient[]): FindCaller {
  return async ({ keyId }) => {
    const [kind, name = ""] = keyId.split("/");
    try {
      if (kind === "terminal") return await terminalKey(nodes, name);
      return kind === "key" ? await officerKey(nodes, name) : null;
    } catch (cause) {
      // There is none of that name, or there can be none.
      if (cause instanceof LedgerFault && NOBODY.has(cause.code)) return null;
      throw new LedgerFault("OFFICE_AWAY", { asked: "node", cause });
    }
  };
}

const NOBODY: ReadonlySet<string> = new Set(["NOT_FOUND", "INVALID_FIELD"]);

async function terminalKey(nodes: readonly LedgerClient[], terminal: string) {
  const found = await firstAnswer(nodes, (node) => node.terminal(terminal));
  if (found.status !== "ACTIVE") return null;
  const { algorithm, publicKey, issuer: municipality } = found;
  return { caller: { kind: "terminal", terminal, municipality }, algorithm, publicKey } as const;
}

async function officerKey(nodes: readonly LedgerClient[], publicKey: string) {
  const { status, organisation, roles } = await firstAnswer(nodes, (node) => node.key(publicKey));
  if (status !== "ACTIVE") return null;
  const caller = { kind: "officer", organisation, roles } as const;
  return { caller, algorithm: "ed25519", publicKey: fromHex(publicKey) } as const;
}
