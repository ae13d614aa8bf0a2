import type { Command } from "commander";
import { expectNewFile, writeNewFile } from "../files.ts";
import { ELIGIBILITY, signedWordSchema } from "../services/questions.ts";
import { leafCommand, perform } from "./command.ts";
import {
  askByCard,
  type OfficeChoice,
  type WordChoice,
  withOfficeOptions,
  withWordOptions,
} from "./services-options.ts";

interface Options extends OfficeChoice, WordChoice {
  readonly out: string;
}

/** `services word`: the resident fetches a word for another system. */
export function servicesWordCommand(): Command {
  const command = leafCommand(
    "word",
    "利用資格の証明を受け取る（5分間有効） / Fetch a word, good for five minutes, that you may use a service",
    [
      "services word --facility library --service books --audience e-library --challenge 00…ff \\\n" +
        "      --office http://127.0.0.1:8203 --municipality 131164 --genesis genesis.json --out word.json",
    ],
  ).requiredOption("--out <file>", "where to write it, for the system that asked");
  withOfficeOptions(withWordOptions(command));
  return perform<Options>(command, async (output, options) => {
    const { facility, service, audience, challenge, out } = options;
    expectNewFile(out);
    const asked = { facility, service, audience, challenge };
    const { answer } = await askByCard(options, ELIGIBILITY, asked);
    writeNewFile(out, `${JSON.stringify(signedWordSchema.toJson(answer))}\n`, "secret");
    output.result({ file: out }, [
      `${out}: ${audience} に渡してください。5分間だけ、${audience} だけで使えます`,
      `${out}: give it to ${audience}; it is good there alone, for five minutes`,
    ]);
    return true;
  });
}
