/**
 * The folder that goes from the clerk to the approver: a transaction for each step, signed by the clerk. It is also what makes
 * every step count once: its transaction is durable before it is sent, an organisation's id is never taken twice, and the
 * approver's signature gives the same bytes each time (RFC 8032). So whoever was stopped at any instant begins again.
 */
import { join } from "node:path";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { ClientError } from "../client-fault.ts";
import { readDecoded } from "../files.ts";
import { countersign, type PartlySigned, readPartlySigned } from "../sdk/countersign.ts";
import { officer, signDraft } from "../sdk/transaction-builder.ts";
import { SYSTEM_DISK } from "../terminal/disk.ts";
import type { TownStep } from "./town-steps.ts";

/** The steps of one municipality in one network. */
export class SignedSteps {
  readonly #directory: string;
  readonly #networkId: Uint8Array;

  constructor(directory: string, networkId: Uint8Array) {
    this.#directory = directory;
    this.#networkId = networkId;
  }

  /** Where the transaction of a step is. */
  fileOf({ name }: TownStep): string {
    return join(this.#directory, `${name}.transaction`);
  }

  /** Whether the clerk has signed it. */
  has(step: TownStep): boolean {
    return SYSTEM_DISK.read(this.fileOf(step)) !== null;
  }

  /** Signs a step as its clerk, under a new id, durably. @throws the system's error. */
  async sign(step: TownStep, clerk: Signer, nowMs: number): Promise<void> {
    const context = { networkId: this.#networkId, nowMs };
    const { bytes } = await signDraft(step.draft, [officer(clerk)], context);
    const file = this.fileOf(step);
    const draft = `${file}.draft`;
    SYSTEM_DISK.write(draft, bytes);
    SYSTEM_DISK.syncFile(draft);
    SYSTEM_DISK.rename(draft, file);
    SYSTEM_DISK.syncDirectory(this.#directory);
  }

  /** The bytes to send, with the approver's signature: he signs what his own file says and nothing else. @throws as `#read`. */
  async approved(step: TownStep, approver: Signer): Promise<Uint8Array> {
    const { transaction } = await countersign([this.#read(step)], [officer(approver)]);
    return transaction.bytes;
  }

  /** Takes a step out that no block holds nor ever will, so that it can be signed anew. */
  forget(step: TownStep): void {
    SYSTEM_DISK.remove(this.fileOf(step));
    SYSTEM_DISK.syncDirectory(this.#directory);
  }

  /** @throws ClientError `SET_UP_UNSIGNED`, `FILE_MALFORMED`, `SET_UP_DIFFERS` when it is not what the file says. */
  #read(step: TownStep): PartlySigned {
    const file = this.fileOf(step);
    if (!this.has(step)) throw new ClientError("SET_UP_UNSIGNED", { file });
    const partly = readDecoded(file, "a transaction", (bytes) =>
      readPartlySigned(bytes, this.#networkId),
    );
    const { declaration, body } = partly;
    const asked = JSON.stringify([step.draft.type, step.draft.public]);
    const isAsked = JSON.stringify([declaration.type, declaration.public.toJson(body)]) === asked;
    if (!isAsked) throw new ClientError("SET_UP_DIFFERS", { file });
    return partly;
  }
}
