/** Outcomes as a CSV file: one line a terminal, what offices send in and spreadsheets read (RFC 4180). */
import type { PingOutcome } from "./fire.ts";

const HEADER = "terminal,node,result,latency_ms,sent,height";
/** No field holds a comma or a quote: names are identifiers, addresses have neither. */
const LINE = /^([^,"]+),([^,"]+),([A-Z][A-Z_]*),(\d+),(\d+),(\d*)$/;

/** The file's text. */
export function outcomesToCsv(outcomes: readonly PingOutcome[]): string {
  const lines = outcomes.map(({ terminal, node, result, latencyMs, sent, height }) =>
    [terminal, node, result, Math.round(latencyMs), sent, height ?? ""].join(","),
  );
  return `${[HEADER, ...lines].join("\r\n")}\r\n`;
}

/** The outcomes in a file's text. @throws Error that names the line which is none. */
export function outcomesFromCsv(text: string): PingOutcome[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  if (header !== HEADER) throw new Error(`line 1: not "${HEADER}"`);
  if (lines.length === 0) throw new Error("line 2: no outcome");
  return lines.map((line, i) => {
    const [, terminal, node, result, latencyMs, sent, height] = LINE.exec(line) ?? [];
    if (terminal === undefined || node === undefined || result === undefined) {
      throw new Error(`line ${i + 2}: not an outcome`);
    }
    return {
      terminal,
      node,
      result,
      latencyMs: Number(latencyMs),
      sent: Number(sent),
      height: height === "" ? null : Number(height),
    };
  });
}
