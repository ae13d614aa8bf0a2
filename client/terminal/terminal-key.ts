/**
 * The key of a merchant's terminal: RSA-2048 with exponent 3. Every node checks its signature at every
 * payment, and with that exponent the check costs a seventh of Ed25519's.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
} from "node:crypto";
import { promisify } from "node:util";
import type { TransactionSigner } from "../sdk/transaction-builder.ts";

/** A terminal's key. */
export class TerminalKey implements TransactionSigner {
  /** The algorithm's word in TERMINAL_REGISTER and in authorisations. */
  readonly algorithm = "rsa2048-sha256" as const;
  /** PKCS#1 DER, as TERMINAL_REGISTER takes it. */
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    const der = createPublicKey(privateKey).export({ format: "der", type: "pkcs1" });
    this.publicKey = new Uint8Array(der);
  }

  /** A new key. Takes some 100 ms of another thread. */
  static async generate(): Promise<TerminalKey> {
    const options = { modulusLength: 2048, publicExponent: 3 };
    const { privateKey } = await promisify(generateKeyPair)("rsa", options);
    return new TerminalKey(privateKey);
  }

  /** The key of a PKCS#8 PEM text. @throws Error when it is none. */
  static fromPem(pem: string): TerminalKey {
    return new TerminalKey(createPrivateKey(pem));
  }

  /** PKCS#8 PEM, to be kept on the terminal alone. */
  toPem(): string {
    return this.#privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  }

  authorise(message: Uint8Array) {
    return {
      kind: "terminal",
      algorithm: this.algorithm,
      publicKey: this.publicKey,
      signature: new Uint8Array(sign("sha256", message, this.#privateKey)),
    } as const;
  }
}
