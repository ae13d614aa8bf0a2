// The scenarios of changes of membership: `simple`, `enter-joint` and `leave-joint`.
import {
  type ChangeResult,
  enterJoint,
  leaveJoint,
  simpleChange,
} from "../../consensus/changer.ts";
import { parseChanges } from "../../consensus/conf-change.ts";
import { describeChangeFault, formatConfState, formatProgress } from "../../consensus/describe.ts";
import { Tracker } from "../../consensus/tracker.ts";
import { type Case, firstValueOf } from "./scenario.ts";

/** The commands that these scenarios consist of. */
export const MEMBERSHIP_COMMANDS: readonly string[] = ["simple", "enter-joint", "leave-joint"];

/** One file's world: a membership that each case changes. */
export class MembershipScenario {
  readonly #tracker = new Tracker({ maxInflightMessages: 10, maxInflightBytes: Number.MAX_VALUE });
  /** The files take each case for one more entry in the log. */
  #lastIndex = 0;

  /** Carries out one case and answers what it prints. */
  run(testCase: Case): string {
    const lastIndex = this.#lastIndex;
    this.#lastIndex += 1;
    const result = this.#change(testCase);
    if (!result.ok) return `${describeChangeFault(result.fault)}\n`;
    this.#tracker.switchTo(result.confState, result.joined, lastIndex);
    const lines = [formatConfState(result.confState)];
    this.#tracker.visit((id, progress) => lines.push(`${id}: ${formatProgress(progress)}`));
    return `${lines.join("\n")}\n`;
  }

  #change(testCase: Case): ChangeResult {
    const current = this.#tracker.confState;
    const changes = parseChanges(testCase.input);
    switch (testCase.command) {
      case "enter-joint":
        return enterJoint(current, changes, firstValueOf(testCase, "autoleave") === "true");
      case "leave-joint":
        return leaveJoint(current);
      default:
        return simpleChange(current, changes);
    }
  }
}
