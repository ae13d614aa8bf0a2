/**
 * Command and response APDUs, ISO/IEC 7816-3 section 12.1 and 7816-4 section 5.
 * Pure: bytes in, values out. The client builds short commands only; the card side also parses the
 * extended forms, since readers may send them.
 */

/** A command APDU, decoded. */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Command data field; its length is Nc, 0 where absent. */
  readonly data: Uint8Array;
  /** Ne: the most bytes the answer may hold, 1 to 65536; 0 where no answer data is expected. */
  readonly expectedBytes: number;
}

/** A response APDU, decoded. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  /** SW1-SW2 as one 16-bit number. */
  readonly statusWord: number;
}

/** What a command consists of besides its header; both parts are optional. */
export interface CommandBody {
  readonly data?: Uint8Array;
  readonly expectedBytes?: number;
}

/** The four header bytes: CLA, INS, P1, P2. */
export type CommandHeader = readonly [cla: number, ins: number, p1: number, p2: number];

/** The largest data field of a short command. */
export const SHORT_DATA_BYTES_MAX = 255;
/** The most answer bytes a short command can ask for (Le = 00). */
export const SHORT_EXPECTED_BYTES_MAX = 256;

const EXTENDED_EXPECTED_BYTES_MAX = 65_536;
const HEADER_BYTES = 4;

/**
 * Encodes a short command in a buffer of its own, so that the caller can wipe it.
 * @throws RangeError when a header byte or a length does not fit the short form.
 */
export function buildCommand(header: CommandHeader, body: CommandBody = {}): Uint8Array {
  const { data = new Uint8Array(0), expectedBytes = 0 } = body;
  for (const byte of header) assertInRange("header byte", byte, 255);
  assertInRange("data length", data.length, SHORT_DATA_BYTES_MAX);
  assertInRange("expected length", expectedBytes, SHORT_EXPECTED_BYTES_MAX);

  const lengthBytes = data.length === 0 ? 0 : 1;
  const expectedAt = HEADER_BYTES + lengthBytes + data.length;
  const bytes = new Uint8Array(expectedAt + (expectedBytes === 0 ? 0 : 1));
  bytes.set(header);
  if (data.length > 0) {
    bytes[HEADER_BYTES] = data.length;
    bytes.set(data, HEADER_BYTES + 1);
  }
  // 256 is written as 00: a Uint8Array keeps the low eight bits.
  if (expectedBytes > 0) bytes[expectedAt] = expectedBytes;
  return bytes;
}

/** Decodes a command in any of the seven forms; undefined when its lengths do not add up. */
export function parseCommand(bytes: Uint8Array): CommandApdu | undefined {
  const [cla, ins, p1, p2] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) {
    return undefined;
  }
  const body = parseBody(bytes.subarray(HEADER_BYTES));
  return body && { cla, ins, p1, p2, ...body };
}

/** Encodes a response. */
export function buildResponse(response: ResponseApdu): Uint8Array {
  const { data, statusWord } = response;
  const bytes = new Uint8Array(data.length + 2);
  bytes.set(data);
  bytes.set([statusWord >> 8, statusWord & 0xff], data.length);
  return bytes;
}

/** Splits an answer into data and status word; undefined when it is too short to hold one. */
export function parseResponse(bytes: Uint8Array): ResponseApdu | undefined {
  if (bytes.length < 2) return undefined;
  const end = bytes.length - 2;
  return { data: copy(bytes, 0, end), statusWord: uint16(bytes, end) };
}

type ParsedBody = Pick<CommandApdu, "data" | "expectedBytes">;

const NO_DATA = new Uint8Array(0);

function parseBody(body: Uint8Array): ParsedBody | undefined {
  const first = body[0];
  if (first === undefined) return { data: NO_DATA, expectedBytes: 0 };
  if (body.length === 1) return { data: NO_DATA, expectedBytes: orMax(first, 256) };
  if (first !== 0) return withData(body, { start: 1, length: first, expectedWidth: 1 });
  if (body.length === 3) {
    const expected = orMax(uint16(body, 1), EXTENDED_EXPECTED_BYTES_MAX);
    return { data: NO_DATA, expectedBytes: expected };
  }
  const length = body.length > 3 ? uint16(body, 1) : 0;
  return length === 0 ? undefined : withData(body, { start: 3, length, expectedWidth: 2 });
}

interface DataField {
  readonly start: number;
  readonly length: number;
  /** Bytes of Le in this form: one when short, two when extended. */
  readonly expectedWidth: 1 | 2;
}

function withData(body: Uint8Array, field: DataField): ParsedBody | undefined {
  const end = field.start + field.length;
  const data = copy(body, field.start, end);
  if (body.length === end) return { data, expectedBytes: 0 };
  if (body.length !== end + field.expectedWidth) return undefined;
  const expectedBytes =
    field.expectedWidth === 1
      ? orMax(body[end] ?? 0, SHORT_EXPECTED_BYTES_MAX)
      : orMax(uint16(body, end), EXTENDED_EXPECTED_BYTES_MAX);
  return { data, expectedBytes };
}

/** Not `slice`, which gives a view where the bytes are a Buffer. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Le spells its maximum as zero. */
function orMax(value: number, max: number): number {
  return value === 0 ? max : value;
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function assertInRange(what: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${what} must be an integer from 0 to ${max}, got ${value}`);
  }
}
