import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { partOfFile, summariseProfile } from "../../bench/profile/profile-parts.ts";

const frame = (
  id: number,
  functionName: string,
  url: string,
  children: readonly number[] = [],
) => ({
  id,
  callFrame: { functionName, url },
  children,
});

const PROFILE = {
  nodes: [
    frame(1, "(root)", "", [2, 3, 4, 5, 8]),
    frame(2, "(idle)", ""),
    frame(3, "(garbage collector)", ""),
    frame(4, "encodeBlock", "file:///x/dist/ledger/block.js", [6]),
    frame(5, "processTicks", "node:internal/process/task_queues", [7]),
    frame(6, "hash", "node:internal/crypto/hash"),
    frame(7, "writev", ""),
    frame(8, "post", "node:inspector", [9]),
    frame(9, "dispatch", ""),
  ],
  samples: [2, 3, 4, 6, 6, 7, 9],
  timeDeltas: [1000, 10, 20, 30, 30, 50, 900],
};

const THREADS = {
  mainThreadUsPerPayment: 14,
  verifyThreadUsPerPayment: 50,
  engineThreadsUsPerPayment: 20,
  diskThreadsUsPerPayment: 9,
};

describe("the profile's parts", () => {
  it("idle time and the sampler's own are none, native calls count for whoever made them", () => {
    const { eventLoopParts, functions } = summariseProfile(PROFILE, THREADS);
    assert.deepEqual(eventLoopParts, [
      { name: "hash", usPerPayment: 6 },
      { name: "runtime and other", usPerPayment: 5 },
      { name: "encode and decode", usPerPayment: 2 },
      { name: "garbage collection and compiling", usPerPayment: 1 },
    ]);
    assert.equal(functions[0]?.name, "hash crypto/hash");
    assert.equal(functions[1]?.name, "writev < processTicks process/task_queues");
  });

  it("other threads count for the part that they work for", () => {
    const { parts } = summariseProfile(PROFILE, THREADS);
    assert.deepEqual(parts.slice(0, 3), [
      { name: "verify", usPerPayment: 50 },
      { name: "garbage collection and compiling", usPerPayment: 21 },
      { name: "disk", usPerPayment: 9 },
    ]);
    const total = parts.reduce((sum, { usPerPayment }) => sum + usPerPayment, 0);
    assert.equal(total, 14 + 50 + 20 + 9);
  });

  const rows = [
    ["file:///x/dist/node/storage/block-log.js", "disk"],
    ["file:///x/dist/node/api/server.js", "HTTP"],
    ["file:///x/node_modules/fastify/lib/reply.js", "HTTP"],
    ["file:///x/node_modules/it-length-prefixed/dist/src/encode.js", "network"],
    ["file:///x/node_modules/@libp2p/tcp/dist/src/tcp.js", "network"],
    ["file:///x/dist/contracts/state-tree.js", "execution and state tree"],
    ["file:///x/dist/consensus/core.js", "consensus and pipeline"],
    ["file:///x/dist/ledger/native/verify-signature.js", "verify"],
    ["file:///x/node_modules/piscina/dist/index.js", "verify"],
    ["node:internal/timers", null],
  ] as const;
  for (const [url, part] of rows) {
    it(`${url} is ${part ?? "of no part"}`, () => assert.equal(partOfFile(url), part));
  }
});
