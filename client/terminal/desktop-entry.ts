/** What starts a shop's terminal with a double click: a Desktop Entry (freedesktop.org, version 1.5). */
import type { Shop } from "./screens.ts";

/** What is started. */
export interface Launch {
  readonly shop: Shop;
  /** Program and arguments; none holds a line break. */
  readonly command: readonly string[];
}

/** The text of the entry. @throws RangeError for a line break in a name or an argument. */
export function desktopEntry({ shop, command }: Launch): string {
  return `[Desktop Entry]
Type=Application
Version=1.5
Name=${stringOf(`${shop.nameEn}: MyKey terminal`)}
Name[ja]=${stringOf(`${shop.nameJa}の端末`)}
Comment=Take payments with points
Comment[ja]=ポイントの支払いを受け付けます
Exec=${stringOf(command.map(quoted).join(" "))}
Terminal=true
Categories=Office;
`;
}

/** Section "The Exec key": four characters are escaped in quotes, and a percent sign is doubled. */
function quoted(argument: string): string {
  const escaped = argument.replaceAll(/["`$\\]/g, "\\$&").replaceAll("%", "%%");
  return `"${escaped}"`;
}

/** Section "Possible value types": a string has its backslashes escaped, and stands on one line. */
function stringOf(text: string): string {
  if (/[\r\n]/.test(text)) throw new RangeError("a line break in a desktop entry");
  return text.replaceAll("\\", "\\\\");
}
