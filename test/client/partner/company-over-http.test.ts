import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { CompanyOverHttp } from "../../../client/partner/company-over-http.ts";

const CONVERSION = "0123456789abcdef0123456789abcdef";
const ASKED = { conversion: CONVERSION, wallet: "aa".repeat(32), units: 200 };

describe("a company's system over HTTP", () => {
  let server: Server;
  let company: CompanyOverHttp;
  let answer: { status?: number; body: string; silent?: boolean };
  const heard: string[] = [];

  before(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (piece) => {
        body += piece;
      });
      request.on("end", () => {
        heard.push(`${request.method} ${request.url} ${body}`);
        if (answer.silent === true) return;
        response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    company = new CompanyOverHttp(`http://127.0.0.1:${port}/mykey/`, 300);
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const says = (body: object) => {
    answer = { body: JSON.stringify(body) };
  };

  it("is asked by number, with wallet and units, and told when it is over", async () => {
    says({ conversion: CONVERSION, units: 200, answer: "DEBITED" });
    assert.equal(await company.debit(ASKED), "DEBITED");
    says({ conversion: CONVERSION, units: 200, answer: "REFUSED" });
    assert.equal(await company.debit(ASKED), "REFUSED");
    says({ conversion: CONVERSION, answer: "RELEASED" });
    await company.release(ASKED);
    const put = `PUT /mykey/conversions/${CONVERSION} {"wallet":"${ASKED.wallet}","units":200}`;
    assert.deepEqual(heard, [put, put, `DELETE /mykey/conversions/${CONVERSION} `]);
  });

  const wrong: readonly (readonly [what: string, () => void])[] = [
    ["another amount", () => says({ conversion: CONVERSION, units: 199, answer: "DEBITED" })],
    [
      "another conversion",
      () => says({ conversion: "0".repeat(32), units: 200, answer: "DEBITED" }),
    ],
    ["another word", () => says({ conversion: CONVERSION, units: 200, answer: "OK" })],
    ["less than an answer", () => says({ conversion: CONVERSION, answer: "DEBITED" })],
    ["more than an answer", () => says({ ...ASKED, answer: "DEBITED" })],
    [
      "what is no JSON",
      () => {
        answer = { body: "<html>" };
      },
    ],
    [
      "an error",
      () => {
        answer = { status: 500, body: "{}" };
      },
    ],
    [
      "a redirect",
      () => {
        answer = { status: 302, body: "" };
      },
    ],
    [
      "more than a megabyte",
      () => {
        answer = { body: "1".repeat(2_000_000) };
      },
    ],
  ];
  for (const [what, set] of wrong) {
    it(`has not answered when it says ${what}`, async () => {
      set();
      await assert.rejects(company.debit(ASKED), { code: "COMPANY_ANSWER_INVALID" });
      await assert.rejects(company.release(ASKED), { code: "COMPANY_ANSWER_INVALID" });
    });
  }

  it("has not answered when it is silent, or away", async () => {
    answer = { body: "", silent: true };
    await assert.rejects(company.debit(ASKED), { code: "COMPANY_UNREACHABLE" });
    const away = new CompanyOverHttp("http://127.0.0.1:1", 300);
    await assert.rejects(away.release(ASKED), { code: "COMPANY_UNREACHABLE" });
  });
});
