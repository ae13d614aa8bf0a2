import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Certificate } from "../../ledger/certificate.ts";
import { type Membership, membershipHash } from "../../ledger/membership.ts";
import { MembershipHistory } from "../../ledger/membership-history.ts";
import type { MembershipStep } from "../../ledger/membership-proof.ts";
import { Memberships } from "../../node/chain/memberships.ts";
import { MembershipGossip } from "../../node/membership-gossip.ts";
import type { Frame } from "../../node/wire.ts";
import { ChainBuilder, testGenesis } from "../support/chain-builder.ts";
import { provenChange } from "../support/proven-change.ts";

const ignore = () => undefined;

/** A node without a block of the chain: what it knows, it was told. */
class Newcomer {
  readonly memberships: Memberships;
  readonly gossip: MembershipGossip;
  readonly sent: { readonly to: number; readonly frame: Frame }[] = [];
  readonly adopted: Certificate[] = [];
  readonly refused: string[] = [];
  members: readonly Membership[] = [];

  constructor(chain: ChainBuilder, self: number, others: readonly number[], height = 0) {
    const history = MembershipHistory.of(chain.tipAt(0).memberships.current);
    this.memberships = new Memberships(chain.context, () => history);
    this.gossip = new MembershipGossip({
      self,
      memberships: this.memberships,
      certifier: { adopt: (certificate) => this.adopted.push(certificate) > 0 },
      tail: { blockAt: () => undefined },
      ledger: { height, membershipSteps: () => [] },
      peers: {
        connected: () => new Set([self, ...others]),
        send: (to, frame) => this.sent.push({ to, frame }),
        setMembers: (members) => {
          this.members = members;
        },
      },
      log: {
        debug: ignore,
        info: ignore,
        warn: (code) => this.refused.push(code),
        error: ignore,
      },
      intervalTicks: 2,
    });
  }

  tell(from: number, frame: Frame | undefined): void {
    assert.ok(frame?.kind === "memberships" || frame?.kind === "membership-proof");
    this.gossip.receive(from, frame);
  }
}

describe("what members tell each other of memberships", () => {
  let chain: ChainBuilder;
  let four: Membership;
  let step: MembershipStep;

  beforeEach(() => {
    chain = new ChainBuilder();
    four = { members: testGenesis(3, 1).members, outgoing: [] };
    step = provenChange(chain, four);
  });

  const proof = (): Frame => ({ kind: "membership-proof", from: 1, steps: [step] });

  it("is announced now and then to all who are connected", () => {
    const node = new Newcomer(chain, 4, [2, 3]);
    for (let tick = 0; tick < 5; tick++) node.gossip.tick();
    const announced = { kind: "memberships", count: 1 };
    assert.deepEqual(
      node.sent,
      [2, 3, 2, 3].map((to) => ({ to, frame: announced })),
    );
  });

  it("is handed on by who has only learned it himself", () => {
    const [four4, three] = [new Newcomer(chain, 4, [3]), new Newcomer(chain, 3, [4])];
    four4.tell(2, proof());
    three.gossip.tick();
    three.gossip.tick();
    four4.tell(3, three.sent.at(-1)?.frame);
    assert.deepEqual(
      four4.sent.map(({ to }) => to),
      [3],
    );
    three.tell(4, four4.sent[0]?.frame);
    for (const node of [four4, three]) {
      assert.equal(node.memberships.count, 2);
      assert.deepEqual(node.members.map(membershipHash), [membershipHash(four)]);
    }
    // Who knows as much is sent nothing.
    four4.tell(3, { kind: "memberships", count: 2 });
    assert.equal(four4.sent.length, 1);
  });

  it("gives back certificates of what the node has applied, and none that is ahead of it", () => {
    const ahead = new Newcomer(chain, 4, []);
    const there = new Newcomer(chain, 4, [], 1);
    for (const node of [ahead, there]) node.tell(2, proof());
    assert.deepEqual([ahead.adopted, there.adopted], [[], [step.certificate]]);
  });

  it("is not believed without a majority's signatures", () => {
    const node = new Newcomer(chain, 4, []);
    step = { ...step, certificate: chain.certificate(1, [1]) };
    node.tell(2, proof());
    assert.deepEqual([node.memberships.count, node.refused], [1, ["MEMBERSHIP_PROOF_REFUSED"]]);
  });
});
