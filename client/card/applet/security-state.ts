import {
  type Credential,
  type CredentialName,
  FULL_TRIES,
  type SoftwareCardState,
} from "../software-card-state.ts";
import { SW, triesLeftStatus } from "../status-words.ts";
import { StatusError } from "./status-error.ts";

const PIN_FORMAT: Readonly<Record<CredentialName, RegExp>> = {
  auth: /^[0-9]{4}$/,
  sign: /^[0-9A-Z]{6,16}$/,
};

/**
 * PINs, their counters, and which of them stand verified.
 * Invariant: a counter is lowered, and that is reported, before the PIN is compared, so cutting the
 * power in between never yields a free guess.
 * "Verified" lasts until power is lost; neither a warm reset nor a new SELECT ends it.
 */
export class SecurityState {
  readonly #state: SoftwareCardState;
  readonly #onChange: () => void;
  readonly #verified = new Set<CredentialName>();

  constructor(state: SoftwareCardState, onChange: () => void) {
    this.#state = state;
    this.#onChange = onChange;
  }

  /** VERIFY without data: 63Cx also while verified, which is what OpenSC demands. */
  triesStatus(name: CredentialName): number {
    const { triesLeft } = this.#state[name];
    return triesLeft === 0 ? this.#blockedStatus() : triesLeftStatus(triesLeft);
  }

  /** VERIFY: 9000, 63Cx after a mismatch, or the blocked answer. */
  present(name: CredentialName, pin: Uint8Array): number {
    const credential = this.#state[name];
    if (credential.triesLeft === 0) return this.#blockedStatus();
    this.#verified.delete(name);
    this.#setTries(credential, credential.triesLeft - 1);
    if (!Buffer.from(credential.pin, "latin1").equals(pin)) {
      return triesLeftStatus(credential.triesLeft);
    }
    this.#setTries(credential, FULL_TRIES[name]);
    this.#verified.add(name);
    return SW.OK;
  }

  /** CHANGE REFERENCE DATA: a new value for a PIN that stands verified. */
  change(name: CredentialName, pin: Uint8Array): void {
    this.require(name);
    const text = Buffer.from(pin).toString("latin1");
    if (!PIN_FORMAT[name].test(text)) throw new StatusError(SW.WRONG_DATA);
    this.#state[name].pin = text;
    this.#onChange();
  }

  /** @throws StatusError 6982 unless that PIN stands verified. */
  require(name: CredentialName): void {
    if (!this.#verified.has(name)) throw new StatusError(SW.SECURITY_NOT_SATISFIED);
  }

  /** Power is lost: nothing stands verified any more. */
  clear(): void {
    this.#verified.clear();
  }

  #setTries(credential: Credential, triesLeft: number): void {
    credential.triesLeft = triesLeft;
    this.#onChange();
  }

  #blockedStatus(): number {
    return Number.parseInt(this.#state.blockedAnswer, 16);
  }
}
