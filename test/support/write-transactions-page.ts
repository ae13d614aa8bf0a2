/** Writes docs/transactions.md: `node dist/test/support/write-transactions-page.js` after a build. */
import { writeFileSync } from "node:fs";
import { transactionsPage } from "./transactions-page.ts";

writeFileSync("docs/transactions.md", transactionsPage());
