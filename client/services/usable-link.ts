/** Whether somebody may use a service now, as the ledger says. */
import { type CivilDate, civilDateAt } from "../../contracts/fields/dates.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { LinkOfCard, ServicePlace } from "../registrar/local-registrar.ts";
import { type KnownLink, LINKS_AT_ONCE_MAX } from "../sdk/answers.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";

/** Where one looks, and when. */
interface Here {
  readonly nodes: readonly LedgerClient[];
  readonly nowMs: number;
}

/**
 * Resolves when the link is in force for this card.
 * @throws LedgerFault `UNKNOWN_LINK`, `CARD_MISMATCH`, `LINK_SUSPENDED`, `RENEWAL_REQUIRED`.
 */
export async function demandUsable(
  { link, cardCommit }: LinkOfCard,
  { facility, service }: ServicePlace,
  { nodes, nowMs }: Here,
): Promise<void> {
  const found = (await knownLinks([toHex(link)], nodes)).get(toHex(link));
  const isThere = found?.facility === facility && found.service === service;
  if (!isThere || found.status === "REMOVED") throw new LedgerFault("UNKNOWN_LINK");
  if (!equalBytes(found.cardCommit, cardCommit)) throw new LedgerFault("CARD_MISMATCH");
  if (found.status === "SUSPENDED") throw new LedgerFault("LINK_SUSPENDED");
  const isDue = found.status === "RENEWAL_REQUIRED" || isOver(found.validTo, civilDateAt(nowMs));
  if (isDue) throw new LedgerFault("RENEWAL_REQUIRED");
}

/** Whether a term has run out. @param today in Japan. */
export function isOver(validTo: CivilDate | null, today: CivilDate): boolean {
  return validTo !== null && validTo < today;
}

/** Those of some links that the ledger has, by their pseudonyms. @param handles hexadecimal. */
export async function knownLinks(
  handles: readonly string[],
  nodes: readonly LedgerClient[],
): Promise<ReadonlyMap<string, KnownLink>> {
  const known = new Map<string, KnownLink>();
  for (let at = 0; at < handles.length; at += LINKS_AT_ONCE_MAX) {
    const some = handles.slice(at, at + LINKS_AT_ONCE_MAX);
    for (const link of await firstAnswer(nodes, (node) => node.links(some))) {
      known.set(toHex(link.handle), link);
    }
  }
  return known;
}
