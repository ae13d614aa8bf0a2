/**
 * Registrar and verifier of one municipality, in one file store: who is behind a pseudonym is known here
 * and nowhere else. For local networks; a city runs its own service with the same two answers.
 */
import { createHmac } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
