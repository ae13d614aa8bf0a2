/** Ed25519 keys that their names alone decide: nothing in a scenario is worth guessing. */
import { utf8 } from "../../ledger/bytes.ts";
import { sha256 } from "../../ledger/hash.ts";
import { type Signer, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";

/** By name: deriving a key costs as much as ten signatures. */
const keys = new Map<string, Signer>();

/** The key of that name. */
export function keyNamed(name: string): Signer {
  const known = keys.get(name) ?? signerOfSeed(sha256(utf8(`scenario key ${name}`)));
  keys.set(name, known);
  return known;
}
