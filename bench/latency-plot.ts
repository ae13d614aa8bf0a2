/** Latency against load as an SVG: one line each for the median and the 99th percentile. */
import type { MeasuredStep } from "./measure-step.ts";

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 70, right: 20, top: 30, bottom: 50 };
const LINES = [
  { percentile: "p50", colour: "#1f6feb" },
  { percentile: "p99", colour: "#cf222e" },
] as const;

/** What the plot needs of a step. */
export type PlottedStep = Pick<MeasuredStep, "offeredPerS" | "latencyMs" | "isSustained">;

/** The plot. Latency is on a logarithmic scale; a step that was not sustained is a hollow point. */
export function latencyPlot(steps: readonly PlottedStep[]): string {
  const ordered = steps.toSorted((a, b) => a.offeredPerS - b.offeredPerS);
  const ratePerSMax = Math.max(...ordered.map(({ offeredPerS }) => offeredPerS));
  const latencies = ordered.flatMap(({ latencyMs: { p50, p99 } }) => [p50, p99]);
  const lowest = Math.floor(Math.log10(Math.min(...latencies)));
  const highest = Math.ceil(Math.log10(Math.max(...latencies)));
  const x = (ratePerS: number) =>
    MARGIN.left + (ratePerS / ratePerSMax) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (ms: number) =>
    HEIGHT -
    MARGIN.bottom -
    ((Math.log10(ms) - lowest) / (highest - lowest)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const decades = Array.from({ length: highest - lowest + 1 }, (_, i) => 10 ** (lowest + i));
  const rates = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * ratePerSMax));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
      `font-family="sans-serif" font-size="12">`,
    "<title>Latency against load</title>",
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...decades.map((ms) => gridLine(y(ms), `${ms} ms`)),
    ...rates.map((rate) => text(x(rate), HEIGHT - MARGIN.bottom + 18, `${rate}`, "middle")),
    text(WIDTH / 2, HEIGHT - 10, "payments offered per second", "middle"),
    ...LINES.flatMap(({ percentile, colour }, i) => {
      const points = ordered.map(({ offeredPerS, latencyMs, isSustained }) => ({
        at: `${x(offeredPerS).toFixed(1)},${y(latencyMs[percentile]).toFixed(1)}`,
        fill: isSustained ? colour : "#fff",
      }));
      return [
        `<polyline points="${points.map(({ at }) => at).join(" ")}" fill="none" stroke="${colour}"/>`,
        ...points.map(({ at, fill }) => {
          const [cx, cy] = at.split(",");
          return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${fill}" stroke="${colour}"/>`;
        }),
        `<text x="${MARGIN.left + 12 + i * 50}" y="18" fill="${colour}">${percentile}</text>`,
      ];
    }),
    "</svg>",
    "",
  ].join("\n");
}

function gridLine(y: number, label: string): string {
  return (
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}" stroke="#d0d7de"/>` +
    text(MARGIN.left - 8, y + 4, label, "end")
  );
}

function text(x: number, y: number, content: string, anchor: "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
