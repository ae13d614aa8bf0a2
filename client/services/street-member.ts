/**
 * The card in place of a street's member card: a shop hears whether its customer is a member, and under which pseudonym; the
 * member's number is the street's to know. Of other services, of libraries say, no shop hears anything.
 */
import { LedgerFault } from "../../ledger/faults.ts";
import type { LinkOfCard, ServicePlace } from "../registrar/local-registrar.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { demandUsable } from "./usable-link.ts";

/** What shops may ask about. */
const MEMBERSHIPS: ReadonlySet<string> = new Set(["STREET_MEMBER", "MEMBERSHIP"]);

/** @throws LedgerFault `UNKNOWN_SERVICE` when it is no membership; as `demandUsable`. */
export async function memberOf(
  link: LinkOfCard,
  place: ServicePlace,
  here: {
    readonly municipality: string;
    readonly nodes: readonly LedgerClient[];
    readonly nowMs: number;
  },
): Promise<{ readonly member: Uint8Array }> {
  const { municipality, nodes } = here;
  const offered = await firstAnswer(nodes, (node) => node.services(municipality));
  const isMembership = offered.some(
    ({ facility, service, category }) =>
      facility === place.facility && service === place.service && MEMBERSHIPS.has(category),
  );
  if (!isMembership) throw new LedgerFault("UNKNOWN_SERVICE");
  await demandUsable(link, place, here);
  return { member: link.link };
}
