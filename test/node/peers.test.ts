import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { toHex } from "../../ledger/bytes.ts";
import type { Membership } from "../../ledger/membership.ts";
import { signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { Peers } from "../../node/peers.ts";
import type { PeerAddress, PeerChangeHandler, Transport } from "../../node/transport/transport.ts";
import { seedOf } from "../support/ledger-world.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const keyOf = (name: string) => signerOfSeed(seedOf(name)).publicKey;

/** Nodes from 1 on under the keys of these names. */
function membership(...names: readonly string[]): Membership {
  const members = names.map((name, i) => ({
    number: i + 1,
    organisation: "131164",
    address: `/dns4/${name}.example/tcp/7101`,
    role: "voter" as const,
    publicKey: keyOf(name),
  }));
  return { members, outgoing: [] };
}

/** A transport whose connections are this test's. */
class HandTransport implements Transport {
  readonly connected = new Set<string>();
  members: readonly PeerAddress[] = [];
  #onPeerChange: PeerChangeHandler = () => {};

  connect(name: string): void {
    const key = toHex(keyOf(name));
    this.connected.add(key);
    this.#onPeerChange(key, true);
  }

  /** Who is let in, by the names in the addresses. */
  get names(): string[] {
    return this.members.map(({ multiaddr }) => multiaddr.split(/[/.]/)[2] ?? "").sort();
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  send(): void {}
  onMessage(): void {}
  onPeerChange(handler: PeerChangeHandler): void {
    this.#onPeerChange = handler;
  }
  setMembers(members: readonly PeerAddress[]): void {
    this.members = members;
  }
  connectedPeers(): string[] {
    return [...this.connected];
  }
  metrics() {
    return { peers: new Map(), connectionsRefused: 0, messagesUnaddressed: 0 };
  }
}

describe("the members in reach", () => {
  function reach(...memberships: readonly Membership[]) {
    const transport = new HandTransport();
    const peers = new Peers(transport, 1, [], silent);
    peers.setMembers(memberships);
    return { transport, peers };
  }

  it("are all but the node itself", () => {
    assert.deepEqual(reach(membership("one", "two", "three")).transport.names, ["three", "two"]);
  });

  it("have an old key until they are there under the new one", () => {
    const { transport, peers } = reach(membership("one", "two", "three"));
    transport.connect("two");
    peers.setMembers([membership("one", "new-two", "three")]);
    assert.deepEqual(transport.names, ["new-two", "three", "two"]);
    peers.setMembers([membership("one", "new-two", "new-three")]);
    assert.deepEqual(transport.names, ["new-three", "new-two", "three", "two"]);
    assert.deepEqual(peers.connected(), new Set([1, 2]));
    transport.connect("new-two");
    assert.deepEqual(transport.names, ["new-three", "new-two", "three"]);
  });

  it("have no old key when they were there under the new one before", () => {
    const before = membership("one", "two", "three");
    const after = membership("one", "new-two", "three");
    const { transport, peers } = reach(after, before);
    transport.connect("new-two");
    peers.setMembers([after]);
    assert.deepEqual(transport.names, ["new-two", "three"]);
  });

  it("have no key any more when they left", () => {
    const { transport, peers } = reach(membership("one", "two", "three"));
    peers.setMembers([membership("one", "two")]);
    assert.deepEqual(transport.names, ["two"]);
  });
});
