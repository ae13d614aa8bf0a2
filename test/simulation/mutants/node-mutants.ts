/** Bugs between the consensus and the clients: execution, the door, what is said to whom. */
import type { Mutant } from "./mutant.ts";

/** Bugs of the chain, its driver, the door and the contracts. */
export const NODE_MUTANTS: readonly Mutant[] = [
  {
    name: "what was committed while a block was judged is not looked at again",
    file: "node/driver/receiver.js",
    from: "return isRefused ?",
    to: "return false ?",
  },
  {
    name: "what is certified is committed on the leader's word alone",
    file: "node/driver/driver.js",
    from: "core.learnCommit({ term: certified.term, index: certified.height });",
    to: ";",
  },
  {
    name: "work that is called for while it ends is forgotten",
    file: "node/driver/worker.js",
    from: "while (this.#isCalled) {",
    to: "if (this.#isCalled) {",
  },
  {
    name: "the tail keeps blocks above the one that replaced them",
    file: "node/driver/tail.js",
    from: "this.#links.delete(above);",
    to: "void above;",
  },
  {
    name: "a block is executed without the blocks under way below it",
    file: "node/chain/ledger-chain.js",
    from: "const missing = keys.filter((key) => !overlays.some(({ writes }) => writes.has(key)));",
    to: "overlays.length = 0; const missing = keys;",
  },
  {
    name: "nobody executes the leader's blocks again",
    file: "node/chain/ledger-chain.js",
    from: "assertSameOutcome(block, transactions, executed);",
    to: "",
  },
  {
    name: "nobody checks the signatures in the leader's blocks",
    file: "node/chain/ledger-chain.js",
    from: "if (wrong !== undefined)\n",
    to: "if (false)\n",
  },
  {
    name: "block time is the leader's clock, even when that is behind",
    file: "node/chain/ledger-chain.js",
    from: "const timestampMs = Math.max(draft.timestampMs, parent.tip.timestampMs);",
    to: "const timestampMs = draft.timestampMs;",
    also: [
      {
        file: "node/driver/block-producer.js",
        from: "const timestampMs = Math.max(this.#parts.nowMs(), parent.tip.timestampMs);",
        to: "const timestampMs = this.#parts.nowMs();",
      },
    ],
  },
  {
    name: "a leader's clock may run ahead as far as it likes",
    file: "node/chain/ledger-chain.js",
    from: "if (ahead > BLOCK_TIMESTAMP_AHEAD_MS_MAX) {",
    to: "if (false) {",
  },
  {
    name: "ids in blocks under way may come again",
    file: "node/chain/ledger-chain.js",
    from: "overlays.some(({ recentIds }) => (recentIds.get(id) ?? -1) >= timestampMs) ||",
    to: "",
    also: [
      {
        file: "node/chain/ledger-chain.js",
        from: "has: (id) => overlays.some(({ transactionIds }) => transactionIds.has(id)),",
        to: "has: () => false,",
      },
    ],
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
    from: "const known = this.#parts.ledger.decisionOn(transaction);",
    to: "const known = null;",
  },
  {
    name: "no block is made to let time pass what has ended: nobody hears that it expired",
    file: "node/driver/block-producer.js",
    from: "if (waiting.length === 0 && !isDue)",
    to: "if (waiting.length === 0)",
  },
  {
    name: "what the leader has lost is never sent to it again",
    file: "node/forwarder.js",
    from: "this.#send(waiting.map(({ source }) => source.bytes));",
    to: "void waiting;",
  },
  {
    name: "a payment takes nothing from the wallet",
    file: "contracts/points/lots.js",
    from: "const remainingPt = lot.remainingPt - use.usedPt;",
    to: "const remainingPt = lot.remainingPt;",
  },
  {
    name: "a candidate asks for votes before its term is on its disk",
    file: "node/driver/driver.js",
    from: "const messages = requestsBehindWrite(given);",
    to: "const messages = given;",
  },
];
