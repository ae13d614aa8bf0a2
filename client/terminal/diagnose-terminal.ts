/** What a terminal says about itself: its folder, nodes and offices, the clock, the payment that may be under way. */
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { FaultText } from "../card/card-faults.ts";
import { ClientError } from "../client-fault.ts";
import { errorReport } from "../error-report.ts";
import { pingOffice } from "../office/office-client.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import type { Finding } from "./diagnose.ts";
import { askNetworkTime } from "./network-time.ts";
import { openTerminal, type Terminal } from "./terminal-folder.ts";

/** Beyond this the computer's clock is worth setting, ms; payments go by the nodes' time. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Looks at a terminal's folder, and the nodes and offices that it names. */
export async function diagnoseTerminal(directory: string): Promise<Finding[]> {
  let terminal: Terminal;
  try {
    terminal = openTerminal(directory);
  } catch (error) {
    return [wrong("TERMINAL", error)];
  }
  const { nameJa: ja, nameEn: en } = terminal.settings;
  const nodes = await Promise.all(terminal.nodes.map((node) => diagnoseNode(node, terminal)));
  const offices = await Promise.all(officesOf(terminal).map(diagnoseOffice));
  return [
    { check: "TERMINAL", ok: true, en, ja },
    ...nodes,
    ...offices,
    ...(nodes.some(({ ok }) => ok) ? [await diagnoseClock(terminal)] : []),
    diagnoseJournal(terminal),
  ];
}

async function diagnoseNode(node: LedgerClient, { genesis }: Terminal): Promise<Finding> {
  try {
    const { networkId, name } = await node.network();
    if (!equalBytes(networkId, networkIdOf(genesis))) {
      throw new ClientError("OTHER_NETWORK", { node: node.url, networkId: toHex(networkId) });
    }
    return right("NODE", { en: `${node.url}: ${name}`, ja: `${node.url}: ${name}` });
  } catch (error) {
    return wrong("NODE", error, `${node.url}: `);
  }
}

/** Addresses of the municipality's services; none where the terminal is for practice. */
function officesOf({ settings: { offices } }: Terminal): string[] {
  return offices.kind === "HTTP" ? [...offices.registrar, ...offices.verifier] : [];
}

async function diagnoseOffice(address: string): Promise<Finding> {
  try {
    await pingOffice(address);
    return right("OFFICE", { en: `${address}: answers`, ja: `${address}: 応答しています` });
  } catch (error) {
    return wrong("OFFICE", error, `${address}: `);
  }
}

async function diagnoseClock({ nodes }: Terminal): Promise<Finding> {
  const { ownAheadMs } = await askNetworkTime(nodes);
  const seconds = Math.round(ownAheadMs / 1000);
  if (Math.abs(ownAheadMs) <= CLOCK_TOLERANCE_MS) {
    return right("CLOCK", { en: "the clock is right", ja: "時計は合っています" });
  }
  const en = `the clock is off by ${seconds} s; payments go by the nodes' time, but set it`;
  const ja = `時計が${seconds}秒ずれています。支払いには影響しませんが、合わせてください`;
  return { check: "CLOCK", ok: false, en, ja };
}

function diagnoseJournal({ journal }: Terminal): Finding {
  try {
    if (journal.pending() === null) {
      return right("JOURNAL", { en: "every payment is decided", ja: "未確認の支払いはありません" });
    }
    const en = "a payment is not decided yet: `terminal run` finds out";
    return {
      check: "JOURNAL",
      ok: false,
      en,
      ja: "未確認の支払いが1件あります。起動すると確認します",
    };
  } catch (error) {
    return wrong("JOURNAL", error);
  }
}

function right(check: Finding["check"], { en, ja }: FaultText): Finding {
  return { check, ok: true, en, ja };
}

function wrong(check: Finding["check"], error: unknown, where = ""): Finding {
  const { code, detail, detailJa } = errorReport(error);
  return { check, ok: false, code, en: `${where}${detail}`, ja: `${where}${detailJa}` };
}
