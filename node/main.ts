/** A node's process: reads the configuration, starts the node, stops it on a signal. */
import { parseArgs } from "node:util";
import { type RunningNode, startNode } from "./compose.ts";
import { loadNodeConfig, type NodeConfig } from "./config.ts";
import { createLog, type NodeLog } from "./logger.ts";
import type { OwnKey } from "./own-key.ts";
import { StorageError } from "./storage/record.ts";

/** After this long a stop that hangs is ended: the log is safe, whatever was under way is repeated. */
const STOP_TIMEOUT_MS = 10_000;

await run(configFile());

/** The one word that a node's process takes. */
function configFile(): string {
  try {
    const { values } = parseArgs({ options: { config: { type: "string" } } });
    if (values.config !== undefined) return values.config;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  }
  process.stderr.write("usage: node dist/node/main.js --config FILE\n");
  process.exit(2);
}

async function run(file: string): Promise<void> {
  const config = readConfig(file);
  const log = createLog(config.logLevel, config.nodeNumber);
  let node: RunningNode | null = null;
  const start = async (key: OwnKey) => {
    const onFailure = (error: unknown) => fail(log, error);
    node = await startNode(config, log, { onFailure, onOtherKey }, key);
    log.info("NODE_READY", { apiUrl: node.apiUrl });
  };
  const restart = async (key: OwnKey) => {
    await node?.stop();
    await start(key);
  };
  const onOtherKey = (key: OwnKey) =>
    setImmediate(() => restart(key).catch((error) => fail(log, error)));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => stop(log, async () => node?.stop()));
  }
  await start("in force").catch((error) => fail(log, error));
}

function readConfig(file: string): NodeConfig {
  try {
    return loadNodeConfig(file);
  } catch (error) {
    process.stderr.write(`${file}: ${reasonOf(error)}\n`);
    process.exit(2);
  }
}

/** Errors with a code say in one sentence what is wrong; of all others the place is wanted. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error || error.stack === undefined ? error.message : error.stack;
}

/** The node cannot go on. What is on its disk is safe, and a restart may help. */
function fail(log: NodeLog, error: unknown): void {
  if (error instanceof StorageError) {
    log.error(error.code, { error: error.message, errorJa: error.messageJa });
  } else {
    log.error("NODE_FAILED", { error: reasonOf(error) });
  }
  process.exitCode = 1;
  setImmediate(() => process.exit());
}

function stop(log: NodeLog, stopNode: () => Promise<void>): void {
  log.info("NODE_STOPPING");
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  stopNode().then(
    () => {
      log.info("NODE_STOPPED");
      process.exit(0);
    },
    (error) => fail(log, error),
  );
}
