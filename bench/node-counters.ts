/** What a node counts itself, read from its Prometheus metrics. */

/** Counters since the node's start. */
export interface NodeCounters {
  readonly appliedHeight: number;
  /** To all members together, before encryption. */
  readonly peerBytesSent: number;
}

/** Asks a node for its counters. @throws Error when it does not answer, or lacks one. */
export async function countersOf(url: string): Promise<NodeCounters> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return {
    appliedHeight: gaugeIn(text, "mykey_applied_height"),
    peerBytesSent: gaugeIn(text, "mykey_peer_bytes_sent"),
  };
}

/** The value of a metric without labels. @throws Error when it is not there. */
export function gaugeIn(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`no metric ${name}`);
  return Number(value);
}
