/** Whose a key is: what a service has to know of those who ask it. All of it stands in public parts of transactions. */
import type { FastifyPluginAsync } from "fastify";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { KEY, MERCHANT, TERMINAL } from "../../contracts/state/state-records.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { identifier } from "../../ledger/membership.ts";
import { bytes } from "../../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../../ledger/signature.ts";
import type { NodeParts } from "../node-parts.ts";

const officerKeySchema = bytes(ED25519_KEY_SIZE_BYTES);

/** `GET /v1/terminals/:id`, `GET /v1/keys/:publicKey`. */
export function keyRoutes({ store }: NodeParts): FastifyPluginAsync {
  function read<T>(key: StateKey<T>): T {
    const stored = store.get(key.text);
    if (stored === undefined) throw new LedgerFault("NOT_FOUND");
    return key.space.decode(stored);
  }
  return async (api) => {
    api.get<{ Params: { id: string } }>(
      "/v1/terminals/:id",
      { schema: { summary: "A merchant's terminal, its key and its municipality" } },
      ({ params }) => {
        const terminal = read(TERMINAL.key(identifier.fromJson(params.id, "id")));
        const { issuer } = read(MERCHANT.key(terminal.merchant));
        return { ...(TERMINAL.schema.toJson(terminal) as object), issuer };
      },
    );

    api.get<{ Params: { publicKey: string } }>(
      "/v1/keys/:publicKey",
      { schema: { summary: "The organisation for which a key signs, and in which roles" } },
      ({ params: { publicKey } }) => {
        officerKeySchema.fromJson(publicKey, "publicKey");
        return KEY.schema.toJson(read(KEY.key(publicKey)));
      },
    );
  };
}
