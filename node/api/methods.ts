/** Methods that an address does not take: 405 with the list of those that it takes (RFC 9110 section 15.5.6). */
import type { FastifyInstance, HTTPMethods } from "fastify";
import { LedgerFault } from "../../ledger/faults.ts";

const METHODS: readonly HTTPMethods[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
];

/** Notes the methods of each address. @returns what refuses the others, once all addresses are there. */
export function watchMethods(api: FastifyInstance): () => void {
  const taken = new Map<string, Set<string>>();
  api.addHook("onRoute", ({ url, method }) => {
    const methods = taken.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    taken.set(url, methods);
  });
  return () => {
    for (const [url, methods] of [...taken]) {
      const allow = [...methods].sort().join(", ");
      api.route({
        method: METHODS.filter((method) => !methods.has(method)),
        url,
        schema: { hide: true },
        // Before a body is read.
        onRequest: (_request, reply) => {
          reply.header("allow", allow);
          throw new LedgerFault("METHOD_NOT_ALLOWED", { allow });
        },
        handler: () => undefined,
      });
    }
  };
}
