import "./reflect-metadata.ts";
import { Extension, GeneralNames } from "@peculiar/x509";
import { contextTag, DER, type DerReader, readDer } from "../../ledger/der.ts";
import { EXTENSION } from "./jpki-profile.ts";

/**
 * CRL distribution point with a directory name in place of a URL, as JPKI has it: the list is in a
 * directory that only accredited verifiers reach. RFC 5280 section 4.2.1.13.
 */
export function crlDistributionPoint(dn: string): Extension {
  const points = wrap(SEQUENCE, wrap(SEQUENCE, pointName(dn)));
  return new Extension(EXTENSION.CRL_DISTRIBUTION_POINTS, false, points);
}

/** The same name as a CRL states it, for which part of the certificates it speaks. 5.2.5. */
export function issuingDistributionPoint(dn: string): Extension {
  return new Extension(EXTENSION.ISSUING_DISTRIBUTION_POINT, true, wrap(SEQUENCE, pointName(dn)));
}

/** The directory names in a certificate's extension. @throws LedgerFault `MALFORMED`. */
export function readCrlDistributionPoints(value: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const points = readDer(value); !points.isEnd; ) {
    found.push(...directoryNamesOf(points.open(DER.SEQUENCE)));
  }
  return found;
}

/**
 * The directory names of a DistributionPoint's first field: `[0] { [0] GeneralNames }`, a name being `[4] Name`.
 * @throws LedgerFault `MALFORMED`.
 */
export function directoryNamesOf(point: DerReader): Uint8Array[] {
  const names = point.open(contextTag(0)).open(contextTag(0));
  const found: Uint8Array[] = [];
  while (!names.isEnd) {
    const { tag, content } = names.any();
    if (tag === contextTag(4)) found.push(content);
  }
  return found;
}

/**
 * DistributionPointName fullName in its [0] field. @peculiar/x509 makes distribution points of URLs
 * alone, so its GeneralNames are wrapped here.
 */
function pointName(dn: string): Buffer {
  const names = Buffer.from(new GeneralNames([{ type: "dn", value: dn }]).rawData);
  // IMPLICIT tagging: [0] takes the place of the SEQUENCE tag, the length stays.
  names[0] = CONTEXT_0;
  return wrap(CONTEXT_0, names);
}

const SEQUENCE = 0x30;
const CONTEXT_0 = 0xa0;

/** Tag and definite length around a DER value of less than 64 KiB. */
function wrap(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x1_00
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), value]);
}
