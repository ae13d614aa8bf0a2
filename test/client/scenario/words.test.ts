import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { TRANSACTION_TYPES } from "../../../contracts/registry.ts";
import { readText, repositoryRoot } from "../../support/files.ts";

const STEPS = "client/scenario/steps";

/** Types that a scenario sends by `submit`, and why no word of their own says it better. */
const WITHOUT_WORDS: Readonly<Record<string, string>> = {
  ORGANISATION_ADMIT: "a scenario names its organisations at its head",
  ORG_KEY_ADD: "keys of officers, which scenarios have no names for",
  ORG_KEY_ROTATE: "as ORG_KEY_ADD",
  ORG_KEY_REVOKE: "as ORG_KEY_ADD",
  GOVERNORS_SET: "every organisation of a scenario governs",
  NODE_ADMIT: "a scenario says what happens in a town, not on its nodes",
  NODE_PROMOTE: "as NODE_ADMIT",
  NODE_DEMOTE: "as NODE_ADMIT",
  NODE_KEY_ROTATE: "as NODE_ADMIT",
  NODE_REPLACE: "as NODE_ADMIT",
  NODE_RETIRE: "as NODE_ADMIT",
  MYKEY_ID_CLAIM: "moves no points; the name itself stays with the registrar",
  MYKEY_ID_RELEASE: "as MYKEY_ID_CLAIM",
  AUDIT_ATTEST: "moves no points; names a height, which scenarios do not know",
  UNUSED_BALANCE_REPORT: "moves no points; its figures come from an audited ledger",
  LOADTEST_OPEN: "moves no points; has a command of its own",
  LOADTEST_PING: "as LOADTEST_OPEN",
  STREET_TRANSFER_REQUEST: "told by `submit` until streets have words",
  STREET_TRANSFER_ACK: "as STREET_TRANSFER_REQUEST",
  STREET_TRANSFER_RELEASE: "as STREET_TRANSFER_REQUEST",
};

describe("the words of scenarios", () => {
  it("say every transaction, but those of which it is written why not", () => {
    const sources = readdirSync(join(repositoryRoot, STEPS)).map((name) =>
      readText(`${STEPS}/${name}`),
    );
    const types = [...new Set(TRANSACTION_TYPES.map(({ type }) => type))];
    const unsaid = types.filter((type) => !sources.some((text) => text.includes(`"${type}"`)));
    assert.deepEqual(
      unsaid.filter((type) => WITHOUT_WORDS[type] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(WITHOUT_WORDS).filter((type) => !types.includes(type)),
      [],
    );
  });
});
