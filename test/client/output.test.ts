import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CardError } from "../../client/card/card-faults.ts";
import { CLIENT_FAULTS, ClientError } from "../../client/client-fault.ts";
import { Output, type OutputOptions } from "../../client/output.ts";
import { CertificateError } from "../../client/pki/certificate-faults.ts";
import { FAULTS, LedgerFault } from "../../ledger/faults.ts";

/** What a command said on its two streams. */
function said(options: OutputOptions, speak: (output: Output) => void, isTTY = false) {
  const texts = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof texts) => ({
    isTTY,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  speak(new Output(options, { stdout: stream("stdout"), stderr: stream("stderr") }));
  return texts;
}

describe("output", () => {
  const errors = [
    { id: "a ledger fault", error: new LedgerFault("EXPIRED", { id: "ab" }), code: "EXPIRED" },
    {
      id: "a client fault",
      error: new ClientError("FILE_EXISTS", { file: "x" }),
      code: "FILE_EXISTS",
    },
    { id: "a card's refusal", error: new CardError({ code: "PIN_BLOCKED" }), code: "PIN_BLOCKED" },
    {
      id: "a certificate's fault",
      error: new CertificateError({ code: "CERT_EXPIRED", notAfterMs: 1, atMs: 2 }),
      code: "CERT_EXPIRED",
    },
    { id: "a defect", error: new Error("two\nlines"), code: "INTERNAL_ERROR" },
    { id: "what is no error", error: "text", code: "INTERNAL_ERROR" },
  ];
  for (const { id, error, code } of errors) {
    it(`tells people of ${id} in one line with code, English and Japanese`, () => {
      const { stdout, stderr } = said({}, (output) => output.error(error));
      assert.equal(stdout, "");
      assert.match(stderr, new RegExp(`^${code}: [^\\n]+ / [^\\n]*[ぁ-ん][^\\n]*\\n$`));
    });

    it(`tells machines of ${id} in one JSON object`, () => {
      const { stdout, stderr } = said({ json: true }, (output) => output.error(error));
      const { ok, code: saidCode, detail, detailJa } = JSON.parse(stdout);
      assert.deepEqual([ok, saidCode, stderr], [false, code, ""]);
      assert.ok(detail.length > 0 && detailJa.length > 0);
    });
  }

  it("shows stack traces with --debug only, causes included", () => {
    const error = new LedgerFault("MALFORMED", { cause: new Error("the cause") });
    const stack = /\n {4}at /;
    assert.doesNotMatch(said({}, (output) => output.error(error)).stderr, stack);
    const { stderr } = said({ debug: true }, (output) => output.error(error));
    assert.match(stderr, stack);
    assert.match(stderr, /caused by Error: the cause/);
  });

  it("shows the last words of a process below the line", () => {
    const error = new ClientError("NODE_EXITED", { how: "exit code 1", log: "first\nsecond" });
    const { stderr } = said({}, (output) => output.error(error));
    assert.match(stderr, /^NODE_EXITED: [^\n]*exit code 1\)\n {2}\| first\n {2}\| second\n$/);
  });

  it("shows progress on a terminal only, and erases it before the next line", () => {
    const speak = (output: Output) => {
      output.progress("half");
      output.line("done");
    };
    assert.deepEqual(said({}, speak), { stdout: "done\n", stderr: "" });
    assert.deepEqual(said({}, speak, true).stderr, "\r\x1b[Khalf\r\x1b[K");
    assert.deepEqual(said({ json: true }, speak, true), { stdout: "", stderr: "" });
  });

  it("has no code that the ledger uses too", () => {
    for (const code of Object.keys(CLIENT_FAULTS)) assert.equal(Object.hasOwn(FAULTS, code), false);
  });
});
