/** What facilities offer, and whether a pseudonym is linked to it: for offices that know whose pseudonym it is. */
import type { FastifyPluginAsync } from "fastify";
import { FACILITY, LINK, SERVICE } from "../../contracts/services/service.ts";
import type { KeySpace, StateKey } from "../../contracts/state/key-space.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { identifier } from "../../ledger/membership.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import type { NodeParts } from "../node-parts.ts";

/** Facilities of a network that are looked through: more than a prefecture has. */
const FACILITIES_MAX = 20_000;
/** Services in one answer. */
const SERVICES_MAX = 2000;
/** Links in one question: its line stays below 4 KiB. */
const LINKS_AT_ONCE_MAX = 50;

const handle = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;

/** `GET /v1/facilities/:id`, `GET /v1/services/:municipality`, `GET /v1/links?handle=…&handle=…`. */
export function serviceRoutes({ store }: NodeParts): FastifyPluginAsync {
  function read<T>({ space, text }: StateKey<T>): T | null {
    const stored = store.get(text);
    return stored === undefined ? null : space.decode(stored);
  }
  async function* all<T>(space: KeySpace<T>, under: string, max: number) {
    const head = `${space.name}/`;
    for await (const [key, stored] of store.startingWith(`${head}${under}`, max)) {
      yield { id: key.slice(head.length), value: space.decode(stored) };
    }
  }
  return async (api) => {
    api.get<{ Params: { id: string } }>(
      "/v1/facilities/:id",
      { schema: { summary: "A facility and its municipality" } },
      ({ params }) => {
        const facility = read(FACILITY.key(identifier.fromJson(params.id, "id")));
        if (facility === null) throw new LedgerFault("NOT_FOUND");
        return FACILITY.schema.toJson(facility);
      },
    );

    api.get<{ Params: { municipality: string } }>(
      "/v1/services/:municipality",
      {
        schema: {
          summary: "What the facilities of a municipality offer",
          params: {
            type: "object",
            properties: { municipality: { type: "string", pattern: "^[0-9]{6}$" } },
          },
        },
      },
      async ({ params: { municipality } }) => {
        const services: JsonValue[] = [];
        for await (const facility of all(FACILITY, "", FACILITIES_MAX)) {
          if (facility.value.municipality !== municipality) continue;
          const { nameJa: facilityNameJa, nameEn: facilityNameEn } = facility.value;
          const left = SERVICES_MAX - services.length;
          for await (const { id, value } of all(SERVICE, `${facility.id}/`, left)) {
            const service = id.slice(facility.id.length + 1);
            const { nameJa, nameEn, category, sensitive } = value;
            const names = { facilityNameJa, facilityNameEn, nameJa, nameEn };
            services.push({ facility: facility.id, service, ...names, category, sensitive });
          }
        }
        return { services };
      },
    );

    api.get<{ Querystring: { handle: readonly string[] } }>(
      "/v1/links",
      {
        schema: {
          summary: "Those of some links that there are, by their pseudonyms",
          querystring: {
            type: "object",
            required: ["handle"],
            properties: {
              handle: { type: "array", items: handle, minItems: 1, maxItems: LINKS_AT_ONCE_MAX },
            },
          },
        },
      },
      ({ query }) => {
        const links = query.handle.flatMap((one) => {
          const link = read(LINK.key(one));
          return link === null ? [] : [{ handle: one, ...(LINK.schema.toJson(link) as object) }];
        });
        return { links };
      },
    );
  };
}
