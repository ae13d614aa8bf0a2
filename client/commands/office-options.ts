/** Options of the services that an office runs. */
import { type Command, InvalidArgumentError } from "commander";
import type { ListenAddress } from "../office/serve-office.ts";

/** Adds `--listen HOST:PORT`. */
export function withListenOption(command: Command, port: number): Command {
  return command.option(
    "--listen <address>",
    "where it listens; what comes from outside goes through a proxy with TLS",
    parseAddress,
    { host: "127.0.0.1", port },
  );
}

function parseAddress(text: string): ListenAddress {
  const parts = /^([A-Za-z0-9.-]+|\[[0-9a-f:]+\]):([0-9]{1,5})$/.exec(text);
  const port = Number(parts?.[2]);
  if (parts === null || port > 65_535) throw new InvalidArgumentError("It must be host:port.");
  return { host: (parts[1] ?? "").replace(/^\[|\]$/g, ""), port };
}
