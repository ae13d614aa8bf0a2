import assert from "node:assert/strict";
import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  decodeLinkProof,
  encodeLinkProof,
  hashOfLink,
  isOfCard,
  type LinkLeaf,
  verifyLinkProof,
} from "../../../client/facility/link-proof.ts";
import { LinkTree } from "../../../client/facility/link-tree.ts";
import { MemberRegister } from "../../../client/facility/member-register.ts";
import { Custody } from "../../../client/registrar/custody.ts";
import { utf8 } from "../../../ledger/bytes.ts";
import { sha256 } from "../../../ledger/hash.ts";
import { verifyPath } from "../../../ledger/merkle.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { encodeReceipt } from "../../../ledger/receipt.ts";
import { AuditChain } from "../../support/audit-chain.ts";
import { LedgerWorld, seedOf, TOSHIMA } from "../../support/ledger-world.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const filler = (n: number) => sha256(utf8(`filler ${n}`));
const keyOfCard = (n: number) => new Uint8Array(270).fill(n);

describe("a facility's register of members", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  const place = {
    networkId: world.networkId,
    municipality: TOSHIMA,
    facility: "hospital",
    service: "card",
    nameJa: "市民病院 診察券",
    nameEn: "City Hospital",
  };

  function newDesk() {
    const file = join(newDirectory(), "members.journal");
    const custody = new Custody();
    const open = () => new MemberRegister(file, custody, place);
    return { file, open };
  }

  /** The receipt of a root on a ledger that has the hospital. */
  function committed(root: Uint8Array, service = "card"): Uint8Array {
    const chain = new AuditChain(world);
    chain.append(world.setUp());
    const facility = { municipality: TOSHIMA, facility: "hospital" };
    const names = { nameJa: "診察券", nameEn: "Patient card" };
    const terms = { category: "HOSPITAL", sensitive: true, termMonths: 0, attesters: [], fees: [] };
    const open = (type: string, body: object) =>
      world.transaction(type, { public: { ...facility, ...body }, private: null });
    chain.append([
      open("FACILITY_REGISTER", { ...names, merchant: null }),
      open("SERVICE_DEFINE", { service, ...names, ...terms }),
    ]);
    chain.append([open("LINK_ROOT_COMMIT", { service, root })]);
    const { height } = chain.chain.tip;
    assert.deepEqual(chain.chain.blockAt(height).results, ["OK"]);
    return encodeReceipt(chain.chain.receipt(height, 0));
  }

  it("gives a member a proof that holds with the genesis alone, and for his card alone", () => {
    const { open } = newDesk();
    const register = open();
    const hanako = register.enrol("4711", keyOfCard(1), "2027-03-31");
    register.enrol("4712", keyOfCard(2), null);
    const prepared = register.prepareRoot();
    register.committed(prepared, committed(prepared.root));
    // Read again from the disk, as another process would.
    const proof = decodeLinkProof(encodeLinkProof(open().proofFor(hanako)));
    const { leaf, root } = verifyLinkProof(proof, world.genesis, verifySignature);
    assert.deepEqual([leaf.validTo, root], ["2027-03-31", prepared.root]);
    assert.ok(isOfCard(proof, keyOfCard(1)));
    assert.ok(!isOfCard(proof, keyOfCard(2)));
  });

  it("a proof of anything else does not hold", () => {
    const register = newDesk().open();
    const hanako = register.enrol("4711", keyOfCard(1), "2027-03-31");
    const prepared = register.prepareRoot();
    register.committed(prepared, committed(prepared.root));
    const proof = register.proofFor(hanako);
    const unproven = (wrong: Partial<typeof proof>, broken: string) =>
      assert.throws(
        () => verifyLinkProof({ ...proof, ...wrong }, world.genesis, verifySignature),
        (error: { code: string; facts: unknown }) => {
          assert.deepEqual([error.code, error.facts], ["LINK_UNPROVEN", { broken }]);
          return true;
        },
      );
    unproven({ leaf: { ...proof.leaf, validTo: null } }, "path");
    unproven({ leaf: { ...proof.leaf, cardCommit: seedOf("other") } }, "path");
    unproven({ leaf: { ...proof.leaf, service: "other" } }, "facility");
    unproven({ leaf: { ...proof.leaf, networkId: seedOf("other") } }, "network");
    unproven({ index: (proof.index + 1) % proof.size }, "path");
    const other = new AuditChain(world);
    other.append(world.setUp());
    unproven({ receipt: other.chain.receipt(other.chain.tip.height, 0) }, "transaction");
    const elsewhere = new LedgerWorld({ card: world.card, terminal: world.terminal, nodes: 1 });
    assert.throws(() => verifyLinkProof(proof, elsewhere.genesis, verifySignature), {
      code: "WRONG_NETWORK",
    });
  });

  it("gives no proof of whom no root on the ledger holds", () => {
    const register = newDesk().open();
    const hanako = register.enrol("4711", keyOfCard(1), null);
    assert.throws(() => register.proofFor(hanako), { code: "MEMBER_UNCOMMITTED" });
    const prepared = register.prepareRoot();
    register.committed(prepared, committed(prepared.root));
    const later = register.enrol("4712", keyOfCard(2), null);
    assert.throws(() => register.proofFor(later), { code: "MEMBER_UNCOMMITTED" });
    assert.equal(register.proofFor(hanako).leaf.validTo, null);
  });

  it("knows a member by his card, also by a new one, and takes a card for one number only", () => {
    const register = newDesk().open();
    const { link } = register.enrol("4711", keyOfCard(1), null);
    assert.throws(() => register.enrol("4712", keyOfCard(1), null), { code: "MEMBER_KNOWN" });
    register.enrol("4711", keyOfCard(3), null);
    assert.deepEqual(register.byCard(keyOfCard(3)).link, link);
    assert.throws(() => register.byCard(keyOfCard(1)), { code: "MEMBER_UNKNOWN" });
  });

  it("takes no My Number for a member's number", () => {
    const register = newDesk().open();
    assert.throws(() => register.enrol("123456789018", keyOfCard(1), null), {
      code: "INVALID_FIELD",
    });
    assert.equal(register.size, 0);
  });

  it("forgets who leaves; what is on the disk shows nobody", () => {
    const { file, open } = newDesk();
    const register = open();
    register.enrol("patient-4711", keyOfCard(1), null);
    register.enrol("patient-4712", keyOfCard(2), null);
    assert.ok(!readFileSync(file).includes("patient"));
    register.forget("patient-4711");
    assert.throws(() => register.forget("patient-4711"), { code: "MEMBER_UNKNOWN" });
    assert.deepEqual([open().size, open().byCard(keyOfCard(2)).number], [1, "patient-4712"]);
  });

  it("is as it was or as it became, wherever a write is torn", () => {
    const { file, open } = newDesk();
    const register = open();
    register.enrol("4711", keyOfCard(1), null);
    const before = readFileSync(file).length;
    register.enrol("4712", keyOfCard(2), null);
    const whole = readFileSync(file);
    for (let cut = before; cut <= whole.length; cut += 1) {
      truncateSync(file, before);
      appendFileSync(file, whole.subarray(before, cut));
      assert.equal(open().size, cut === whole.length ? 2 : 1);
    }
  });

  it("does not open with another secret", () => {
    const { file, open } = newDesk();
    open().enrol("4711", keyOfCard(1), null);
    assert.throws(() => new MemberRegister(file, new Custody(), place), { code: "FILE_MALFORMED" });
  });

  describe("its tree", () => {
    const leafOf = (n: number): LinkLeaf => ({
      version: 1,
      ...place,
      link: seedOf(`link ${n}`),
      cardCommit: seedOf(`card ${n}`),
      validTo: null,
    });

    it("leads from every member to the root, and from nobody else", () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), (count, pick) => {
          const leaves = Array.from({ length: count }, (_, n) => leafOf(n));
          const tree = new LinkTree(leaves, filler);
          const leaf = leafOf(pick % count);
          const { index, size, path } = tree.pathOf(leaf);
          assert.ok(verifyPath({ hash: hashOfLink(leaf), index, size }, path, tree.root));
          const stranger = hashOfLink(leafOf(count));
          assert.ok(!verifyPath({ hash: stranger, index, size }, path, tree.root));
          assert.throws(() => tree.pathOf(leafOf(count)), RangeError);
        }),
        { numRuns: 20 },
      );
    });

    it("does not say how many members there are, nor who came first", () => {
      const one = new LinkTree([leafOf(0)], filler).pathOf(leafOf(0));
      const leaves = Array.from({ length: 900 }, (_, n) => leafOf(n));
      const many = new LinkTree(leaves, filler);
      assert.deepEqual([one.size, one.path.length], [1024, 10]);
      assert.equal(many.pathOf(leafOf(0)).size, 1024);
      assert.deepEqual(many.root, new LinkTree(leaves.toReversed(), filler).root);
      const full = Array.from({ length: 1025 }, (_, n) => leafOf(n));
      assert.equal(new LinkTree(full, filler).pathOf(leafOf(0)).size, 2048);
    });
  });
});
