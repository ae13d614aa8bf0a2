import type { Command } from "commander";
import { decodeProof } from "../../ledger/evidence.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { verifyProof } from "../../ledger/verify-evidence.ts";
import { culpritsOf } from "../audit/finding-words.ts";
import { readDecoded, readGenesis } from "../files.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";
import { proofReport } from "./proof-report.ts";

/** `audit verify-proof`: checks a proof of misbehaviour offline, with the genesis alone. */
export function auditVerifyProofCommand(): Command {
  const command = leafCommand(
    "verify-proof",
    "Check a proof against a node offline, with the genesis alone.\n" +
      "Exit code 0: the proof holds and names a node. 1: it does not.",
    ["audit verify-proof proof.cbor --genesis local/genesis.json"],
  )
    .argument("<file>", "the proof")
    .addOption(genesisOption().makeOptionMandatory());
  return perform<{ genesis: string }>(command, (output, options, file = "") => {
    const genesis = readGenesis(options.genesis);
    const proof = readDecoded(file, "a proof", decodeProof);
    const findings = verifyProof(proof, genesis, verifySignature);
    const { value, lines } = proofReport(findings, genesis);
    output.result(value, lines);
    return culpritsOf(findings).length > 0;
  });
}
