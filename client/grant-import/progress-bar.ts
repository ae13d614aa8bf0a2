/** How far something is, for `Output.progress`. */

const WIDTH = 30;

/** `[#####-----]  40 %  12/30`. */
export function progressBar(title: string, done: number, all: number): string {
  const share = all === 0 ? 1 : done / all;
  const bar = "#".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "-");
  return `${title} [${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${done}/${all}`;
}
