import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { newSeed, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { keyFileText, writeNewFile } from "../files.ts";
import { TerminalKey } from "../terminal/terminal-key.ts";
import { leafCommand, perform } from "./command.ts";

/** `key create`: a key of a node, an officer or a terminal, made where it will be used. */
export function keyCreateCommand(): Command {
  const command = leafCommand("create", "Make a key where it will be used; show its public half", [
    "key create --out node.key",
    "key create --terminal --out till.pem",
  ])
    .requiredOption("--out <file>", "where the secret is kept; nothing is overwritten")
    .option("--terminal", "an RSA key of a merchant's terminal instead of Ed25519");
  return perform<{ out: string; terminal?: true }>(command, async (output, { out, terminal }) => {
    const publicKey = terminal === true ? await makeTerminalKey(out) : makeSigningKey(out);
    const hex = toHex(publicKey);
    output.result({ file: out, publicKey: hex }, [`${out}: public key ${hex}`]);
    return true;
  });
}

function makeSigningKey(file: string): Uint8Array {
  const seed = newSeed();
  writeNewFile(file, keyFileText(seed), "secret");
  return signerOfSeed(seed).publicKey;
}

async function makeTerminalKey(file: string): Promise<Uint8Array> {
  const key = await TerminalKey.generate();
  writeNewFile(file, key.toPem(), "secret");
  return key.publicKey;
}
