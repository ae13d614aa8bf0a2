/** Structured logs: a level, a code that programs can match, and facts. Never personal data. */
import { pino } from "pino";

/** Facts of one line. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** Writes one JSON line: `{ level, time, code, …facts }`. */
export interface NodeLog {
  debug(code: string, facts?: LogFacts): void;
  info(code: string, facts?: LogFacts): void;
  warn(code: string, facts?: LogFacts): void;
  error(code: string, facts?: LogFacts): void;
}

/** The log of one node, on standard output. */
export function createLog(level: string, node: number): NodeLog {
  const logger = pino({ level, base: { node } });
  return {
    debug: (code, facts) => logger.debug({ code, ...facts }),
    info: (code, facts) => logger.info({ code, ...facts }),
    warn: (code, facts) => logger.warn({ code, ...facts }),
    error: (code, facts) => logger.error({ code, ...facts }),
  };
}
