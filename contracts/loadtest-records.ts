/** What access tests leave in the state: apart from value, and in no report. */
import { TIMESTAMP_MS_MAX } from "../ledger/limits.ts";
import { identifier } from "../ledger/membership.ts";
import { record, uint } from "../ledger/schema.ts";
import { keySpace } from "./key-space.ts";

/** The space of the one record of access tests. */
export const LOADTEST_SPACE = keySpace(
  "loadtest",
  "consortium",
  record({
    test: identifier,
    opensAtMs: uint(TIMESTAMP_MS_MAX),
    closesAtMs: uint(TIMESTAMP_MS_MAX),
  }),
);
/** The access test that is announced, or was the last: one record. */
export const LOADTEST = LOADTEST_SPACE.key("consortium");

/** The last access test in which a terminal took part. */
export const LOADTEST_PING = keySpace("loadtest-ping", "<terminal>", record({ test: identifier }));
