import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { CERTIFICATE_FILE, chainFileAt, GENESIS_FILE } from "../../../client/audit/bundle.ts";
import { verdictLine } from "../../../client/audit/verdict-line.ts";
import { type AuditOptions, verifyBundle } from "../../../client/audit/verify-bundle.ts";
import { encodeCertificate } from "../../../ledger/block.ts";
import { concatBytes, toHex, utf8 } from "../../../ledger/bytes.ts";
import { networkIdOf } from "../../../ledger/genesis.ts";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import type { SignedMessage } from "../../../ledger/signature.ts";
import { makeTransactionId } from "../../../ledger/transaction-id.ts";
import { AuditChain, type Lie } from "../../support/audit-chain.ts";
import type { ChainBuilder } from "../../support/chain-builder.ts";
import { AT_MS, LedgerWorld, officerOf, TOSHIMA } from "../../support/ledger-world.ts";
import { MemoryBundle } from "../../support/memory-bundle.ts";

const OTHER_HASH = new Uint8Array(32).fill(7);
const CHAIN_FILE = chainFileAt(1, 3).fileName;

/** Remembers answers: the same signatures come again in each of thousands of audits. */
function remembering(): (signed: SignedMessage) => boolean {
  const answers = new Map<string, boolean>();
  return (signed) => {
    const { algorithm, publicKey, message, signature } = signed;
    const key = `${algorithm} ${Buffer.concat([publicKey, signature, message]).toString("latin1")}`;
    const answer = answers.get(key) ?? verifySignature(signed);
    answers.set(key, answer);
    return answer;
  };
}

describe("audit verify", () => {
  let world: LedgerWorld;
  let bundle: MemoryBundle;
  const verify = remembering();

  /** Three blocks: the set-up, a payment of 250, an empty one. */
  function smallChain(): AuditChain {
    const chain = new AuditChain(world);
    chain.append(world.setUp());
    chain.append([world.pay(250)]);
    chain.append();
    return chain;
  }

  before(() => {
    useSha256(nativeSha256);
    world = new LedgerWorld();
    bundle = MemoryBundle.of(smallChain());
  });

  const audit = (audited: MemoryBundle, options: Partial<AuditOptions> = {}) =>
    verifyBundle(audited, { verify, ...options });

  async function assertBroken(audited: MemoryBundle, rule: string, height: number) {
    const verdict = await audit(audited);
    assert.deepEqual(verdict.ok ? verdict : [verdict.rule, verdict.height], [rule, height]);
    const line = verdictLine(verdict);
    assert.ok(line.startsWith(`broken at height ${height}`) && line.includes(rule), line);
  }

  it("counts what it checked and says what the books hold", async () => {
    const verdict = await audit(bundle);
    assert.ok(verdict.ok, verdictLine(verdict));
    const { totals, networkId, trustedGenesis, ...counts } = verdict;
    assert.deepEqual([networkId, trustedGenesis], [toHex(networkIdOf(world.genesis)), false]);
    assert.deepEqual(counts, {
      ok: true,
      clock: "world",
      height: 3,
      attestedHeight: 0,
      attestedUntil: null,
      evidence: [],
      transactions: 8,
      prunedTransactions: 0,
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
      /^verified up to height 3: 8 transactions, 2 card signatures, 9 votes, totals balance \(.*1000 pt = merchant 250 \+ wallet 750\), by the bundle's own genesis [0-9a-f]{16}… /,
    );
  });

  it("finds every single flipped byte, and names height and rule", async function () {
    this.timeout(120_000);
    for (const [fileName, content] of bundle.files) {
      for (let at = 0; at < content.length; at += 1) {
        const flipped = content.slice();
        flipped[at] = (content[at] ?? 0) ^ (1 << (at % 8));
        const verdict = await audit(bundle.with(fileName, flipped));
        assert.ok(!verdict.ok, `${fileName}, byte ${at}: not found`);
        assert.match(verdictLine(verdict), /^broken at height \d+ in [a-z]+.*: [A-Z_]+: /);
      }
    }
  });

  describe("breaks off at the block where a rule is broken", () => {
    /** One lie each, told in block 2 of term 2, over the honest block 1; signed and certified. */
    const rows: { id: string; rule: string; lie: (chain: ChainBuilder) => Lie }[] = [
      {
        id: "C1 the height does not follow",
        rule: "HEIGHT_MISMATCH",
        lie: () => ({ header: { height: 3 } }),
      },
      {
        id: "C2 another block before it",
        rule: "PREVIOUS_HASH_MISMATCH",
        lie: () => ({ header: { previousHash: OTHER_HASH } }),
      },
      { id: "C3 the term falls", rule: "TERM_REGRESSION", lie: () => ({ term: 1 }) },
      {
        id: "C4 time goes back",
        rule: "TIMESTAMP_INVALID",
        lie: () => ({ header: { timestampMs: AT_MS - 1 } }),
      },
      {
        id: "C5 another membership",
        rule: "MEMBERSHIP_MISMATCH",
        lie: () => ({ header: { membershipHash: OTHER_HASH } }),
      },
      {
        id: "C5 a proposer who is no member",
        rule: "PROPOSER_UNKNOWN",
        lie: () => ({ header: { proposer: 9 } }),
      },
      {
        id: "C5 a proposer who did not sign",
        rule: "PROPOSAL_SIGNATURE_INVALID",
        lie: () => ({ header: { proposer: 2 } }),
      },
      {
        id: "C6 another control part",
        rule: "CONTROL_HASH_MISMATCH",
        lie: () => ({ header: { controlHash: OTHER_HASH } }),
      },
      {
        id: "C6 other transactions",
        rule: "TRANSACTIONS_ROOT_MISMATCH",
        lie: () => ({ header: { transactionsRoot: OTHER_HASH } }),
      },
      {
        id: "C6 another history",
        rule: "HISTORY_ROOT_MISMATCH",
        lie: () => ({ header: { historyRoot: OTHER_HASH } }),
      },
      {
        id: "C7 a term begins without its leader's election",
        rule: "LEADER_CERTIFICATE_INVALID",
        lie: () => ({ term: 3, control: { leaderCertificate: null } }),
      },
      {
        id: "C7 a leader elected by too few",
        rule: "LEADER_CERTIFICATE_INVALID",
        lie: (chain) => ({
          term: 3,
          control: { leaderCertificate: chain.leaderCertificate(3, 1, [1]) },
        }),
      },
      {
        id: "A1 a change of membership that nobody wished for",
        rule: "MEMBERSHIP_CHANGE_INVALID",
        lie: (chain) => ({ control: { membershipChange: chain.membership } }),
      },
      {
        id: "A2 a certificate of a block that is not an ancestor",
        rule: "CERTIFICATE_INVALID",
        lie: (chain) => ({
          control: { lastCertificate: { ...chain.certificate(1), blockHash: OTHER_HASH } },
        }),
      },
      {
        id: "A2 a certificate of another term",
        rule: "CERTIFICATE_INVALID",
        lie: (chain) => ({ control: { lastCertificate: { ...chain.certificate(1), term: 1 } } }),
      },
      {
        id: "A2 a certificate of too few votes",
        rule: "CERTIFICATE_INVALID",
        lie: (chain) => ({ control: { lastCertificate: chain.certificate(1, [1]) } }),
      },
      {
        id: "A4 another result than the rules give",
        rule: "RESULTS_ROOT_MISMATCH",
        lie: () => ({ results: ["BALANCE_INSUFFICIENT"] }),
      },
      {
        id: "A4 another root of results",
        rule: "RESULTS_ROOT_MISMATCH",
        lie: () => ({ header: { resultsRoot: OTHER_HASH } }),
      },
      {
        id: "A4 another state",
        rule: "STATE_ROOT_MISMATCH",
        lie: () => ({ header: { stateRoot: OTHER_HASH } }),
      },
    ];
    for (const { id, rule, lie } of rows) {
      it(`${id}: ${rule}`, async () => {
        const audited = new AuditChain(world);
        audited.append(world.setUp(), { term: 2 });
        audited.append([world.pay(250)], lie(audited.chain));
        await assertBroken(MemoryBundle.of(audited), rule, 2);
      });
    }
  });

  describe("breaks off at a transaction that is not what it says", () => {
    const clerk = () => officerOf(TOSHIMA, "clerk");
    const unsigned = (by: ReturnType<typeof clerk>) => ({ ...by, sign: () => by.sign(OTHER_HASH) });
    const rows: { id: string; rule: string; make: () => Uint8Array[] }[] = [
      {
        id: "A3 the card did not sign it",
        rule: "SIGNATURE_INVALID",
        make: () => [world.pay(250, { signers: [unsigned(world.card), world.terminal] })],
      },
      {
        id: "A3 the terminal did not sign it",
        rule: "SIGNATURE_INVALID",
        make: () => [world.pay(250, { signers: [world.card, unsigned(world.terminal)] })],
      },
      {
        id: "A3 an officer did not sign it",
        rule: "SIGNATURE_INVALID",
        make: () => [world.sample("TERMINAL_REGISTER", { signers: [unsigned(clerk())] })],
      },
      {
        id: "A4 made for another network",
        rule: "WRONG_NETWORK",
        make: () => [world.pay(250, { networkId: OTHER_HASH })],
      },
      {
        id: "A4 without a signer that its type wants",
        rule: "SIGNER_MISSING",
        make: () => [world.pay(250, { signers: [world.card] })],
      },
      {
        id: "A4 valid for too long",
        rule: "VALIDITY_TOO_LONG",
        make: () => [world.pay(250, { notAfterMs: AT_MS + 120_001 })],
      },
      {
        id: "A4 an id used twice in a block",
        rule: "DUPLICATE_IN_BLOCK",
        make: () => {
          const id = makeTransactionId("card", AT_MS, new Uint8Array(16).fill(9));
          return [world.pay(1, { id }), world.pay(2, { id })];
        },
      },
    ];
    for (const { id, rule, make } of rows) {
      it(`${id}: ${rule}`, async () => {
        const chain = new AuditChain(world);
        chain.append(world.setUp());
        chain.append(make(), { unexecuted: true });
        await assertBroken(MemoryBundle.of(chain), rule, 2);
      });
    }

    it("A4 an id used by an ancestor: DUPLICATE_IN_BLOCK", async () => {
      const chain = new AuditChain(world);
      const payment = world.pay(250);
      chain.append([...world.setUp(), payment]);
      chain.append([payment], { unexecuted: true });
      await assertBroken(MemoryBundle.of(chain), "DUPLICATE_IN_BLOCK", 2);
    });
  });

  describe("refuses a bundle", () => {
    const rows: { id: string; rule: string; height: number; change: () => MemoryBundle }[] = [
      {
        id: "whose certificate is for an earlier block",
        rule: "CERTIFICATE_INVALID",
        height: 3,
        change: () => {
          const chain = smallChain();
          const earlier = encodeCertificate(chain.chain.certificate(2));
          return MemoryBundle.of(chain).with(CERTIFICATE_FILE, earlier);
        },
      },
      {
        id: "whose certificate has too few votes",
        rule: "CERTIFICATE_INVALID",
        height: 3,
        change: () => {
          const chain = smallChain();
          const byOne = encodeCertificate(chain.chain.certificate(3, [1]));
          return MemoryBundle.of(chain).with(CERTIFICATE_FILE, byOne);
        },
      },
      {
        id: "without a certificate",
        rule: "NOT_FOUND",
        height: 0,
        change: () => bundle.without(CERTIFICATE_FILE),
      },
      {
        id: "without a genesis",
        rule: "NOT_FOUND",
        height: 0,
        change: () => bundle.without(GENESIS_FILE),
      },
      {
        id: "without blocks",
        rule: "CERTIFICATE_INVALID",
        height: 0,
        change: () => bundle.without(CHAIN_FILE),
      },
      {
        id: "with a file that has no place in it",
        rule: "INVALID_FIELD",
        height: 0,
        change: () => bundle.with("chain/notes.txt", OTHER_HASH),
      },
      {
        id: "with heights covered twice",
        rule: "HEIGHT_MISMATCH",
        height: 0,
        change: () => bundle.with(chainFileAt(2, 3).fileName, OTHER_HASH),
      },
      {
        id: "with a gap",
        rule: "HEIGHT_MISMATCH",
        height: 0,
        change: () => bundle.with(chainFileAt(257 + 256, 600).fileName, OTHER_HASH),
      },
      {
        id: "whose file holds fewer blocks than its name says",
        rule: "HEIGHT_MISMATCH",
        height: 4,
        change: () => bundle.without(CHAIN_FILE).with(chainFileAt(1, 4).fileName, chainBytes()),
      },
      {
        id: "whose file holds more blocks than its name says",
        rule: "HEIGHT_MISMATCH",
        height: 3,
        change: () => bundle.without(CHAIN_FILE).with(chainFileAt(1, 2).fileName, chainBytes()),
      },
      {
        id: "that is cut off inside a block",
        rule: "MALFORMED",
        height: 3,
        change: () => bundle.with(CHAIN_FILE, chainBytes().slice(0, -1)),
      },
      {
        id: "whose genesis has a byte order mark",
        rule: "MALFORMED",
        height: 0,
        change: () => bundle.with(GENESIS_FILE, concatBytes(utf8("\ufeff"), genesisBytes())),
      },
      {
        id: "whose genesis is written in another form",
        rule: "MALFORMED",
        height: 0,
        change: () => bundle.with(GENESIS_FILE, concatBytes(genesisBytes(), utf8("\n"))),
      },
      {
        id: "whose genesis is not UTF-8",
        rule: "MALFORMED",
        height: 0,
        change: () => bundle.with(GENESIS_FILE, Uint8Array.of(0xff)),
      },
    ];
    const contentOf = (fileName: string) => bundle.files.get(fileName) ?? new Uint8Array();
    const chainBytes = () => contentOf(CHAIN_FILE);
    const genesisBytes = () => contentOf(GENESIS_FILE);
    for (const { id, rule, height, change } of rows) {
      it(`${id}: ${rule}`, () => assertBroken(change(), rule, height));
    }

    it("of another network than the trusted one: GENESIS_MISMATCH", async () => {
      assert.equal((await audit(bundle, { trusted: world.genesis })).ok, true);
      const trusted = { ...world.genesis, name: "another" };
      const verdict = await audit(bundle, { trusted });
      assert.equal(verdict.ok ? "" : verdict.rule, "GENESIS_MISMATCH");
    });
  });

  it("follows a chain over several files and terms", async () => {
    const chain = new AuditChain(world);
    chain.append(world.setUp());
    for (let height = 2; height <= 299; height += 1) {
      const term = 1 + Math.floor(height / 100);
      chain.append([], { term, proposer: term });
    }
    const several = MemoryBundle.of(chain);
    assert.equal(several.files.size, 4);
    const verdict = await audit(several);
    assert.ok(verdict.ok, verdictLine(verdict));
    assert.equal(verdict.height, 299);
  });
});
