/** How many terminals had their answer after which time, as an SVG: one line a node. */
import type { PingOutcome } from "./fire.ts";
import { outcomesAt } from "./summary.ts";

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { left: 60, right: 20, top: 60, bottom: 50 };
const COLOURS = ["#1f6feb", "#cf222e", "#1a7f37", "#9a6700", "#8250df", "#57606a", "#bf3989"];
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The plot. */
export function accessPlot(outcomes: readonly PingOutcome[]): string {
  const nodes = [...new Set(outcomes.map(({ node }) => node))].sort((a, b) => (a < b ? -1 : 1));
  const latencyMsMax = Math.max(1, ...outcomes.map(({ latencyMs }) => latencyMs));
  const x = (ms: number) =>
    MARGIN.left + (ms / latencyMsMax) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (share: number) =>
    HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
      `font-family="sans-serif" font-size="12">`,
    "<title>一斉同時アクセス試験 / Access test</title>",
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="14">一斉同時アクセス試験 / Access test: ${outcomes.length} 台 terminals</text>`,
    ...TICKS.flatMap((share) => [
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(share)}" y2="${y(share)}" stroke="#d0d7de"/>`,
      text(MARGIN.left - 8, y(share) + 4, `${share * 100} %`, "end"),
      text(x(share * latencyMsMax), y(0) + 18, `${Math.round(share * latencyMsMax)}`, "middle"),
    ]),
    text(WIDTH / 2, HEIGHT - 10, "一斉送信からの経過時間 / ms since all fired", "middle"),
    ...nodes.flatMap((node, i) => {
      const colour = COLOURS[i % COLOURS.length] ?? "#000";
      const points = stepsOf(outcomesAt(outcomes, node)).map(
        ([ms, share]) => `${x(ms).toFixed(1)},${y(share).toFixed(1)}`,
      );
      return [
        `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
        `<text x="${MARGIN.left + i * 190}" y="42" fill="${colour}">${node}</text>`,
      ];
    }),
    "</svg>",
    "",
  ].join("\n");
}

/** The share of terminals that were answered by each instant, ms. */
function stepsOf(outcomes: readonly PingOutcome[]): (readonly [number, number])[] {
  const answered = outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return [[0, 0], ...answered.map((ms, i) => [ms, (i + 1) / answered.length] as const)];
}

function text(x: number, y: number, content: string, anchor: "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
