import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { evidenceContext, type Finding, findingOf } from "../../../ledger/verify-evidence.ts";
import { EVIDENCE_PER_MEMBER_MAX, EvidenceStore } from "../../../node/storage/evidence-store.ts";
import { ChainBuilder } from "../../support/chain-builder.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { sampleEvidence } from "../../vectors/evidence-vectors.ts";

describe("the evidence store", () => {
  const samples = Object.values(sampleEvidence());
  const context = evidenceContext(new ChainBuilder().genesis, verifySignature);
  const [sample] = samples;
  assert.ok(sample);

  /** The finding of the first sample, against another member or in another term. */
  function pretended(changes: Partial<Finding>): Finding {
    assert.ok(sample);
    return { ...findingOf(sample, context), ...changes };
  }

  it("has everything after a crash, by member, once", async () => {
    const database = new MemoryDatabase();
    const store = await EvidenceStore.open(database);
    assert.deepEqual([store.all, store.culprits], [[], []]);
    for (const evidence of [...samples, ...samples]) {
      await store.add(evidence, findingOf(evidence, context));
    }
    assert.equal(database.writes, samples.length);
    const again = await EvidenceStore.open(database.afterCrash());
    assert.deepEqual(again.culprits, [1, 2, 3]);
    assert.deepEqual(again.all, store.all);
    assert.equal(again.all.length, samples.length);
  });

  it("keeps so much against one member, and still takes what is against another", async () => {
    const store = await EvidenceStore.open(new MemoryDatabase());
    for (let term = 1; term <= EVIDENCE_PER_MEMBER_MAX + 5; term++) {
      await store.add(sample, pretended({ culprits: [2], term }));
    }
    assert.equal(store.all.length, EVIDENCE_PER_MEMBER_MAX);
    await store.add(sample, pretended({ culprits: [22], term: 1 }));
    assert.deepEqual(store.culprits, [2, 22]);
  });

  it("passes over a damaged record", async () => {
    const database = new MemoryDatabase();
    const store = await EvidenceStore.open(database);
    for (const evidence of samples) await store.add(evidence, findingOf(evidence, context));
    const [key] = [...database.records.keys()];
    assert.ok(key !== undefined);
    database.records.set(key, new Uint8Array(40));
    const again = await EvidenceStore.open(database);
    assert.equal(again.all.length, samples.length - 1);
  });
});
