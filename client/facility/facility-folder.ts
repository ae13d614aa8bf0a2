/**
 * What the desk of a sensitive service is: one folder.
 *
 *     DIR/facility.json     which service, nodes, whose cards are taken
 *     DIR/genesis.json      what receipts are checked against
 *     DIR/members.secret    opens the register; whoever has both knows all members
 *     DIR/members.journal   the register (member-register.ts)
 */
import { join } from "node:path";
import { displayName, shortName } from "../../contracts/fields/fields.ts";
import { municipalityCode } from "../../contracts/fields/municipality-code.ts";
import { type Genesis, genesisText, networkIdOf } from "../../ledger/genesis.ts";
import { CERTIFICATE_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { bytes, type Infer, list, record, text, uint } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, readGenesis, readJson, writeNewFile } from "../files.ts";
import { loadTrustAnchors, type TrustAnchors } from "../pki/trust-anchors.ts";
import { Custody } from "../registrar/custody.ts";
import { claimFolder } from "../terminal/terminal-lock.ts";
import { MemberRegister } from "./member-register.ts";

const facilitySchema = record({
  version: uint(1, 1),
  municipality: municipalityCode,
  facility: shortName,
  service: shortName,
  nameJa: displayName,
  nameEn: displayName,
  nodes: list(text(4096), 16, 1),
  /** Certificates of the authority whose cards are taken, DER. */
  anchors: list(bytes(1, CERTIFICATE_SIZE_BYTES_MAX), 16, 1),
});
/** How the desk is set up. */
export type FacilitySettings = Infer<typeof facilitySchema>;

/** A desk that was opened; no other process can open it meanwhile. */
export interface FacilityDesk {
  readonly settings: FacilitySettings;
  readonly genesisFile: string;
  readonly anchors: TrustAnchors;
  readonly register: MemberRegister;
}

/** Makes the folder. @throws ClientError `FILE_EXISTS`, `FILE_UNWRITABLE`; LedgerFault `INVALID_FIELD`. */
export function makeFacility(
  directory: string,
  settings: FacilitySettings,
  genesis: Genesis,
): void {
  const checked = facilitySchema.toJson(facilitySchema.fromJson(facilitySchema.toJson(settings)));
  const settingsFile = join(directory, "facility.json");
  expectNewFile(settingsFile);
  new Custody().keep(join(directory, "members.secret"));
  writeNewFile(join(directory, "genesis.json"), genesisText(genesis));
  // Last: a folder without it is no desk.
  writeNewFile(settingsFile, `${JSON.stringify(checked, null, 2)}\n`);
}

/** @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`, `PARTNER_IN_USE`. */
export async function openFacility(directory: string): Promise<FacilityDesk> {
  const settings = readJson(join(directory, "facility.json"), facilitySchema);
  const secretFile = join(directory, "members.secret");
  const genesisFile = join(directory, "genesis.json");
  const custody = Custody.ofFile(secretFile);
  if (custody === undefined) throw new ClientError("FILE_UNREADABLE", { file: secretFile });
  await claimFolder(directory, "PARTNER_IN_USE");
  const { municipality, facility, service, nameJa, nameEn } = settings;
  const networkId = networkIdOf(readGenesis(genesisFile));
  const place = { networkId, municipality, facility, service, nameJa, nameEn };
  return {
    settings,
    genesisFile,
    anchors: loadTrustAnchors(settings.anchors),
    register: new MemberRegister(join(directory, "members.journal"), custody, place),
  };
}
