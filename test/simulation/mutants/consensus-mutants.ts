/** Bugs of the Raft core: what the paper and the thesis warn of, and what etcd and CCF have had to mend. */
import type { Mutant } from "./mutant.ts";

/** Who is elected. */
const ELECTION: readonly Mutant[] = [
  {
    name: "an election is won by a majority of old and new members together (CCF 3837)",
    file: "consensus/quorum.js",
    from: `const results = [
        majorityVote(halves.voters, ballot),
        majorityVote(halves.votersOutgoing, ballot),
    ];`,
    to: `const all = new Set([...halves.voters, ...halves.votersOutgoing]);
    const results = [majorityVote([...all], ballot)];`,
  },
  {
    name: "a node votes for whoever asks, also for two in a term",
    file: "consensus/voter.js",
    from: "const free = core.vote === message.from ||",
    to: "const free = true ||",
    also: [
      {
        file: "consensus/core.js",
        from: "const free = this.#vote === NO_NODE || this.#vote === id;",
        to: "const free = true;",
      },
    ],
  },
  {
    name: "a vote for a log that lacks what may be committed",
    file: "consensus/voter.js",
    from: "!core.log.isUpToDate({ term: message.logTerm, index: message.index })",
    to: "false",
  },
  {
    name: "stepping down within a term forgets the vote given in it",
    file: "consensus/core.js",
    from: "if (term !== this.#term) {\n",
    to: "if (true) {\n",
  },
  {
    name: "a vote leaves before the disk has it",
    file: "consensus/messages.js",
    from: "MsgVoteResp: { response: true, afterAppend: true, election: true },",
    to: "MsgVoteResp: { response: true, election: true },",
    also: [
      {
        file: "consensus/candidate.js",
        from: "core.send({ type: voteResponseOf(type), to: id, term });",
        to: "countVote(core, { type: voteResponseOf(type), from: id, reject: false });",
      },
    ],
  },
  {
    name: "a refused vote puts the voter's own election off",
    file: "consensus/voter.js",
    from: "const commit = core.config.votesTellCommit ?",
    to: "core.electionElapsed = 0; const commit = core.config.votesTellCommit ?",
  },
  {
    name: "whoever hears his leader lets another unseat it (Raft thesis, 4.2.3)",
    file: "consensus/voter.js",
    from: "const inLease = checkQuorum &&",
    to: "const inLease = false &&",
  },
  {
    name: "a late pre-vote counts as a vote",
    file: "consensus/candidate.js",
    from: "if (message.type !== awaited)\n        return;",
    to: "void awaited;",
  },
  {
    name: "who is told to take over asks for pre-votes first",
    file: "consensus/follower.js",
    from: 'hup(core, "transfer");',
    to: 'hup(core, "pre-election");',
  },
  {
    name: "a learner that does not know of its promotion refuses its vote",
    file: "consensus/voter.js",
    from: "if (!free ||",
    to: "if (core.tracker.progressOf(core.id)?.isLearner || !free ||",
  },
  {
    name: "a node votes no more once its removal is in its log, committed or not (CCF 5919)",
    file: "consensus/voter.js",
    from: "if (!free ||",
    to: "if (core.log.findConfChange(core.log.committed, core.log.lastIndex()) !== null || !free ||",
  },
  {
    name: "a leader that only a minority of the old members hears leads on (CCF 7375)",
    file: "consensus/tracker.js",
    from: 'return jointVote(this.#confState, active) === "VoteWon";',
    to: 'return jointVote({ ...this.#confState, votersOutgoing: [] }, active) === "VoteWon";',
  },
  {
    name: "a leader of an older term is never told (etcd 8243)",
    file: "consensus/core.js",
    from: "if ((checkQuorum || preVote) &&",
    to: "if (false &&",
  },
  {
    name: "a pre-vote of an older term is met with silence (etcd 8501)",
    file: "consensus/core.js",
    from: 'else if (type === "MsgPreVote") {',
    to: "else if (false) {",
  },
];

/** What is replicated and committed. */
const REPLICATION: readonly Mutant[] = [
  {
    name: "a leader commits a block of an earlier term by counting (CCF 3828, Raft figure 8)",
    file: "consensus/commit.js",
    from: "if (held <= log.committed || log.term(held) !== core.term)",
    to: "if (held <= log.committed)",
  },
  {
    name: "a negative answer moves the commit index (CCF 5324)",
    file: "consensus/answers.js",
    from: "if (message.reject)\n        handleRejection(core, message, progress);",
    to: "if (message.reject && message.index === progress.match)\n        handleRejection(core, message, progress);",
  },
  {
    name: "an append that came early or late shortens the log (CCF 5927)",
    file: "consensus/log.js",
    from: "const conflict = this.#firstConflict(entries);",
    to: "const conflict = entries[0] === undefined || entries[0].index <= this.#committed ? this.#firstConflict(entries) : entries[0].index;",
  },
  {
    name: "a follower acknowledges the end of its log, not of the append (CCF 6001)",
    file: "consensus/replica.js",
    from: 'core.send({ type: "MsgAppResp", to: message.from, index: matched });',
    to: 'core.send({ type: "MsgAppResp", to: message.from, index: log.lastIndex() });',
  },
  {
    name: "a follower commits beyond what the append proves equal",
    file: "consensus/log.js",
    from: "this.commitTo(Math.min(commit, last));",
    to: "this.commitTo(Math.min(commit, this.lastIndex()));",
  },
  {
    name: "a heartbeat tells a commit index beyond what the follower has",
    file: "consensus/replication.js",
    from: "const commit = Math.min(progress.match, core.log.committed);",
    to: "const commit = core.log.committed;",
  },
  {
    name: "a leader believes its own disk about an earlier term",
    file: "consensus/core.js",
    from: "else if (message.term !== 0 && message.term < this.#term) {",
    to: "else if (message.term !== 0 && message.term < this.#term && (message.type !== 'MsgAppResp' || message.from !== this.id)) {",
  },
  {
    name: "a write of an older term counts though its entries were replaced (etcd raft 8)",
    file: "consensus/core.js",
    from: "this.#onAppendedInOlderTerm(message);",
    to: "this.#onAppended(message);",
  },
  {
    name: "what is committed and not yet on this disk is applied (etcd 14370)",
    file: "consensus/log.js",
    from: "return allowUnstable ? this.#committed :",
    to: "return true ? this.#committed :",
  },
  {
    name: "a full window is never probed (etcd 14633)",
    file: "consensus/replication.js",
    from: "if (progress.paused)\n",
    to: "if (progress.paused || progress.inflights.full)\n",
  },
  {
    name: "a leader takes more than its limit of uncommitted bytes",
    file: "consensus/proposals.js",
    from: "if (waiting > 0 && payload > 0 && waiting + payload > maxUncommittedBytes) {",
    to: "if (false) {",
  },
  {
    name: "a leader that is handing over takes proposals",
    file: "consensus/proposals.js",
    from: "if (leadership.transferee !== NO_NODE) {",
    to: "if (false) {",
  },
];

/** Membership, snapshots and reads. */
const OTHERS: readonly Mutant[] = [
  {
    name: "in a joint phase the new members alone commit",
    file: "consensus/quorum.js",
    from: "return Math.min(majorityCommitted(halves.voters, acked), majorityCommitted(halves.votersOutgoing, acked));",
    to: "return majorityCommitted(halves.voters, acked);",
  },
  {
    name: "a node campaigns with a change of membership that it has not applied (etcd 7280)",
    file: "consensus/candidate.js",
    from: "if (hasUnappliedChange(core)) {\n",
    to: "if (false) {\n",
  },
  {
    name: "a new leader changes the membership before it has committed (raft-dev 2015)",
    file: "consensus/leader.js",
    from: "core.leadership.pendingConfIndex = core.log.lastIndex();",
    to: "",
  },
  {
    name: "a joint phase that outlives its leader is never left (etcd 12136)",
    file: "consensus/reconfiguration.js",
    from: "core.log.applied < core.leadership.pendingConfIndex)",
    to: "core.log.applied !== core.leadership.pendingConfIndex || core.log.term(core.log.applied) !== core.term)",
  },
  {
    name: "a change that no replica can apply is appended",
    file: "consensus/proposals.js",
    from: "return result.ok ? null : describeChangeFault(result.fault);",
    to: "return null;",
  },
  {
    name: "commits do not wait for a change of membership to be applied",
    file: "consensus/commit.js",
    from: "const index = Math.min(held, leadership.barrier ?? held);",
    to: "const index = held;",
  },
  {
    name: "a snapshot that does not name its receiver is taken",
    file: "consensus/replica.js",
    from: "if (!membersOf(confState).includes(core.id) ||",
    to: "if (",
  },
  {
    name: "a snapshot of what the log holds throws away what follows",
    file: "consensus/replica.js",
    from: "if (log.matches(snapshot)) {",
    to: "if (false) {",
  },
  {
    name: "an answered heartbeat ends the wait for a snapshot",
    file: "consensus/answers.js",
    from: "progress.resume();",
    to: 'progress.resume(); if (progress.state === "StateSnapshot") progress.becomeProbe();',
  },
  {
    name: "reads are answered before the leader has committed in its term (etcd 7331)",
    file: "consensus/commit.js",
    from: "return core.log.termOrZero(core.log.committed) === core.term;",
    to: "return true;",
  },
  {
    name: "the number of a read is used again (etcd 20418)",
    file: "consensus/read-only.js",
    from: "return encodeNumber(this.#confirmed + this.#unconfirmed.length);",
    to: "return encodeNumber(this.#confirmed + 1);",
  },
];

/** Bugs of `consensus/`. */
export const CONSENSUS_MUTANTS: readonly Mutant[] = [...ELECTION, ...REPLICATION, ...OTHERS];
