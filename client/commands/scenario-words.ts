import type { Command } from "commander";
import { STEP_KINDS } from "../scenario/step-kinds.ts";
import { wordList } from "../scenario/word-list.ts";
import { leafCommand, perform } from "./command.ts";

/** `scenario words`: what may stand in a scenario. */
export function scenarioWordsCommand(): Command {
  const command = leafCommand("words", "List the words of scenarios", ["scenario words"]);
  return perform(command, (output) => {
    const words = STEP_KINDS.map((kind) => kind.words);
    output.result({ words }, [wordList().trimEnd()]);
    return true;
  });
}
