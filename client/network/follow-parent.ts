/**
 * Loaded into a child before its own program (`--import`): stops the child, as a signal would, when the
 * parent is gone for whatever reason. The channel to the parent closes even when it was killed.
 */
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The listener alone would keep a child alive that has nothing left to do.
process.channel?.unref();
