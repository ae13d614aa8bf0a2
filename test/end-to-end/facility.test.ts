/** A hospital's desk on real nodes: members, their proofs, and what the network learns of them, which is nothing. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { MUNICIPALITY } from "../../client/demo/cast.ts";
import { decodeLinkProof } from "../../client/facility/link-proof.ts";
import { fromHex } from "../../ledger/bytes.ts";
import { PracticeTown } from "../support/practice-town.ts";
import { PROGRAM, startProgram } from "../support/run-command.ts";

const NUMBER = "patient-4711-of-the-hospital";
const KILLS_AFTER_MS = [150, 400, 700, 1000];

describe("a hospital's desk", function () {
  this.timeout(180_000);
  let town: PracticeTown;
  const desk = () => ["--dir", town.file("hospital")];
  const genesis = () => ["--genesis", town.file("genesis.json")];
  const proofFile = () => town.file("hanako.link");

  before(async () => {
    town = await PracticeTown.open();
    const names = { nameJa: "市民病院", nameEn: "City Hospital" };
    const facility = { municipality: MUNICIPALITY, facility: "hospital" };
    await town.officers(
      {
        type: "FACILITY_REGISTER",
        public: { ...facility, ...names, merchant: null },
        private: null,
      },
      ...(["clerk", "approver"] as const),
    );
    const terms = { category: "HOSPITAL", sensitive: true, termMonths: 0, attesters: [], fees: [] };
    await town.officers(
      {
        type: "SERVICE_DEFINE",
        public: { ...facility, service: "card", ...names, ...terms },
        private: null,
      },
      ...(["clerk", "approver"] as const),
    );
    await town.done(
      ...["facility", "create", ...desk(), "--municipality", MUNICIPALITY],
      ...["--facility", "hospital", "--service", "card"],
      ...["--name-ja", "市民病院 診察券", "--name-en", "City Hospital"],
      ...["--anchor", town.file("card-ca.pem"), ...town.nodes, ...genesis()],
    );
  });

  after(() => town?.close());

  const enrol = (number: string) =>
    town.done("facility", "enrol", ...desk(), "--member", number, ...town.card);
  const commit = () => town.done("facility", "commit", ...desk(), "--key", town.key("clerk"));
  const prove = (out: string) => ["facility", "proof", ...desk(), "--out", out, ...town.card];

  it("enrols a member by his card and PIN, and has no proof before the ledger has a root", async () => {
    assert.equal(await town.refused(...prove(proofFile())), "MEMBER_UNKNOWN");
    const { members } = await enrol(NUMBER);
    assert.equal(members, 1);
    assert.equal(await town.refused(...prove(proofFile())), "MEMBER_UNCOMMITTED");
  });

  it("is killed while it commits, and loses neither members nor the next root", async () => {
    for (const afterMs of KILLS_AFTER_MS) {
      const args = ["facility", "commit", ...desk(), "--key", town.key("clerk")];
      const { process: child, done } = startProgram(process.execPath, [PROGRAM, ...args]);
      await delay(afterMs);
      child.kill("SIGKILL");
      await done;
    }
    const { result } = await commit();
    assert.equal(result, "OK");
  });

  it("gives the member a proof that anybody checks offline, and holds to his card", async () => {
    await town.done(...prove(proofFile()));
    const verify = ["facility", "verify", proofFile(), ...genesis()];
    const { facility, service } = await town.done(...verify);
    assert.deepEqual([facility, service], ["hospital", "card"]);
    await town.done(...verify, "--holder", "--card", town.practice.card);
    const other = town.file("taro.card");
    await town.done("card", "create", "--out", other, "--pin", "1234");
    assert.equal(await town.refused(...verify, "--holder", "--card", other), "LINK_OF_OTHER");
  });

  it("a proof that was altered is none", async () => {
    const bytes = readFileSync(proofFile());
    const { leaf } = decodeLinkProof(new Uint8Array(bytes));
    const at = bytes.indexOf(leaf.link);
    assert.ok(at > 0);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(town.file("forged.link"), bytes);
    const verify = ["facility", "verify", town.file("forged.link"), ...genesis()];
    assert.equal(await town.refused(...verify), "LINK_UNPROVEN");
  });

  it("shows the network a root, and nothing of its members", async () => {
    const { leaf } = decodeLinkProof(new Uint8Array(readFileSync(proofFile())));
    const { root } = await commit();
    const onDisks = filesIn(town.file("nodes"));
    const isThere = (what: Uint8Array | string) =>
      onDisks.some((file) => readFileSync(file).includes(Buffer.from(what)));
    assert.ok(isThere(fromHex(String(root))), "the search finds what is there");
    for (const secret of [NUMBER, leaf.link, leaf.cardCommit]) assert.ok(!isThere(secret));
  });

  it("forgets who leaves", async () => {
    await town.done("facility", "leave", ...desk(), "--member", NUMBER);
    assert.equal(await town.refused(...prove(town.file("late.link"))), "MEMBER_UNKNOWN");
    const { result } = await commit();
    assert.equal(result, "OK");
  });
});

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
}
