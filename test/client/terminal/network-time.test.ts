import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LedgerClient } from "../../../client/sdk/ledger-client.ts";
import { askNetworkTime } from "../../../client/terminal/network-time.ts";
import { fakeNodes, type Handler } from "../../support/fake-node.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe("the time of a payment", () => {
  const startNode = fakeNodes();
  const at =
    (timeMs: number): Handler =>
    (_, response) => {
      response.setHeader("date", new Date(timeMs).toUTCString());
      response.end("{}");
    };
  const silent: Handler = (_, response) => response.destroy();
  const wordless: Handler = (_, response) => {
    response.setHeader("date", "yesterday");
    response.end("{}");
  };

  async function timeBy(handlers: readonly Handler[]) {
    const urls = await Promise.all(handlers.map(startNode));
    return askNetworkTime(urls.map((url) => new LedgerClient(url)));
  }

  const now = Date.UTC(2026, 10, 1);
  const rows: readonly { id: string; nodes: readonly Handler[]; aheadMs: number }[] = [
    { id: "one node's", nodes: [at(now)], aheadMs: 0 },
    { id: "of two the earlier", nodes: [at(now), at(now - HOUR_MS)], aheadMs: -HOUR_MS },
    {
      id: "of three the middle one, however wrong one is",
      nodes: [at(now), at(now + 1000 * HOUR_MS), at(now - MINUTE_MS)],
      aheadMs: 0,
    },
    { id: "of those that tell it", nodes: [silent, wordless, at(now)], aheadMs: 0 },
  ];
  for (const { id, nodes, aheadMs } of rows) {
    it(`is ${id}`, async () => {
      const { nowMs, ownAheadMs } = await timeBy(nodes);
      const time = nowMs();
      // A node tells seconds; the test itself may be slow.
      assert.ok(Math.abs(time - now - aheadMs) < MINUTE_MS / 2, String(time - now));
      assert.ok(Number.isSafeInteger(time));
      assert.ok(Math.abs(Date.now() - ownAheadMs - time) < MINUTE_MS / 2);
    });
  }

  it("waits for no node that hangs when more than half have told it", async () => {
    const hanging: Handler = () => undefined;
    await timeBy([hanging, at(now), at(now)]);
  });

  it("is not known when no node tells it", async () => {
    await assert.rejects(timeBy([silent, silent]), { code: "NODE_UNREACHABLE" });
    await assert.rejects(timeBy([wordless]), { code: "NODE_ANSWER_INVALID" });
  });
});
