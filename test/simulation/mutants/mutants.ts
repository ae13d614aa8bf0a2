/**
 * Planted bugs, each a mistake that somebody has made: in etcd, CCF, LogCabin, or here. Each must be found by at least
 * one layer of the tests. A mutant is a change of the compiled code: `from` occurs exactly once in `file`.
 */

/** A planted bug. */
export interface Mutant {
  /** The mistake, in words. */
  readonly name: string;
  /** Path of a compiled file, from `dist/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** All planted bugs. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a leader commits a block of an earlier term by counting (Raft figure 8)",
    file: "consensus/commit.js",
    from: "if (held <= log.committed || log.term(held) !== core.term)",
    to: "if (held <= log.committed)",
  },
  {
    name: "a node votes for whoever asks, also for two in a term",
    file: "consensus/voter.js",
    from: "const free = core.vote === message.from ||",
    to: "const free = true ||",
  },
  {
    name: "a vote for a log that lacks what may be committed",
    file: "consensus/voter.js",
    from: "!core.log.isUpToDate({ term: message.logTerm, index: message.index })",
    to: "false",
  },
  {
    name: "a heartbeat tells a commit index beyond what the follower has",
    file: "consensus/replication.js",
    from: "const commit = Math.min(progress.match, core.log.committed);",
    to: "const commit = core.log.committed;",
  },
  {
    name: "a vote leaves before it is on the disk",
    file: "node/driver/log-writer.js",
    from: "await this.#makeDurable(batch.map(({ message }) => message));",
    to: "const written = this.#makeDurable(batch.map(({ message }) => message)); for (const work of batch) if (work.message.responses.some(({ type }) => type === 'MsgVoteResp')) this.#answer(work); await written;",
  },
  {
    name: "the log is written without fsync",
    file: "node/storage/block-log.js",
    from: "await batch.write({ sync: true });",
    to: "await batch.write({ sync: false });",
  },
  {
    name: "term and vote are not written",
    file: "node/storage/block-log.js",
    from: "const promised = hardState ?? this.#hardState;",
    to: "const promised = this.#hardState;",
  },
  {
    name: "a replaced tail stays on the disk (etcd issue 22442)",
    file: "node/storage/block-log.js",
    from: "batch.del(KEYS.block(height));",
    to: "void height;",
  },
  {
    name: "an acknowledgement counts without votes",
    file: "node/driver/receiver.js",
    from: "return certifier.backs(message.from, message.term, message.index, tail.blockAt);",
    to: "return true;",
  },
  {
    name: "a follower commits what it is told, certified or not",
    file: "node/driver/receiver.js",
    from: "const commit = Math.min(message.commit, this.#parts.certifier.certifiedHeight);",
    to: "const commit = message.commit;",
  },
  {
    name: "votes for blocks of earlier terms",
    file: "node/driver/log-writer.js",
    from: "if (block.term === term)",
    to: "if (block.term <= term)",
  },
  {
    name: "after a restart votes are not given again",
    file: "node/open-chain.js",
    from: "if (block?.term === term)",
    to: "if (block === undefined)",
  },
  {
    name: "after a restart the applied index may be above the commit index",
    file: "node/open-chain.js",
    from: "blocks.wasApplied(tip.height);",
    to: "",
  },
  {
    name: "after a restart a certificate is demanded that may be gone",
    file: "node/driver/driver.js",
    from: "hardState.commit > this.#committedAtStart",
    to: "hardState.commit > certifier.certifiedHeight",
  },
  {
    name: "after a restart the ids of the last minutes are forgotten",
    file: "node/open-chain.js",
    from: "for (let height = first; height <= tip.height; height++) {",
    to: "for (let height = tip.height + 1; height <= tip.height; height++) {",
  },
  {
    name: "ids in blocks under way may come again",
    file: "node/chain/ledger-chain.js",
    from: "overlays.some(({ recentIds }) => (recentIds.get(id) ?? -1) >= timestampMs) ||",
    to: "",
  },
  {
    name: "the state on disk moves without its position",
    file: "node/storage/state-store.js",
    from: "batch.put(KEYS.applied, encodeTip(tip));",
    to: "await batch.write({ sync: false }); return this.#database.batch().put(KEYS.applied, encodeTip(tip)).write({ sync: false });",
  },
  {
    name: "two payments of one id: both clients get the one decision",
    file: "node/mempool.js",
    from: "equalBytes(waiting.checked.source.leaf, leaf) ? decision : DISPLACED",
    to: "decision",
  },
  {
    name: "a payment expires by the clock of the node, not by block time",
    file: "node/admission.js",
    from: "const blockTimeMs = this.#parts.chain.applied.tip.timestampMs;",
    to: "const blockTimeMs = this.#parts.nowMs();",
  },
  {
    name: "what was decided between admission and waiting is called expired",
    file: "node/admission.js",
    from: "resolve(this.#parts.ledger.decisionOn(transaction) ?? EXPIRED);",
    to: "resolve(EXPIRED);",
  },
  {
    name: "a payment takes nothing from the wallet",
    file: "contracts/lots.js",
    from: "const remainingPt = lot.remainingPt - use.usedPt;",
    to: "const remainingPt = lot.remainingPt;",
  },
  {
    name: "half of the voters are a quorum",
    file: "ledger/membership.js",
    from: "voters.filter((voter) => numbers.has(voter)).length > voters.length / 2;",
    to: "voters.filter((voter) => numbers.has(voter)).length >= voters.length / 2;",
  },
  {
    name: "work that is called for while it ends is forgotten",
    file: "node/driver/worker.js",
    from: "while (this.#isCalled) {",
    to: "if (this.#isCalled) {",
  },
  {
    name: "what the leader has lost is never sent to it again",
    file: "node/forwarder.js",
    from: "this.#send(waiting.map(({ source }) => source.bytes));",
    to: "void waiting;",
  },
  {
    name: "the tail keeps blocks above the one that replaced them",
    file: "node/driver/tail.js",
    from: "this.#links.delete(above);",
    to: "void above;",
  },
  {
    name: "a log that fell back elects whoever is ahead of what is left of it",
    file: "node/storage/block-log.js",
    from: "const reached = this.#regain ?? this.end;",
    to: "const reached = this.#regain ?? end;",
  },
  {
    name: "a leader may take back what it made in its own term",
    file: "node/driver/receiver.js",
    from: "const isRefused = this.#takesBack(message, entries) || ",
    to: "const isRefused = ",
  },
  {
    name: "a candidate counts a vote for itself that it may not sign",
    file: "node/driver/driver.js",
    from: 'else if (message.type === "MsgVoteResp" && !message.reject)',
    to: "else if (message.index < 0)",
  },
  {
    name: "the record's checksum is not looked at",
    file: "node/storage/record.js",
    from: "if (!equalBytes(record.subarray(0, CHECKSUM_SIZE_BYTES), checksum(key, payload))) {",
    to: "if (record.length < CHECKSUM_SIZE_BYTES) {",
  },
];
