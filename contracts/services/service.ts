/**
 * Services of facilities: one card for libraries, sports, courses. The ledger knows that a pseudonym uses a service and
 * until when; never a loan, a visit or a reservation. Each facility knows a resident by another pseudonym. Of sensitive
 * services (a hospital) not even that is on the ledger: only a root that commits to all of their links.
 */
import { identifier } from "../../ledger/membership.ts";
import {
  bytes,
  flag,
  type Infer,
  list,
  nullable,
  oneOf,
  record,
  uint,
} from "../../ledger/schema.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { amountPt, ascending, cardCommit, displayName, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { keySpace } from "../state/key-space.ts";

/** What services are about. */
export const SERVICE_CATEGORIES = [
  "LIBRARY",
  "HOSPITAL",
  "SPORTS",
  "MUSEUM",
  "LITERATURE_MUSEUM",
  "ZOO",
  "AQUARIUM",
  "GARDEN",
  "CHILDCARE",
  "CHILDCARE_FACILITY",
  "SENIOR_ACTIVITY",
  "SENIOR_CENTER",
  "HEALTH",
  "LEARNING",
  "COURSE",
  "COMMUNITY_CENTER",
  "GROUP",
  "MEMBERSHIP",
  "STREET_MEMBER",
  "RESIDENT_CARD",
  "BICYCLE_PARKING",
  "TRANSPORT_DISCOUNT",
  "OTHER",
] as const;

/** Categories of which even the existence of a link says too much. */
const ALWAYS_SENSITIVE: readonly string[] = ["HOSPITAL"];

/** The longest term of a link, months. */
const TERM_MONTHS_MAX = 120;
/** Municipalities of the largest prefecture, and some more. */
const ATTESTERS_MAX = 200;
/** Fees in one tariff. */
const FEES_MAX = 50;

/** How long before its end a link can be renewed, days. */
export const RENEWAL_DAYS = 60;
/** How old the word of a municipality may be at renewal, days. */
export const RESIDENCY_DAYS = 30;

/** What is laid down for a facility. */
export const facilityFields = {
  nameJa: displayName,
  nameEn: displayName,
  /** The merchant whose terminals take points there; null where none are taken. */
  merchant: nullable(shortName),
};

/** The record of a facility. */
const facilitySchema = record({ municipality: municipalityCode, ...facilityFields });

/** What is laid down for a service. */
export const serviceFields = {
  nameJa: displayName,
  nameEn: displayName,
  category: oneOf(SERVICE_CATEGORIES),
  sensitive: flag,
  /** How long a link lasts, months; 0: it does not end. */
  termMonths: uint(TERM_MONTHS_MAX),
  /** Who may say that a user lives there; none: anybody may use it, wherever he lives. */
  attesters: ascending(municipalityCode, ATTESTERS_MAX, 0),
  /** What is paid in points, by name. */
  fees: list(record({ fee: shortName, amountPt }), FEES_MAX),
};

/** The record of a service. */
const serviceSchema = record(serviceFields);
/** A service. */
export type Service = Infer<typeof serviceSchema>;

/** The record of a link. */
const linkSchema = record({
  facility: identifier,
  service: identifier,
  /** Zero bytes, which no card opens, when it is removed. */
  cardCommit,
  status: oneOf(["ACTIVE", "SUSPENDED", "RENEWAL_REQUIRED", "REMOVED"]),
  /** The last day; null when it does not end. */
  validTo: nullable(civilDate),
  /** When a municipality last said that the user lives there. */
  residentOn: nullable(civilDate),
});
/** A link. */
export type Link = Infer<typeof linkSchema>;

/** The record of a root: all links of a sensitive service, by a tree that the facility keeps. */
const linkRootSchema = record({ root: bytes(32), committedOn: civilDate });

/** Whether a service is declared as sensitive as it is. */
export function isSensitivityRight({ category, sensitive }: Service): boolean {
  return sensitive || !ALWAYS_SENSITIVE.includes(category);
}

/** The link, if it is one of that service. */
export function linkOf(
  link: Link | null,
  { facility, service }: { readonly facility: string; readonly service: string },
): Link | null {
  return link?.facility === facility && link.service === service ? link : null;
}

/** Whether a municipality's word is recent enough. */
export function isResident({ residentOn }: Link, notBefore: CivilDate): boolean {
  return residentOn !== null && residentOn >= notBefore;
}

/** A library, a museum, a hospital: a place with services. */
export const FACILITY = keySpace("facility", "<id>", facilitySchema);

/** A service of a facility. */
export const SERVICE = keySpace("service", "<facility>/<service>", serviceSchema);

/** That somebody uses a service, under a pseudonym of that facility alone. */
export const LINK = keySpace("link", "<handleHex>", linkSchema);

/** A commitment to all links of a sensitive service, none of which is on the ledger. */
export const LINK_ROOT = keySpace("link-root", "<facility>/<service>", linkRootSchema);
