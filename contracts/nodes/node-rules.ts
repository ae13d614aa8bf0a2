/** What the rules about nodes share: the wish as it stands, and what a newcomer must be. */
import { MEMBERS_MAX } from "../../ledger/limits.ts";
import type { View } from "../declaration.ts";
import { isUsedKey } from "../governance/public-keys.ts";
import { WISHED_NODES } from "../state/state-records.ts";
import type { Wish, WishedNode } from "./wish.ts";

/** The wish before the rule changes it. */
export function wishOf(view: View): Wish {
  const wish = view.get(WISHED_NODES);
  if (wish === null) throw new Error(`the state has no ${WISHED_NODES.text}`);
  return wish;
}

/** The node of that number, or undefined. */
export function wishedNode({ members }: Wish, number: number): WishedNode | undefined {
  return members.find((node) => node.number === number);
}

/** The nodes with one of them changed. */
export function withNode({ members }: Wish, changed: WishedNode): WishedNode[] {
  return members.map((node) => (node.number === changed.number ? changed : node));
}

/** Whether somebody is left who decides. */
export function hasVoter(members: readonly WishedNode[]): boolean {
  return members.some(({ role }) => role === "voter");
}

/**
 * Why no node of that number and key can come in, or null. Numbers are given one after the other, so that
 * none is given twice and none is lost by a slip of the pen. One place stays free: a node that replaces
 * another comes in before the other goes.
 */
export function newcomerFault(
  view: View,
  { number, publicKey }: Pick<WishedNode, "number" | "publicKey">,
): "LIMIT_EXCEEDED" | "NODE_NUMBER_MISMATCH" | "KEY_USED" | null {
  const { members, lastNumber } = wishOf(view);
  if (members.length >= MEMBERS_MAX - 1) return "LIMIT_EXCEEDED";
  if (number !== lastNumber + 1) return "NODE_NUMBER_MISMATCH";
  return isUsedKey(view, publicKey) ? "KEY_USED" : null;
}
