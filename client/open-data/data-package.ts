/** What is in the files, for programs: a Data Package (https://datapackage.org) of the CSV tables. */
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { headingOf, type Table } from "../reports/table.ts";

/** The description, as JSON. @param of which network, and the date and height of its last block. */
export function dataPackageOf(
  tables: readonly Table[],
  of: { readonly network: string; readonly asOf: CivilDate; readonly height: number },
): object {
  return {
    name: "mykey-open-data",
    title: `${of.network}：公開データ / open data`,
    created: of.asOf,
    version: String(of.height),
    resources: tables.map(({ name, titleJa, titleEn, columns, rows }) => ({
      name,
      path: `${name}.csv`,
      title: `${titleJa} / ${titleEn}`,
      encoding: "utf-8",
      schema: {
        fields: columns.map((column, i) => ({
          name: headingOf(column),
          title: column.ja,
          // In data.json.
          description: column.name,
          type: rows.some((row) => typeof row[i] === "number") ? "number" : "string",
        })),
      },
    })),
  };
}
