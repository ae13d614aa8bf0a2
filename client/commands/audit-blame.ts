import { statSync } from "node:fs";
import type { Command } from "commander";
import { decodeProof, encodeProof } from "../../ledger/evidence.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { type BlameSource, blameSources } from "../audit/blame-sources.ts";
import { BundleDirectory } from "../audit/bundle-directory.ts";
import { culpritsOf } from "../audit/finding-words.ts";
import { expectNewFile, readDecoded, readGenesis, writeNewFile } from "../files.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";
import { proofReport } from "./proof-report.ts";

/** `audit blame`: from two sides that disagree to the node that lied. */
export function auditBlameCommand(): Command {
  const command = leafCommand(
    "blame",
    "Find out which node broke the protocol, from two nodes' bundles or evidence.\n" +
      "Exit code 0: a node is named and the proof holds. 1: nobody is named, or something is wrong.",
    [
      "audit blame bundle-a bundle-b --out proof.cbor",
      "audit blame bundle-a evidence.cbor --genesis local/genesis.json",
    ],
  )
    .argument("<first>", "a bundle, or a file of evidence")
    .argument("<second>", "another")
    .option("--out <file>", "where to write the proof; must not exist")
    .addOption(genesisOption());
  return perform<{ genesis?: string; out?: string }>(
    command,
    async (output, { genesis, out }, ...paths) => {
      if (out !== undefined) expectNewFile(out);
      const blamed = await blameSources(paths.map(sourceOf), {
        verify: verifySignature,
        ...(genesis === undefined ? {} : { trusted: readGenesis(genesis) }),
        onProgress: (height) => output.progress(`Reading: height ${height}`),
      });
      if (out !== undefined) writeNewFile(out, encodeProof(blamed.proof));
      const { value, lines } = proofReport(blamed.findings, blamed.genesis);
      const written = out === undefined ? [] : [`${out}: the proof / 証拠ファイル`];
      const { refused } = blamed;
      const left = refused === 0 ? [] : [`Evidence that does not hold was left out: ${refused}`];
      output.result({ ...value, refused, proof: out ?? null }, [...lines, ...left, ...written]);
      return culpritsOf(blamed.findings).length > 0;
    },
  );
}

function sourceOf(path: string): BlameSource {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isDirectory
    ? { bundle: new BundleDirectory(path) }
    : { proof: readDecoded(path, "evidence", decodeProof) };
}
