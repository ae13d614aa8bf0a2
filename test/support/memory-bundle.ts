import { sequenceItem } from "../../client/audit/block-sequence.ts";
import {
  type Bundle,
  CERTIFICATE_FILE,
  chainFileAt,
  GENESIS_FILE,
} from "../../client/audit/bundle.ts";
import { encodeCertificate } from "../../ledger/block.ts";
import { concatBytes, utf8 } from "../../ledger/bytes.ts";
import { genesisText } from "../../ledger/genesis.ts";
import type { AuditChain } from "./audit-chain.ts";

/** A bundle whose files are in memory, to be changed by tests. */
export class MemoryBundle implements Bundle {
  readonly files: Map<string, Uint8Array>;

  constructor(files: Iterable<readonly [string, Uint8Array]>) {
    this.files = new Map(files);
  }

  /** The bundle of a chain. */
  static of({ chain }: AuditChain): MemoryBundle {
    const { genesis, blocks } = chain;
    const bundle = new MemoryBundle([
      [GENESIS_FILE, utf8(genesisText(genesis))],
      [CERTIFICATE_FILE, encodeCertificate(chain.certificate(blocks.length))],
    ]);
    for (let height = 0; height < blocks.length; ) {
      const { fileName, lastHeight } = chainFileAt(height + 1, blocks.length);
      const items = blocks.slice(height, lastHeight).map(({ bytes }) => sequenceItem(bytes));
      bundle.files.set(fileName, concatBytes(...items));
      height = lastHeight;
    }
    return bundle;
  }

  /** The same bundle with one file changed. */
  with(fileName: string, content: Uint8Array): MemoryBundle {
    return new MemoryBundle([...this.files, [fileName, content]]);
  }

  /** The same bundle with one file less. */
  without(fileName: string): MemoryBundle {
    return new MemoryBundle([...this.files].filter(([name]) => name !== fileName));
  }

  async fileNames(): Promise<readonly string[]> {
    return [...this.files.keys()];
  }

  async *read(fileName: string): AsyncGenerator<Uint8Array, void> {
    const content = this.files.get(fileName);
    if (content === undefined) throw new Error(`no file ${fileName}`);
    yield content;
  }
}
