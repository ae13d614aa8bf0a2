import type { Command } from "commander";
import { linkRootCommit } from "../../contracts/services/link-root-commit.ts";
import { toHex } from "../../ledger/bytes.ts";
import { resultText } from "../error-report.ts";
import { openFacility } from "../facility/facility-folder.ts";
import { leafCommand, perform } from "./command.ts";
import { facilityOption } from "./facility-options.ts";
import { OfficeDesk } from "./municipal-offices.ts";

/** `facility commit`: the root over all members goes to the ledger. */
export function facilityCommitCommand(): Command {
  const command = leafCommand(
    "commit",
    "名簿全体の要約を台帳に記録する / Put the root over all members on the ledger",
    ["facility commit --dir hospital --key clerk.key"],
  )
    .addOption(facilityOption())
    .requiredOption("--key <file>", "the municipality's key: role clerk");
  return perform<{ dir: string; key: string }>(command, async (output, { dir, key }) => {
    const { settings, genesisFile, register } = await openFacility(dir);
    const { municipality, facility, service, nodes: node } = settings;
    const desk = await OfficeDesk.open({ node, genesis: genesisFile });
    const prepared = register.prepareRoot();
    const root = toHex(prepared.root);
    const draft = {
      type: linkRootCommit.type,
      public: { municipality, facility, service, root },
      private: null,
    };
    // Killed before the receipt is kept: the next call commits to another root, which takes this one's place.
    const { ok, result, height, receipt } = await desk.submit(draft, key);
    if (ok) register.committed(prepared, receipt);
    output.result({ ok, result, height, root }, [
      ok ? `記録しました / committed: ${root}` : resultText(result),
      ...(ok
        ? [`証明を渡す / give proofs: mykey-ledger facility proof --dir ${dir} --out FILE`]
        : []),
    ]);
    return ok;
  });
}
