/** The database of a node, layer on layer: writes gather, blocks lie in files of their own, LevelDB has the rest. */
import { type Database, openDatabase } from "./database.ts";
import { SegmentFolder } from "./segments.ts";
import { ValueLog } from "./value-log.ts";
import { SeparatingDatabase } from "./value-separation.ts";
import { GatheringDatabase } from "./write-gathering.ts";

/** Opens or makes the database of a data directory. @throws StorageError as `openDatabase`. */
export async function openNodeDatabase(directory: string): Promise<Database> {
  const database = await openDatabase(directory);
  try {
    const values = await ValueLog.open(await SegmentFolder.open(directory));
    return new GatheringDatabase(new SeparatingDatabase(database, values));
  } catch (error) {
    await database.close();
    throw error;
  }
}
