/** Starts nodes so that they can be sampled. */
import { pathToFileURL } from "node:url";

/** Where a node leaves its profile, below the folder that it was given. */
export function profileFileName(pid: number): string {
  return `${pid}.cpuprofile`;
}

/** Starts nodes with the sampler loaded; nothing is sampled until they are asked. */
export async function samplingNodes<T>(directory: string, start: () => Promise<T>): Promise<T> {
  const sampler = new URL("./sampler.js", import.meta.url);
  sampler.searchParams.set("directory", pathToFileURL(directory).pathname);
  // biome-ignore lint/style/noProcessEnv: the one way to hand an option to nodes that others start
  const environment: { NODE_OPTIONS?: string | undefined } = process.env;
  const before = environment.NODE_OPTIONS;
  environment.NODE_OPTIONS = `${before ?? ""} --import=${sampler.href}`;
  try {
    return await start();
  } finally {
    if (before === undefined) delete environment.NODE_OPTIONS;
    else environment.NODE_OPTIONS = before;
  }
}
