#!/usr/bin/env node
// The command `mykey-ledger`. Prepares a fresh checkout first. Plain JavaScript, because it runs before
// anything is compiled.
import { existsSync } from "node:fs";

const compiled = new URL("../dist/client/main.js", import.meta.url);
if (!existsSync(compiled)) await import("../prepare.mjs");
await import(compiled.href);
