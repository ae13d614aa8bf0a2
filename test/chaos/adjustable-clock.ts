/**
 * Loaded into a node before its own program (`--import`): its clock is off by as much as the parent says
 * over the channel, from then on. Only the date is; timers go on as a computer's do when its date is set.
 */
const trueNowMs = Date.now;
let offsetMs = 0;
Date.now = () => trueNowMs() + offsetMs;
process.on("message", (message) => {
  const { clockOffsetMs } = message as { readonly clockOffsetMs?: unknown };
  if (typeof clockOffsetMs === "number") offsetMs = clockOffsetMs;
});
// The listener alone would keep a child alive that has nothing left to do.
process.channel?.unref();
