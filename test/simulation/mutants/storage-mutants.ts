/** Bugs of what is kept on disk, and of what is made of it after a restart. */
import type { Mutant } from "./mutant.ts";

/** Bugs of `node/storage/` and of opening a directory. */
export const STORAGE_MUTANTS: readonly Mutant[] = [
  {
    name: "the log is written without fsync",
    file: "node/storage/block-log.js",
    from: "if (certificate !== null)\n            batch.put(KEYS.certificate, certificate);\n        await batch.write({ sync: true });",
    to: "if (certificate !== null)\n            batch.put(KEYS.certificate, certificate);\n        await batch.write({ sync: false });",
  },
  {
    name: "term and vote are not written",
    file: "node/storage/block-log.js",
    from: "const promised = hardState ?? this.#hardState;",
    to: "const promised = this.#hardState;",
  },
  {
    name: "the promise is written before the blocks that it names (etcd pull request 8455)",
    file: "node/storage/block-log.js",
    from: "this.#promise(batch, promised, end);\n        if (certificate",
    to: "await this.#promise(this.#database.batch(), promised, end).write({ sync: true });\n        if (certificate",
  },
  {
    name: "a replaced tail stays on the disk (etcd 22442)",
    file: "node/storage/block-log.js",
    from: "for (let height = last + 1; height <= this.#lastIndex; height++)\n            batch.del(KEYS.block(height));",
    to: "",
  },
  {
    name: "the terms of a replaced tail are remembered",
    file: "node/storage/term-runs.js",
    from: "while ((this.#runs.at(-1)?.first ?? 0) >= index)\n            this.#runs.pop();",
    to: "",
  },
  {
    name: "what is gone from the log is forgotten at a restart",
    file: "node/storage/block-log.js",
    from: "new GoneBlocks(promised.gone, log.#storedElections)",
    to: "new GoneBlocks()",
  },
  {
    name: "the elections that justify a grant are forgotten at a restart",
    file: "node/storage/block-log.js",
    from: "new GoneBlocks(promised.gone, log.#storedElections)",
    to: "new GoneBlocks(promised.gone)",
  },
  {
    name: "what is gone from the log is forgotten when that is longer again",
    file: "node/storage/block-log.js",
    from: "this.#gone.settle(this.#committed);",
    to: "this.#gone.settle(this.end);",
  },
  {
    name: "a change of membership is applied before its certificate is on the disk",
    file: "node/driver/applier.js",
    from: "if (after !== null)\n            await syncCertificate();",
    to: "",
  },
  {
    name: "the record's checksum is not looked at",
    file: "node/storage/record.js",
    from: "if (!hasChecksum(key, payload, record)) {",
    to: "if (record.length < CHECKSUM_SIZE_BYTES) {",
  },
  {
    name: "a record in the wrong place is taken for the right one",
    file: "node/storage/record.js",
    from: "function checksum(key, payload) {",
    to: "function checksum(_, payload) { const key = '';",
  },
  {
    name: "a torn write can take both copies of the promises in their file",
    file: "node/storage/promise-file.js",
    from: "const slot = promise.sequence % SLOTS.length;",
    to: "const slot = 0;",
  },
  {
    name: "a directory without promises is taken for a new one",
    file: "node/open-chain.js",
    from: "if (!isPromised)\n        throw StorageError.lost",
    to: "if (false)\n        throw StorageError.lost",
    also: [
      {
        file: "node/storage/block-log.js",
        from: "if (bytes === undefined && stored > 0) {",
        to: "if (false) {",
      },
    ],
  },
  {
    name: "the database alone is believed about promises, however much it may have lost",
    file: "node/storage/database.js",
    from: "if (file.newest === undefined &&",
    to: "if (false &&",
  },
  {
    name: "a log with a hole counts up to its end",
    file: "node/storage/damage.js",
    from: "if (!isNext || !follows)",
    to: "if (false)",
  },
  {
    name: "the only voter cuts its log, and what nobody else has is gone",
    file: "node/storage/block-log.js",
    from: "if (this.#isSoleVoter) {",
    to: "if (false) {",
  },
  {
    name: "a certificate is stored whose block is not",
    file: "node/driver/log-writer.js",
    from: "const isStored = height > storedHeight && height <= endOfLog;",
    to: "const isStored = height > storedHeight;",
  },
  {
    name: "the state on disk moves without its position",
    file: "node/storage/state-store.js",
    from: "batch.put(KEYS.applied, encodeTip(tip));",
    to: "await batch.write({ sync: false }); return this.#database.batch().put(KEYS.applied, encodeTip(tip)).write({ sync: false });",
  },
  {
    name: "a state that is not that of its block is believed",
    file: "node/derived-state.js",
    from: "const isWhole = isAfterBlock &&",
    to: "const isWhole =",
  },
  {
    name: "a state beyond the end of the log is believed",
    file: "node/derived-state.js",
    from: "if (tip === undefined || tip.height > blocks.lastIndex())",
    to: "if (tip === undefined)",
  },
  {
    name: "after a restart the applied index may be above the commit index",
    file: "node/open-chain.js",
    from: "Math.max(applied.tip.height, certifier.certifiedHeight)",
    to: "0",
  },
  {
    name: "after a restart the ids of the last minutes are forgotten",
    file: "node/recent-ids.js",
    from: "for (let height = first; height <= last.height; height++) {",
    to: "for (let height = last.height + 1; height <= last.height; height++) {",
  },
  {
    name: "two writes that make the log begin later may end in either order",
    file: "node/storage/stored-blocks.js",
    from: "const turn = this.#shortening.then(work);",
    to: "const turn = work();",
  },
  {
    name: "the witness that was pruned stays in the files of the database",
    file: "node/snapshot/witness-eraser.js",
    from: "await database.compact(KEYS.block(0), KEYS.blocksEnd);\n        await database.compact(KEYS.settled(0), KEYS.settledEnd);",
    to: "",
  },
  {
    name: "the witness is called destroyed before it is",
    file: "node/snapshot/witness-eraser.js",
    from: "let next = this.#prunedHeight + 1;",
    to: "let next = this.#prunedHeight + 1; await database.batch().put(KEYS.pruned, encode(upTo)).write({ sync: true });",
  },
  {
    name: "the witness is destroyed before others can do without it",
    file: "node/snapshot/witness-eraser.js",
    from: "return offered !== null && offered.header.timestampMs - RECENT_MS >= this.#due.beforeMs;",
    to: "return true;",
  },
  {
    name: "after a write that failed, what was asked for later is answered",
    file: "node/driver/log-writer.js",
    from: "const batch = [...this.#waiting];",
    to: "const batch = this.#waiting.splice(0);",
    also: [
      {
        file: "node/driver/log-writer.js",
        from: "this.#waiting.splice(0, batch.length);",
        to: "",
      },
    ],
  },
  {
    name: "a snapshot is offered of what the core does not know to be applied",
    file: "node/driver/compose-driver.js",
    from: "onApplied: setup.onApplied,",
    to: "onApplied: (link) => { setup.onApplied(link); snapshots.applied(link); },",
  },
  {
    name: "a chain of any height is fetched that somebody makes up",
    file: "node/snapshot/transfer.js",
    from: "verifyCertificate(certificate, { ...signatures, membership });",
    to: "",
  },
  {
    name: "another snapshot is fetched over what a crash would still go on from",
    file: "node/snapshot/intake.js",
    from: "this.#work !== null || this.#used !== null || this.#isStopped",
    to: "this.#work !== null || this.#isStopped",
  },
];
