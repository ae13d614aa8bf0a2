/** Runs an office's service until it is stopped. */
import type { AddressInfo } from "node:net";
import { errorReport } from "../error-report.ts";
import { interrupted } from "../network/interrupted.ts";
import { createOfficeApi, type Office } from "./office-api.ts";

/** Where a service listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Serves until Ctrl-C; every access and failure is a line of JSON. */
export async function serveOffice(
  office: Omit<Office, "onAccess" | "onFailure">,
  { host, port }: ListenAddress,
  write: (line: string) => void,
): Promise<void> {
  const stopped = interrupted();
  const say = (event: string, facts: object) => write(`${JSON.stringify({ event, ...facts })}\n`);
  const api = await createOfficeApi({
    ...office,
    onAccess: (access) => say("ACCESS", access),
    onFailure: (error) => say("FAILED", errorReport(error)),
  });
  await api.listen({ host, port });
  const { port: bound } = api.server.address() as AddressInfo;
  say("READY", { url: `http://${host}:${bound}` });
  await stopped;
  await api.close();
}
