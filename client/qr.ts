/** QR codes (ISO/IEC 18004), for paper and for text screens. */
import encodeQr from "qr";

/** As SVG. Text of capitals, digits and `$%*+-./:` makes the smallest codes. A fold or a stain does no harm: level Q. */
export function qrSvg(text: string): string {
  return encodeQr(text, "svg", { ecc: "quartile", border: 4 });
}

/** As lines of half blocks, light on dark, for a text screen: level L, because a screen has no stains. */
export function qrLines(text: string): string[] {
  const modules = encodeQr(text, "raw", { ecc: "low", border: 2 });
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const [upper = [], lower = []] = [modules[y], modules[y + 1]];
    lines.push(upper.map((isDark, x) => halfBlock(isDark, lower[x] ?? false)).join(""));
  }
  return lines;
}

/** Dark modules are what the screen leaves dark. */
function halfBlock(isUpperDark: boolean, isLowerDark: boolean): string {
  if (isUpperDark) return isLowerDark ? " " : "▄";
  return isLowerDark ? "▀" : "█";
}
