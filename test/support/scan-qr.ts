/** Reads QR codes as a scanner does: from what is shown or printed, not from what made it. */
import decodeQr from "qr/decode.js";

/** Pixels of one module: what the decoder likes. */
const SCALE = 4;

/** The text of a code, module by module: true is dark. */
export function scanModules(modules: readonly (readonly boolean[])[]): string {
  const height = modules.length * SCALE;
  const width = (modules[0]?.length ?? 0) * SCALE;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isDark = modules[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] ?? false;
      if (isDark) data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return decodeQr({ data, width, height });
}

/** The modules of half blocks on a dark screen (client/qr.ts). */
export function modulesOfLines(lines: readonly string[]): boolean[][] {
  return lines.flatMap((line) => [
    [...line].map((block) => block === " " || block === "▄"),
    [...line].map((block) => block === " " || block === "▀"),
  ]);
}

/** The modules of an SVG whose path draws a square for each dark one: `M4 4h1v1H4Zm1 0h1v1H5Z…`. */
export function modulesOfSvg(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const modules = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  let [x, y] = [0, 0];
  for (const [, move, right, down] of svg.matchAll(/([Mm])(-?\d+) ?(-?\d+)h1v1/g)) {
    const isFromHere = move === "m";
    x = Number(right) + (isFromHere ? x : 0);
    y = Number(down) + (isFromHere ? y : 0);
    const row = modules[y];
    if (row !== undefined) row[x] = true;
  }
  return modules;
}
