import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { desktopEntry } from "../../../client/terminal/desktop-entry.ts";

const SHOP = { nameJa: "ベーカリー", nameEn: "Bakery" };

function execOf(command: readonly string[]): string {
  const lines = desktopEntry({ shop: SHOP, command }).split("\n");
  return lines.find((line) => line.startsWith("Exec="))?.slice("Exec=".length) ?? "";
}

describe("a terminal's desktop entry", () => {
  it("names the shop in Japanese and English, and opens a text window", () => {
    const entry = desktopEntry({ shop: SHOP, command: ["node"] });
    assert.match(entry, /^\[Desktop Entry\]\nType=Application\n/);
    assert.match(entry, /\nName\[ja\]=ベーカリーの端末\n/);
    assert.match(entry, /\nTerminal=true\n/);
  });

  // The specification's own rules: quotes, then the escapes of a string.
  for (const { argument, exec } of [
    { argument: "/opt/bakery", exec: '"/opt/bakery"' },
    { argument: "/opt/my bakery", exec: '"/opt/my bakery"' },
    { argument: "100%", exec: '"100%%"' },
    { argument: "a$b", exec: String.raw`"a\\$b"` },
    { argument: 'a"b', exec: String.raw`"a\\"b"` },
    { argument: "a`b", exec: '"a\\\\`b"' },
    { argument: String.raw`a\b`, exec: String.raw`"a\\\\b"` },
  ]) {
    it(`passes ${argument} on as it is`, () => assert.equal(execOf([argument]), exec));
  }

  it("holds no line that a name brings along", () => {
    const shop = { nameJa: "店\nExec=rm", nameEn: "Shop" };
    assert.throws(() => desktopEntry({ shop, command: ["node"] }), RangeError);
  });
});
