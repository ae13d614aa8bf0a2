import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { verdictLine } from "../../../client/audit/verdict-line.ts";
import {
  type AuditFailed,
  type AuditPassed,
  verifyBundle,
} from "../../../client/audit/verify-bundle.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import type { SignedMessage } from "../../../ledger/signature.ts";
import { ChainBuilder } from "../../support/chain-builder.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";
import { MemoryBundle } from "../../support/memory-bundle.ts";

/** Remembers answers: the same signatures come again in each of thousands of audits. */
function remembering(): (signed: SignedMessage) => boolean {
  const answers = new Map<string, boolean>();
  return (signed) => {
    const { algorithm, publicKey, message, signature } = signed;
    const key = [algorithm, publicKey, message, signature].map(String).join();
    const answer = answers.get(key) ?? verifySignature(signed);
    answers.set(key, answer);
    return answer;
  };
}

describe("audit verify", () => {
  let world: LedgerWorld;
  const verify = remembering();
  const audit = (bundle: MemoryBundle) => verifyBundle(bundle, { verify });

  before(() => {
    world = new LedgerWorld();
  });

  function smallChain(): ChainBuilder {
    const chain = new ChainBuilder(world);
    chain.append(world.setUp());
    chain.append([world.pay(250)]);
    chain.append();
    return chain;
  }

  it("counts what it checked and says what the books hold", async () => {
    const chain = smallChain();
    const verdict = await audit(MemoryBundle.of(chain));
    assert.ok(verdict.ok, verdictLine(verdict));
    const { totals, ...counts } = verdict satisfies AuditPassed;
    assert.deepEqual(counts, {
      ok: true,
      height: 3,
      transactions: 8,
      cardSignatures: 2,
      organisationSignatures: 13,
      terminalSignatures: 1,
      votes: 9,
    });
    const points = totals.filter(({ asset }) => !asset.startsWith("budget/"));
    assert.deepEqual(
      points.map(({ kind, balancePt }) => [kind, balancePt]),
      [
        ["issue", -1000],
        ["merchant", 250],
        ["wallet", 750],
      ],
    );
    assert.match(
      verdictLine(verdict),
      /verified up to height 3: 8 transactions, 2 card signatures/,
    );
  });

  it("finds every single flipped byte, and names height and rule", async function () {
    this.timeout(60_000);
    const bundle = MemoryBundle.of(smallChain());
    assert.equal((await audit(bundle)).ok, true);
    let flips = 0;
    for (const [fileName, content] of bundle.files) {
      for (let at = 0; at < content.length; at += 1) {
        const flipped = content.slice();
        flipped[at] = (content[at] ?? 0) ^ (1 << (at % 8));
        const verdict = await audit(bundle.with(fileName, flipped));
        assert.equal(verdict.ok, false, `${fileName}, byte ${at}`);
        assert.ok(Number.isInteger((verdict as AuditFailed).height));
        assert.match((verdict as AuditFailed).rule, /^[A-Z_]+$/);
        flips += 1;
      }
    }
    assert.ok(flips > 5000, `${flips} flips`);
  });
});
