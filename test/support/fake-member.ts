/**
 * A member that lies: the real key of one node on a real transport, and frames as a test wants them. It holds
 * no chain; the blocks that it makes are empty ones on a parent that it is told.
 */

import { type MessageFields, makeMessage } from "../../consensus/messages.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import {
  type Block,
  type BlockHeader,
  blockHash,
  controlHashOf,
  decodeBlock,
  encodeBlock,
  encodeHeader,
  proposalMessage,
} from "../../ledger/block.ts";
import {
  type Certificate,
  grantMessage,
  type LeaderCertificate,
  voteMessage,
} from "../../ledger/certificate.ts";
import { type ChainTip, genesisTip } from "../../ledger/chain.ts";
import { genesisMembership } from "../../ledger/genesis.ts";
import { membershipHash } from "../../ledger/membership.ts";
import { merkleRoot } from "../../ledger/merkle.ts";
import { type Signer, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { Peers } from "../../node/peers.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import { Libp2pTransport } from "../../node/transport/libp2p-transport.ts";
import type { ConsensusFrame } from "../../node/wire.ts";
import { nodeSeed } from "./chain-builder.ts";
import type { Cluster } from "./cluster.ts";

const NO_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Number of the member that lies, and what it does. */
export class FakeMember {
  readonly number: number;
  /** What the others sent, in order of arrival. */
  readonly received: ConsensusFrame[] = [];
  readonly #cluster: Cluster;
  readonly #signer: Signer;
  readonly #transport: Libp2pTransport;
  readonly #peers: Peers;

  private constructor(cluster: Cluster, number: number, transport: Libp2pTransport) {
    this.number = number;
    this.#cluster = cluster;
    this.#signer = signerOfSeed(nodeSeed(number));
    this.#transport = transport;
    this.#peers = new Peers(transport, number, [], NO_LOG);
    this.#peers.setMembers([genesisMembership(cluster.genesis)]);
    this.#peers.onFrame(async (_from, frame) => {
      if (frame.kind === "consensus") this.received.push(frame);
    });
  }

  /** Takes the place of a node that does not run. */
  static async start(cluster: Cluster, number: number): Promise<FakeMember> {
    const { peerListen } = cluster.config(number);
    const seed = nodeSeed(number);
    const transport = await Libp2pTransport.create({ seed, listen: [peerListen], log: ignore });
    const member = new FakeMember(cluster, number, transport);
    await transport.start();
    return member;
  }

  /** Leaves. */
  stop(): Promise<void> {
    return this.#transport.stop();
  }

  /** Waits until frames to all running nodes can leave. */
  connected(): Promise<true> {
    return this.#cluster.until("connections", async () =>
      this.#peers.connected().size > this.#cluster.running.length ? true : null,
    );
  }

  /** Waits for a frame. */
  frame(what: string, isIt: (frame: ConsensusFrame) => boolean): Promise<ConsensusFrame> {
    return this.#cluster.until(what, async () => this.received.find(isIt) ?? null);
  }

  /** Sends bytes, whatever they are, to all running nodes. */
  sendBytes(bytes: Uint8Array): void {
    for (const number of this.#cluster.running) {
      const member = this.#cluster.genesis.members[number - 1];
      if (member !== undefined) {
        this.#transport.send(Buffer.from(member.publicKey).toString("hex"), bytes);
      }
    }
  }

  /** Waits until all running nodes have read what was sent so far. */
  async wasRead(): Promise<void> {
    const refusals = () =>
      this.#cluster.lines.filter(({ code }) => code === "FRAME_REFUSED").length;
    const before = refusals();
    this.sendBytes(Uint8Array.of(0));
    await this.#cluster.until("all is read", async () =>
      refusals() >= before + this.#cluster.running.length ? true : null,
    );
  }

  /** Sends a consensus message to all running nodes; what is not said is empty. */
  send(message: MessageFields, beside: Partial<ConsensusFrame> = {}): void {
    for (const to of this.#cluster.running) {
      const whole = makeMessage({ from: this.number, to, ...message });
      this.#peers.send(to, frameOf(whole, beside));
    }
  }

  /** The tip and state root of the chain without blocks. */
  get genesis(): { readonly tip: ChainTip; readonly stateRoot: Uint8Array } {
    const { genesis } = this.#cluster;
    return { tip: genesisTip(genesis), stateRoot: genesisState(genesis).tree.root };
  }

  /** Asks for the votes of a term on the log without blocks, and waits for so many grants. */
  async beElected(term: number, grants: number): Promise<LeaderCertificate> {
    const { networkId } = this.#cluster;
    const position = { term: 0, height: 0, hash: networkId };
    const claim = { term, candidate: this.number, position, membershipHash: this.#membershipHash };
    const own = { voter: this.number, position, justification: new Uint8Array() };
    const signature = this.#signer.sign(grantMessage(networkId, claim, own));
    const isGrant = ({ message, grant }: ConsensusFrame) =>
      message.type === "MsgVoteResp" && message.term === term && grant !== null;
    const others = await this.#cluster.until("grants", async () => {
      this.send({ type: "MsgVote", term }, this.candidacy(networkId));
      const granted = this.received.filter(isGrant);
      const byVoter = new Map(granted.map(({ grant }) => [grant?.voter, grant]));
      return byVoter.size >= grants ? [...byVoter.values()] : null;
    });
    const all = [{ ...own, signature }, ...others.flatMap((grant) => grant ?? [])];
    return { ...claim, grants: all.sort((a, b) => a.voter - b.voter) };
  }

  /** An empty block, signed; `changes` may lie. */
  block(parent: ChainTip, changes: Partial<BlockHeader>, leadership: LeaderCertificate): Block {
    const isFirst = parent.term !== (changes.term ?? leadership.term);
    const control = {
      lastCertificate: null,
      leaderCertificate: isFirst ? leadership : null,
      membershipChange: null,
    };
    const headerBytes = encodeHeader({
      version: 1,
      height: parent.height + 1,
      term: leadership.term,
      previousHash: parent.hash,
      timestampMs: Date.now(),
      proposer: this.number,
      transactionsRoot: merkleRoot([]),
      resultsRoot: merkleRoot([]),
      stateRoot: this.genesis.stateRoot,
      historyRoot: parent.history.root(),
      membershipHash: this.#membershipHash,
      controlHash: controlHashOf(control),
      ...changes,
    });
    const message = proposalMessage(this.#cluster.networkId, blockHash(headerBytes));
    const proposalSignature = this.#signer.sign(message);
    const parts = { headerBytes, proposalSignature, control, transactions: [], results: [] };
    return decodeBlock(encodeBlock(parts));
  }

  /** Sends a block as the leader would. */
  sendBlock(block: Block, parent: ChainTip, leadership: LeaderCertificate): void {
    const { term } = leadership;
    const entries = [entryOf(block)];
    const at = { index: parent.height, logTerm: parent.term };
    this.send({ type: "MsgApp", term, ...at, entries }, { leadership });
  }

  /** The certificate of a block by the votes that came for it, and by this member's own. */
  certificate({ header, hash }: Block): Certificate {
    const { term, height } = header;
    const statement = { term, height, blockHash: hash, membershipHash: this.#membershipHash };
    const signature = this.#signer.sign(voteMessage(this.#cluster.networkId, statement));
    const votes = new Map([[this.number, { voter: this.number, signature }]]);
    for (const vote of this.received.flatMap((frame) => frame.votes)) {
      if (vote.height === height && vote.term === term) votes.set(vote.voter, vote);
    }
    const sorted = [...votes.values()].sort((a, b) => a.voter - b.voter);
    return {
      ...statement,
      votes: sorted.map(({ voter, signature: by }) => ({ voter, signature: by })),
    };
  }

  /** What goes with a request for votes. */
  candidacy(lastHash: Uint8Array): Pick<ConsensusFrame, "candidacy"> {
    return { candidacy: { lastHash, membershipHash: this.#membershipHash } };
  }

  get #membershipHash(): Uint8Array {
    return membershipHash(genesisMembership(this.#cluster.genesis));
  }
}

function frameOf(
  message: ConsensusFrame["message"],
  beside: Partial<ConsensusFrame>,
): ConsensusFrame {
  const nothing = { votes: [], certificate: null, grant: null, candidacy: null };
  const unproven = { leadership: null, elections: [] };
  return { kind: "consensus", message, ...nothing, ...unproven, ...beside };
}

function ignore(): void {}
