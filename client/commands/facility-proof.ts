import type { Command } from "commander";
import { openFacility } from "../facility/facility-folder.ts";
import { encodeLinkProof } from "../facility/link-proof.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { leafCommand, perform } from "./command.ts";
import { type FacilityChoice, withMemberOptions } from "./facility-options.ts";
import { proveCard } from "./prove-card.ts";

/** `facility proof`: the member whose card is on the reader takes home what is held of him. */
export function facilityProofCommand(): Command {
  const command = leafCommand(
    "proof",
    "カードの本人に登録の証明を渡す / Give the member whose card is on the reader his proof",
    ["facility proof --dir hospital --out hanako.link"],
  ).requiredOption("--out <file>", "where to write it; it is the member's alone");
  withMemberOptions(command);
  return perform<FacilityChoice & { out: string }>(command, async (output, options) => {
    const { dir, out } = options;
    expectNewFile(out);
    const { register, anchors } = await openFacility(dir);
    const { certificate } = await proveCard(options, anchors);
    const proof = register.proofFor(register.byCard(certificate.publicKeyPkcs1));
    writeNewFile(out, encodeLinkProof(proof), "secret");
    output.result({ file: out }, [
      `${out}: 本人だけにお渡しください。だれでも台帳なしで確かめられます`,
      `${out}: for the member alone. Check it anywhere: mykey-ledger facility verify ${out} --genesis FILE`,
    ]);
    return true;
  });
}
