/** Opens a node's data directory; a database that is beyond repair is set aside and fetched again. */
import { mkdirSync } from "node:fs";
import type { NodeLog } from "./logger.ts";
import { type OpenChainParts, type OpenedChain, openChain } from "./open-chain.ts";
import { openNodeDatabase } from "./storage/node-database.ts";
import { StorageError } from "./storage/record.ts";
import { setAside } from "./storage/set-aside.ts";

/** What an operator reads when all blocks are fetched again. */
const SET_ASIDE =
  "the database on this node's disk was damaged: it is kept aside, and all blocks are fetched again";

/** What is needed beside the database that this opens. */
export interface OpenDirectoryParts {
  readonly directory: string;
  readonly chain: Omit<OpenChainParts, "database" | "notice">;
  readonly log: NodeLog;
}

/** An opened directory; close it at the end. */
export interface OpenedDirectory {
  readonly opened: OpenedChain;
  readonly close: () => Promise<void>;
}

/** Opens or makes a data directory. @throws StorageError saying in one sentence what is wrong with it. */
export async function openDirectory(parts: OpenDirectoryParts): Promise<OpenedDirectory> {
  const { directory, log, chain } = parts;
  mkdirSync(directory, { recursive: true });
  try {
    return await openOnce(parts);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "DATABASE_DAMAGED") throw error;
    if (chain.genesis.members.filter(({ role }) => role === "voter").length === 1) {
      const what = "the database is damaged, and no other voter has the blocks";
      throw StorageError.lost("LOG_DAMAGED", what, { cause: error });
    }
    const folder = await setAside(directory);
    log.warn("DATABASE_SET_ASIDE", { folder, text: SET_ASIDE, reason: error.message });
    return openOnce(parts);
  }
}

async function openOnce({ directory, chain, log }: OpenDirectoryParts): Promise<OpenedDirectory> {
  const database = await openNodeDatabase(directory);
  const notice: OpenChainParts["notice"] = (code, facts) => log.warn(code, facts);
  try {
    const opened = await openChain({ ...chain, database, notice });
    return { opened, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}
