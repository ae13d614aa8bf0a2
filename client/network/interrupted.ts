/** Ctrl-C and its relatives as a promise. */

/** Resolves when this process is asked to stop. A second request stops it at once, as usual. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
