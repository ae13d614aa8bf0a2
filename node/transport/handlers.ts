/** The driver's two handlers, called so that a fault of theirs never breaks a connection. */

import type { MessageHandler, PeerChangeHandler, PeerKey } from "./transport.ts";
import type { TransportLog } from "./transport-log.ts";

/** Calls handlers and reports what they throw; a message whose handler threw counts as lost. */
export class Handlers {
  onMessage: MessageHandler = () => undefined;
  onPeerChange: PeerChangeHandler = () => undefined;
  readonly #log: TransportLog;

  constructor(log: TransportLog) {
    this.#log = log;
  }

  /** Hands a message over. The promise, if any, never rejects. */
  message(from: PeerKey, message: Uint8Array): void | Promise<void> {
    try {
      const pending = this.onMessage(from, message);
      if (pending === undefined) return;
      return pending.catch((error: unknown) => this.#report(from, error));
    } catch (error) {
      this.#report(from, error);
    }
  }

  peerChange(peer: PeerKey, connected: boolean): void {
    try {
      this.onPeerChange(peer, connected);
    } catch (error) {
      this.#report(peer, error);
    }
  }

  #report(peer: PeerKey, error: unknown): void {
    this.#log("error", "HANDLER_FAILED", { peer, cause: describe(error) });
  }
}

/** An error in one line, causes included, for a log. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message}`;
  return error.cause === undefined ? text : `${text} <- ${describe(error.cause)}`;
}
