import assert from "node:assert/strict";
import { Script } from "node:vm";
import { describe, it } from "mocha";
import { livePage } from "../../../node/api/live-page.ts";

const page = livePage();
const style = between("<style>", "</style>");
const script = between('<script type="module">', "</script>");
const markup = page.replace(style, "").replace(script, "");

function between(opening: string, closing: string): string {
  const [, inside] = page.split(opening);
  assert.ok(inside !== undefined, `the page has no ${opening}`);
  return inside.slice(0, inside.indexOf(closing));
}

/** The first group of every match; a pattern that finds nothing would prove nothing. */
function everyMatch(text: string, pattern: RegExp): string[] {
  const found = [...text.matchAll(pattern)].map((match) => match[1] ?? "");
  assert.notEqual(found.length, 0, `${pattern} finds nothing`);
  return found;
}

describe("live page: one file that needs nothing else", () => {
  it("links to this node only", () => {
    for (const target of everyMatch(markup, /\b(?:href|src|action)="([^"]*)"/g)) {
      assert.match(target, /^(\/(?!\/)|data:,$)/);
    }
    for (const path of everyMatch(script, /\b(?:ask|EventSource)\(["`]([^"`]*)/g)) {
      assert.match(path, /^\/v1\//);
    }
  });

  it("names no address outside and loads no style, font or script", () => {
    assert.doesNotMatch(page, /https?:|wss?:|["'(]\/\/|@import|url\(|rel="stylesheet"|<script src/);
    assert.doesNotMatch(script, /^\s*import\b|\bimport\(/m);
  });

  it("has a script that compiles", () => {
    assert.doesNotThrow(() => new Script(`async () => {${script}}`));
  });

  it("lets what comes from the API in as text only", () => {
    assert.doesNotMatch(
      script,
      /innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|DOMParser|\beval\b|Function\(/,
    );
  });

  it("asks the document only for what is there", () => {
    const ids = new Set(everyMatch(markup, /\bid="([^"]+)"/g));
    const wanted = [
      ...everyMatch(script, /\b(?:byId|addEntry|addHash|setRows)\("([^"]+)"/g),
      ...everyMatch(markup, /\baria-labelledby="([^"]+)"/g),
    ];
    assert.deepEqual(
      wanted.filter((id) => !ids.has(id)),
      [],
    );
  });
});

describe("live page: two languages", () => {
  const isBlank = (text: string | undefined) => (text ?? "").trim() === "";

  it("is Japanese, and says so", () => {
    assert.match(markup, /<html lang="ja">/);
  });

  it("has the English beside each Japanese text", () => {
    const spans =
      /<span lang="ja">((?:(?!<span)[\s\S])*?)<\/span>\s*<span lang="en">(.*?)<\/span>/g;
    const pairs = [...markup.matchAll(spans)];
    assert.equal(pairs.length, everyMatch(markup, /<span (lang="ja")/g).length);
    assert.equal(pairs.length, everyMatch(markup, /<span (lang="en")/g).length);
    for (const [whole, ja, en] of pairs) assert.equal(isBlank(ja), isBlank(en), whole);
  });

  it("has no text in the document outside such a pair, but names and paths", () => {
    const body = markup.slice(markup.indexOf("<body>"));
    const rest = body
      .replace(/<(span lang=|strong|code|script)[\s\S]*?<\/(span|strong|code|script)>/g, "")
      .replace(/<[^>]+>/g, "")
      .replaceAll(/[\s…]/g, "");
    assert.equal(rest, "");
  });

  it("has both languages in each text of the script", () => {
    const languages = everyMatch(script, /\b(ja|en):/g);
    assert.deepEqual(
      languages,
      languages.map((_, i) => (i % 2 === 0 ? "ja" : "en")),
    );
  });
});

describe("live page: everybody can read it", () => {
  it("has no letters smaller than 12 pt", () => {
    const sizes = everyMatch(style, /font-size:\s*([^;]+);/g);
    for (const size of sizes) {
      const [, figure, unit] = /^([\d.]+)(rem|pt)$/.exec(size) ?? [];
      assert.ok(Number(figure) >= (unit === "pt" ? 12 : 1), `font-size: ${size}`);
    }
    // 1 rem is 12 pt as long as the root keeps the size that its reader has chosen.
    assert.doesNotMatch(style, /(?:^|\})\s*(?:html|:root)[^{]*\{[^}]*font/);
    assert.doesNotMatch(markup, /<(small|sub|sup|h[3-6])\b|style="/);
    for (const shorthand of everyMatch(style, /\bfont:\s*([^;]+);/g)) {
      assert.equal(shorthand, "inherit");
    }
  });

  for (const [scheme, palette] of [
    ["light", style.slice(0, style.indexOf("@media"))],
    ["dark", style.slice(style.indexOf("prefers-color-scheme: dark"))],
  ] as const) {
    it(`keeps the contrast of WCAG 2.2 AA in the ${scheme} colours`, () => {
      for (const surface of ["paper", "surface"]) {
        for (const text of ["ink", "muted", "accent", "good", "bad"]) {
          assertContrast(palette, text, surface, 4.5);
        }
        assertContrast(palette, "edge", surface, 3);
      }
      for (const tone of ["good", "note", "bad"]) {
        assertContrast(palette, tone, `${tone}-surface`, 4.5);
        assertContrast(palette, "ink", `${tone}-surface`, 4.5);
      }
    });
  }

  it("tells changes politely, and names its tables and regions", () => {
    assert.deepEqual(everyMatch(markup, /id="(\w+)" role="status"/g), ["banner", "announcement"]);
    assert.doesNotMatch(page, /assertive|role="alert"/);
    const tables = everyMatch(markup, /<table id="(\w+)">\s*<caption/g);
    assert.equal(tables.length, everyMatch(markup, /<(table)\b/g).length);
    for (const region of everyMatch(markup, /<((?:section|nav)[^>]*)>/g)) {
      assert.match(region, /aria-labelledby=/);
    }
  });

  it("moves only for those who have not asked for calm", () => {
    const outside = style.replace(
      /@media \(prefers-reduced-motion: no-preference\) \{[\s\S]*?\n\}/,
      "",
    );
    assert.notEqual(outside, style);
    assert.doesNotMatch(outside, /transition|animation|@keyframes/);
  });
});

/** Contrast ratio of two colours of the palette: WCAG 2.2, success criterion 1.4.3. */
function assertContrast(palette: string, text: string, surface: string, least: number) {
  const [a, b] = [luminance(palette, text), luminance(palette, surface)];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  assert.ok(ratio >= least, `${text} on ${surface}: ${ratio.toFixed(2)}`);
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(palette: string, name: string): number {
  const [hex = ""] = everyMatch(palette, new RegExp(`--${name}: #([0-9a-f]{6});`, "g"));
  const [red = 0, green = 0, blue = 0] = [0, 2, 4]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
