/** How urgent an event is; the names are pino's. */
export type TransportLogLevel = "debug" | "info" | "warn" | "error";

/** What can happen in a transport. Codes are stable; facts may grow. */
export type TransportEvent =
  /** The transport accepts connections. */
  | "TRANSPORT_STARTED"
  | "TRANSPORT_STOPPED"
  /** Messages to this member can leave, or no longer can. */
  | "PEER_CONNECTED"
  | "PEER_DISCONNECTED"
  /** A member could not be reached; tried again after a pause. */
  | "DIAL_FAILED"
  /** Somebody who is not a member wanted in. */
  | "CONNECTION_REFUSED"
  /** A member broke a rule of the protocol; its stream or connection was reset. */
  | "PROTOCOL_VIOLATED"
  /** The driver's handler threw; the message counts as lost. */
  | "HANDLER_FAILED";

/** Where a transport reports what happens. Must not throw. */
export type TransportLog = (
  level: TransportLogLevel,
  event: TransportEvent,
  facts: Readonly<Record<string, string | number>>,
) => void;
