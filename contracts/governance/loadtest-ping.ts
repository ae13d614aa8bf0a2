import { equalBytes } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, signingKey, TERMINAL_DEVICE } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { LOADTEST, LOADTEST_PING, TERMINAL } from "../state/state-records.ts";

/**
 * LOADTEST_PING: a terminal takes part in an access test. It goes the way of a payment (signed, ordered, executed,
 * written) and moves nothing. A terminal has one in each test, so a test costs the network no more than a
 * payment for each terminal; nodes refuse others at the door (node/ping-guard.ts).
 */
export const loadtestPing = defineTransaction({
  type: "LOADTEST_PING",
  since: 1,
  title: { ja: "一斉同時アクセス試験の送信", en: "Take part in an access test" },
  summary: {
    ja: "端末が試験のために送る、価値のない取引です。ポイントにも報告にも影響しません。",
    en: "What a terminal sends in an access test. It has no value and is in no report.",
  },
  public: record({}),
  private: record({ test: shortName, terminal: shortName }),
  validity: "card",
  signers: [TERMINAL_DEVICE],
  faults: [
    "LOADTEST_CLOSED",
    "UNKNOWN_TERMINAL",
    "TERMINAL_REVOKED",
    "SIGNER_NOT_AUTHORISED",
    "LOADTEST_REPEATED",
  ],
  keys: ({ private: { terminal } }) => [
    LOADTEST,
    TERMINAL.key(terminal),
    LOADTEST_PING.key(terminal),
  ],
  apply(view, content, { timestampMs }) {
    const { test, terminal: id } = content.private;
    const open = view.get(LOADTEST);
    const isOpen = open !== null && open.opensAtMs <= timestampMs && timestampMs < open.closesAtMs;
    if (!isOpen || open.test !== test) return "LOADTEST_CLOSED";

    const terminal = view.get(TERMINAL.key(id));
    if (terminal === null) return "UNKNOWN_TERMINAL";
    if (terminal.status !== "ACTIVE") return "TERMINAL_REVOKED";
    if (!equalBytes(terminal.publicKey, signingKey(content, "terminal"))) {
      return "SIGNER_NOT_AUTHORISED";
    }
    const pingKey = LOADTEST_PING.key(id);
    if (view.get(pingKey)?.test === test) return "LOADTEST_REPEATED";
    view.put(pingKey, { test });
    return [];
  },
});
