import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "mocha";
import { CERTIFICATE_FILE, chainFileAt, EVIDENCE_FILE } from "../../../client/audit/bundle.ts";
import { BundleDirectory } from "../../../client/audit/bundle-directory.ts";
import { type ChainSource, exportBundle } from "../../../client/audit/export-bundle.ts";
import { verdictLine } from "../../../client/audit/verdict-line.ts";
import { verifyBundle } from "../../../client/audit/verify-bundle.ts";
import { decodeProof, type Evidence, encodeProof } from "../../../ledger/evidence.ts";
import { genesisText } from "../../../ledger/genesis.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { verifyProof } from "../../../ledger/verify-evidence.ts";
import { forgedBlock, forgedElection } from "../../support/forged-bundles.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";
import type { MemoryBundle } from "../../support/memory-bundle.ts";
import { runCommand } from "../../support/run-command.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

/** What `audit blame --json` prints. */
interface Report {
  readonly ok: boolean;
  readonly code?: string;
  readonly culprits: readonly number[];
  readonly findings: readonly { readonly kind: string; readonly term: number }[];
  readonly refused: number;
}

describe("audit blame", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  let world: LedgerWorld;

  before(() => {
    world = new LedgerWorld();
  });

  /** Writes bundles and the genesis into a folder. */
  function written(...bundles: readonly MemoryBundle[]) {
    const directory = newDirectory();
    const genesis = join(directory, "genesis.json");
    writeFileSync(genesis, genesisText(world.genesis));
    const paths = bundles.map((bundle, i) => {
      const path = join(directory, `bundle-${i}`);
      for (const [name, content] of bundle.files) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
      return path;
    });
    return { directory, genesis, paths, proof: join(directory, "proof.cbor") };
  }

  async function blamed(...args: readonly string[]): Promise<[number | null, Report]> {
    const { code, stdout } = await runCommand(["audit", "blame", ...args, "--json"]);
    return [code, JSON.parse(stdout) as Report];
  }

  const cases = [
    {
      id: "a vote for a leader that lacks what was voted for",
      forge: forgedElection,
      liar: 2,
      kinds: ["conflicting-certificates", "stale-grant"],
      says: /^Node 2 \(.+\) had voted for block 2, and in term 2 elected a candidate who lacks it\.$/m,
    },
    {
      id: "two blocks of one leader",
      forge: forgedBlock,
      liar: 1,
      kinds: ["conflicting-certificates", "double-vote", "double-proposal"],
      says: /^Node 1 \(.+\) signed votes for two different blocks at height 2 in term 1\.$/m,
    },
  ];
  for (const { id, forge, liar, kinds, says } of cases) {
    it(`${id}: names the node, and the proof holds with the genesis alone`, async () => {
      const bundles = forge(world);
      for (const bundle of bundles) {
        const verdict = await verifyBundle(bundle, { verify: verifySignature });
        assert.ok(verdict.ok, `each by itself is right: ${verdictLine(verdict)}`);
      }
      const { genesis, paths, proof } = written(...bundles);
      const [code, report] = await blamed(...paths, "--genesis", genesis, "--out", proof);
      assert.deepEqual([code, report.ok, report.culprits], [0, true, [liar]]);
      assert.deepEqual(
        report.findings.map(({ kind }) => kind),
        kinds,
      );
      const findings = verifyProof(
        decodeProof(new Uint8Array(readFileSync(proof))),
        world.genesis,
        verifySignature,
      );
      assert.ok(findings.every(({ culprits }) => culprits.every((culprit) => culprit === liar)));
      const told = await runCommand(["audit", "verify-proof", proof, "--genesis", genesis]);
      assert.equal(told.code, 0, told.stderr);
      assert.match(told.stdout, says);
      assert.match(told.stdout, new RegExp(`ノード ${liar}`));
    });
  }

  it("refuses a proof with another byte, and one of another network", async () => {
    const { genesis, paths, proof } = written(...forgedBlock(world));
    await blamed(...paths, "--out", proof);
    const right = new Uint8Array(readFileSync(proof));
    writeFileSync(proof, right.with(right.length - 9, (right.at(-9) ?? 0) ^ 1));
    const forged = await runCommand(["audit", "verify-proof", proof, "--genesis", genesis]);
    assert.deepEqual([forged.code, forged.stdout], [1, ""]);
    assert.match(forged.stderr, /^(EVIDENCE_INVALID|CERTIFICATE_INVALID|FILE_MALFORMED)/);
    writeFileSync(proof, right);
    writeFileSync(genesis, genesisText({ ...world.genesis, name: "Another network" }));
    const elsewhere = await runCommand(["audit", "verify-proof", proof, "--genesis", genesis]);
    assert.equal(elsewhere.code, 1);
    assert.match(elsewhere.stderr, /^WRONG_NETWORK/);
  });

  it("ends with 1 when nothing contradicts", async () => {
    const [bundle] = forgedBlock(world);
    const { paths } = written(bundle, bundle);
    const [code, report] = await blamed(...paths);
    assert.deepEqual([code, report.ok, report.code], [1, false, "NO_CONFLICT"]);
  });

  it("takes evidence that nodes kept, in files and in bundles, and passes over what does not hold", async () => {
    const [one, other] = forgedBlock(world);
    const { genesis, paths, proof } = written(one, other);
    await blamed(...paths, "--out", proof);
    const { networkId, evidence } = decodeProof(new Uint8Array(readFileSync(proof)));
    const [, vote] = evidence;
    assert.ok(vote?.kind === "double-vote");
    const forged: Evidence = { ...vote, second: { ...vote.second, voter: 3 } };
    const kept = encodeProof({ version: 1, networkId, memberships: [], evidence: [forged, vote] });
    const { paths: mixed, directory } = written(one.with(EVIDENCE_FILE, kept));
    const file = join(directory, "evidence.cbor");
    writeFileSync(file, kept);
    const [path = ""] = mixed;
    for (const sources of [
      [path, path],
      [path, file],
      [file, file],
    ]) {
      const [code, report] = await blamed(...sources, "--genesis", genesis);
      assert.deepEqual([code, report.culprits, report.refused], [0, [1], 1]);
    }
  });

  it("goes by the changes of membership that hold, and not by the longest list of them", async () => {
    const { genesis, paths, proof, directory } = written(...forgedBlock(world));
    await blamed(...paths, "--out", proof);
    const honest = decodeProof(new Uint8Array(readFileSync(proof)));
    const [conflict] = honest.evidence;
    assert.ok(conflict?.kind === "conflicting-certificates");
    const { certificate, header } = conflict.first;
    const control = new Uint8Array([0xf6]);
    const invented = { header, certificate, certifiedHeader: null, historyPath: [], control };
    const file = join(directory, "invented.cbor");
    writeFileSync(file, encodeProof({ ...honest, memberships: [invented] }));
    const [code, report] = await blamed(proof, file, "--genesis", genesis);
    assert.deepEqual([code, report.culprits, report.refused], [0, [1], 0]);
  });

  it("audit verify checks the evidence in a bundle, and says what it shows", async () => {
    const [bundle, other] = forgedBlock(world);
    const { paths, proof } = written(bundle, other);
    await blamed(...paths, "--out", proof);
    const kept = new Uint8Array(readFileSync(proof));
    const verdict = await verifyBundle(bundle.with(EVIDENCE_FILE, kept), {
      verify: verifySignature,
    });
    assert.ok(verdict.ok);
    assert.match(
      verdictLine(verdict),
      /evidence proven: node 1 \(.*double-vote, term 1, height 2\)/,
    );
    const forged = kept.with(kept.length - 9, (kept.at(-9) ?? 0) ^ 1);
    const refused = await verifyBundle(bundle.with(EVIDENCE_FILE, forged), {
      verify: verifySignature,
    });
    assert.deepEqual(refused.ok ? "" : refused.file, EVIDENCE_FILE);
  });

  for (const holds of [true, false]) {
    it(`audit export takes along what a node holds: ${holds ? "something" : "nothing"}`, async () => {
      const [bundle, other] = forgedBlock(world);
      const { paths, proof, directory } = written(bundle, other);
      await blamed(...paths, "--out", proof);
      const kept = decodeProof(new Uint8Array(readFileSync(proof)));
      const fileOf = (name: string) => bundle.files.get(name) ?? new Uint8Array();
      const source: ChainSource = {
        genesisText: async () => genesisText(world.genesis),
        state: async () => null,
        certificate: async () => fileOf(CERTIFICATE_FILE),
        evidence: async () => encodeProof(holds ? kept : { ...kept, evidence: [] }),
        chain: () => bundle.read(chainFileAt(1, 2).fileName),
      };
      const exported = join(directory, "exported");
      assert.equal(await exportBundle(source, exported, () => undefined), 2);
      assert.equal(existsSync(join(exported, EVIDENCE_FILE)), holds);
      const verdict = await verifyBundle(new BundleDirectory(exported), {
        verify: verifySignature,
      });
      assert.ok(verdict.ok);
      assert.equal(verdict.evidence.length, holds ? kept.evidence.length : 0);
    });
  }
});
