/** What organisations decided, with all who signed it: the auditor's list of manual acts. */
import { ACCEPTED } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { AuditedBlock } from "../audit/chain-auditor.ts";
import type { Cell, Table } from "./table.ts";

/** Digits of a key that people compare. */
const KEY_DIGITS = 16;

/** Collects the accepted transactions of organisations. Residents' are not listed: nobody is to be followed. */
export class Journal {
  readonly #rows: Cell[][] = [];

  /** Takes the next block. */
  add({ height, date, transactions, results }: AuditedBlock): void {
    for (const [i, { content, declaration }] of transactions.entries()) {
      if (results[i] !== ACCEPTED || declaration.validity !== "organisation") continue;
      const signers = content.auth.map(({ publicKey }) => toHex(publicKey).slice(0, KEY_DIGITS));
      const { type, title } = declaration;
      this.#rows.push([height, date, type, title.ja, content.id, signers.join(" ")]);
    }
  }

  /** The table. */
  table(): Table {
    return {
      name: "journal",
      titleJa: "団体の取引と署名者",
      titleEn: "Acts of organisations and who signed them",
      columns: [
        { name: "height", ja: "ブロック" },
        { name: "date", ja: "日" },
        { name: "type", ja: "種類" },
        { name: "titleJa", ja: "名称" },
        { name: "id", ja: "番号" },
        { name: "signerKeys", ja: "署名者の鍵" },
      ],
      rows: this.#rows,
    };
  }
}
