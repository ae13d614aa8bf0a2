/** What a self-diagnosis found, for people. */
import type { Finding } from "../terminal/diagnose.ts";

const NAMES: Readonly<Record<Finding["check"], string>> = {
  SERVICE: "サービス / service",
  READER: "カードリーダー / reader",
  CARD: "カード / card",
  CERTIFICATE: "証明書 / certificate",
  PIN: "暗証番号 / PIN",
  TERMINAL: "端末 / terminal",
  NODE: "ノード / node",
  OFFICE: "市区町村のサービス / municipal service",
  CLOCK: "時計 / clock",
  JOURNAL: "支払いの記録 / journal",
};

/** One line: what was looked at, and what to do. */
export function findingLine({ check, ok, reader, code, en, ja }: Finding): string {
  const where = reader === undefined ? "" : ` [${reader}]`;
  const what = code === undefined ? "" : `${code}: `;
  return `${ok ? "OK" : "NG"}  ${NAMES[check]}${where}: ${what}${ja} / ${en}`;
}
