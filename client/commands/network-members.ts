import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import type { NetworkMembership } from "../sdk/answers.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { countUpTo, leafCommand, nodeOption, perform } from "./command.ts";

const ASK_EVERY_MS = 500;

/** `network members`: who runs the network, who shall, and what a change waits for. */
export function networkMembersCommand(): Command {
  const command = leafCommand("members", "Who runs the network, who shall, who governs", [
    "network members --node http://127.0.0.1:8101",
    "network members --wait 60 --node http://127.0.0.1:8101",
  ])
    .addOption(nodeOption())
    .option(
      "--wait <seconds>",
      "until a change under way is done, at most so long",
      countUpTo(3600),
      0,
    );
  return perform<{ node: readonly string[]; wait: number }>(
    command,
    async (output, { node, wait }) => {
      const nodes = node.map((url) => new LedgerClient(url));
      const ask = () => firstAnswer(nodes, (asked) => asked.membership());
      const deadlineMs = performance.now() + wait * 1000;
      let membership = await ask();
      while (membership.waiting !== null && performance.now() < deadlineMs) {
        output.progress(membership.waiting.en);
        await delay(ASK_EVERY_MS);
        membership = await ask();
      }
      output.result(membershipJson(membership), membershipLines(membership));
      const { waiting } = membership;
      if (waiting !== null && wait > 0) throw new ClientError("MEMBERSHIP_WAITS", { ...waiting });
      return true;
    },
  );
}

function membershipJson({ inForce, wished, ...rest }: NetworkMembership) {
  return { ...rest, inForce: inForce.map(withHexKey), wished: wished.map(withHexKey) };
}

function withHexKey<T extends { readonly publicKey: Uint8Array }>(node: T) {
  return { ...node, publicKey: toHex(node.publicKey) };
}

function membershipLines(membership: NetworkMembership): string[] {
  const { inForce, wished, nextNumber, governors, waiting, leader } = membership;
  const missing = wished.filter(({ number }) => !inForce.some((node) => node.number === number));
  const line = (node: NetworkMembership["wished"][number], state: string) =>
    `  ${String(node.number).padStart(3)}  ${node.role.padEnd(8)}${node.organisation}  ` +
    `${node.address}  ${state}`;
  return [
    "ノード / nodes",
    ...inForce.map((node) => {
      const isLeader = node.number === leader ? ", leader" : "";
      return line(node, `${node.connected ? "connected" : "NOT CONNECTED"}${isLeader}`);
    }),
    ...missing.map((node) => line(node, "not in yet")),
    `次の番号 / next number: ${nextNumber}`,
    `運営団体 / governing organisations: ${governors.organisations.join(", ")}; ` +
      `${governors.threshold} of ${governors.organisations.length} decide`,
    ...(waiting === null ? [] : [`変更中 / under way: ${waiting.ja}`, `  ${waiting.en}`]),
  ];
}
