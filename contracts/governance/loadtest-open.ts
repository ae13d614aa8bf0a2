import { TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { record, uint } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { LOADTEST } from "../state/state-records.ts";

/** A test is announced, short and seldom: whoever pays meanwhile shares the nodes with it. */
const WINDOW_MS_MAX = 3_600_000;

/**
 * LOADTEST_OPEN: the hour in which terminals may send LOADTEST_PING (全国一斉同時アクセス試験). A later one takes
 * the place of an earlier, so that a test is put off or called off by announcing it again.
 */
export const loadtestOpen = defineTransaction({
  type: "LOADTEST_OPEN",
  since: 1,
  title: { ja: "一斉同時アクセス試験の告知", en: "Announce an access test" },
  summary: {
    ja: "全端末が価値のない取引を同時に送る試験の名称と時間帯（一時間以内）を定めます。",
    en: "Names a test in which all terminals send a transaction without value, and its hour.",
  },
  public: record({
    test: shortName,
    opensAtMs: uint(TIMESTAMP_MS_MAX),
    closesAtMs: uint(TIMESTAMP_MS_MAX),
  }),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["LOADTEST_WINDOW_INVALID"],
  keys: () => [LOADTEST],
  apply(view, { public: announced }, { timestampMs }) {
    const { opensAtMs, closesAtMs } = announced;
    const isAhead = opensAtMs < closesAtMs && timestampMs < closesAtMs;
    if (!isAhead || closesAtMs - opensAtMs > WINDOW_MS_MAX) return "LOADTEST_WINDOW_INVALID";
    view.put(LOADTEST, announced);
    return [];
  },
});
