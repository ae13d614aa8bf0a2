import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { makeMessage } from "../../../consensus/messages.ts";
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD } from "../../../consensus/types.ts";
import { decodeCertificate } from "../../../ledger/block.ts";
import { Elections } from "../../../node/chain/elections.ts";
import { Applier } from "../../../node/driver/applier.ts";
import { DiskWatch } from "../../../node/driver/disk-watch.ts";
import { LogWriter } from "../../../node/driver/log-writer.ts";
import { entryOf } from "../../../node/storage/block-log.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import { StorageError } from "../../../node/storage/record.ts";
import { StateStore } from "../../../node/storage/state-store.ts";
import { testGenesis } from "../../support/chain-builder.ts";
import { type CrashPoint, MemoryDatabase } from "../../support/memory-database.ts";
import { EmptyChain } from "../../support/stored-chain.ts";

/** The block that changes the membership, of three. */
const CHANGE_HEIGHT = 2;

for (const voters of [1, 3]) {
  describe(`a change of membership at one of ${voters} voters`, () => {
    const chain = new EmptyChain(testGenesis(voters)).grow(1, 1, 1);

    /** Writes, certifies and applies the blocks, the second of which changes the membership, until the machine stops. */
    async function run(database: MemoryDatabase): Promise<void> {
      const opened = await chain.open(database);
      const { blocks, certifier, tail, chain: executed, memberships } = opened;
      const justify = () => new Uint8Array();
      const elections = new Elections(chain.context, chain.identity(1), memberships, justify);
      const settleSnapshot = () => assert.fail("no snapshot was taken");
      const deliver = () => undefined;
      const parts = { self: 1, blocks, certifier, elections, settleSnapshot, deliver };
      const disk = new DiskWatch(1);
      const writer = new LogWriter({ ...parts, disk });
      const applier = new Applier({
        ...{ chain: executed, tail, disk, deliver },
        syncCertificate: () => writer.syncCertificate(),
        onMembershipChange: () => undefined,
        onApplied: () => undefined,
      });
      for (const block of chain.blocks) {
        const { height, term } = block.header;
        const link = await executed.replay(tail.last, block);
        const membershipChange = height === CHANGE_HEIGHT ? chain.membership : null;
        const control = { ...block.control, membershipChange };
        tail.put({ ...link, block: { ...block, control } });
        const entries = [entryOf(block)];
        const to = { from: 1, to: LOCAL_APPEND_THREAD } as const;
        writer.write(makeMessage({ type: "MsgStorageAppend", ...to, entries, term }), []);
        // The certificate comes when the block is on the disk, and no other write is to follow.
        await writer.run();
        certifier.adopt(chain.certificate(height), tail.blockAt);
        const on = { from: 1, to: LOCAL_APPLY_THREAD } as const;
        applier.apply(makeMessage({ type: "MsgStorageApply", ...on, entries }));
        await applier.run();
      }
    }

    /** What is there if the disk wrote the applied position early, and of all else what it was told to. */
    async function heightsAfter(crash: CrashPoint) {
      const database = new MemoryDatabase(new Map(), undefined, crash);
      await assert.rejects(run(database), StorageError);
      const after = database.afterCrash();
      const applied = database.records.get(KEYS.applied);
      if (applied !== undefined) after.records.set(KEYS.applied, applied);
      const certificate = after.get(KEYS.certificate);
      return {
        applied: new StateStore(after).appliedHeight(),
        certified: certificate === undefined ? 0 : decodeCertificate(certificate).height,
      };
    }

    it("is on the disk as applied only with its certificate, at whichever write the machine stops", async () => {
      const calm = new MemoryDatabase();
      await run(calm);
      let applied = 0;
      for (let write = 1; write <= calm.writes; write++) {
        for (const isWritten of [false, true]) {
          const heights = await heightsAfter({ write, isWritten });
          if (heights.applied < CHANGE_HEIGHT) continue;
          applied += 1;
          assert.ok(heights.certified >= CHANGE_HEIGHT, `write ${write}: ${heights.certified}`);
        }
      }
      assert.ok(applied > 0);
    });
  });
}
