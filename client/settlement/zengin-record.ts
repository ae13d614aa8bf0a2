/**
 * Records of a bank transfer file (全銀協 レコード・フォーマット, 総合振込, kind 21): 120 bytes each. `N` fields are digits, to the
 * right and filled with zeros; `C` fields are characters, to the left and filled with spaces.
 * Source: https://www.zenginkyo.or.jp/abstract/efforts/system/protocol/
 */
import { zenginBytes, zenginString } from "./zengin-text.ts";

/** Bytes of a record, without its line end. */
export const RECORD_SIZE_BYTES = 120;

type Field = readonly [name: string, kind: "N" | "C", size: number];

/** One kind of record: its fields in order. */
export type Layout = readonly Field[];

/** The values of a record, as texts without filling. */
export type Values<L extends Layout> = { readonly [F in L[number] as F[0]]: string };

/** Who pays, and when. */
export const HEADER = [
  ["recordType", "N", 1],
  ["transferKind", "N", 2],
  ["codeKind", "N", 1],
  ["clientCode", "N", 10],
  ["clientName", "C", 40],
  ["payDay", "N", 4],
  ["bankCode", "N", 4],
  ["bankName", "C", 15],
  ["branchCode", "N", 3],
  ["branchName", "C", 15],
  ["accountKind", "N", 1],
  ["accountNumber", "N", 7],
  ["unused", "C", 17],
] as const satisfies Layout;

/** One transfer. */
export const TRANSFER = [
  ["recordType", "N", 1],
  ["bankCode", "N", 4],
  ["bankName", "C", 15],
  ["branchCode", "N", 3],
  ["branchName", "C", 15],
  ["clearingHouse", "N", 4],
  ["accountKind", "N", 1],
  ["accountNumber", "N", 7],
  ["holderName", "C", 30],
  ["amountYen", "N", 10],
  ["newCode", "N", 1],
  ["customerCode1", "N", 10],
  ["customerCode2", "N", 10],
  ["transferClass", "N", 1],
  ["ediMark", "C", 1],
  ["unused", "C", 7],
] as const satisfies Layout;

/** How many transfers there are, and their sum. */
export const TRAILER = [
  ["recordType", "N", 1],
  ["transfers", "N", 6],
  ["totalYen", "N", 12],
  ["unused", "C", 101],
] as const satisfies Layout;

/** The end of the file. */
export const END = [
  ["recordType", "N", 1],
  ["unused", "C", 119],
] as const satisfies Layout;

/** The bytes of a record. @throws RangeError for a value that its field cannot hold. */
export function encodeRecord<const L extends Layout>(layout: L, values: Values<L>): Uint8Array {
  const byName: { readonly [name: string]: string } = values;
  const text = layout.map(([name, kind, size]) => filled(byName[name] ?? "", { name, kind, size }));
  return zenginBytes(text.join(""));
}

/** The values of a record. @throws RangeError when the bytes are no such record. */
export function decodeRecord<const L extends Layout>(layout: L, bytes: Uint8Array): Values<L> {
  if (bytes.length !== RECORD_SIZE_BYTES)
    throw new RangeError(`a record has ${bytes.length} bytes`);
  const text = zenginString(bytes);
  let at = 0;
  const values = layout.map(([name, kind, size]) => {
    const field = text.slice(at, at + size);
    at += size;
    if (kind === "N" && !/^[0-9]+$/.test(field)) throw new RangeError(`${name} is not a number`);
    return [name, kind === "N" ? field : field.trimEnd()];
  });
  return Object.fromEntries(values) as Values<L>;
}

function filled(
  value: string,
  { name, kind, size }: { readonly name: string; readonly kind: "N" | "C"; readonly size: number },
): string {
  if (value.length > size) throw new RangeError(`${name} has room for ${size}, not for ${value}`);
  if (kind === "N" && !/^[0-9]*$/.test(value)) throw new RangeError(`${name} takes digits alone`);
  return kind === "N" ? value.padStart(size, "0") : value.padEnd(size);
}
