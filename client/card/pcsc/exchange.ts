/**
 * One command and its whole answer over T=0 or T=1, where a card may ask for another Le (6Cxx) or give
 * its answer in parts (61xx): ISO/IEC 7816-4 section 5.3.4; 7816-3 sections 12.1.2 and 12.2 for T=0.
 */

/** Transmission protocols as PC/SC numbers them. */
export const PROTOCOL = { T0: 1, T1: 2 } as const;

/** Sends bytes to the card, resolves to what comes back. */
type Send = (bytes: Uint8Array) => Promise<Uint8Array>;

const HEADER_BYTES = 4;
const MORE_DATA = 0x61;
const WRONG_EXPECTED_LENGTH = 0x6c;
/** An answer of 64 KiB, the most there is, in the smallest sensible parts. */
const PARTS_MAX = 4096;
/** GET RESPONSE; the class of the command it belongs to does not matter to cards without channels. */
const GET_RESPONSE = [0x00, 0xc0, 0x00, 0x00] as const;

/**
 * Sends a short command; resolves to answer data and status word.
 * @throws RangeError when the card's answer never ends; what `send` throws.
 */
export async function exchange(
  send: Send,
  protocol: number,
  apdu: Uint8Array,
): Promise<Uint8Array> {
  let answer = await send(protocol === PROTOCOL.T0 ? tpduOf(apdu) : apdu);
  if (isStatus(answer, WRONG_EXPECTED_LENGTH) && expectsData(apdu)) {
    answer = await send(Uint8Array.from([...apdu.subarray(0, -1), statusByte2(answer)]));
  }
  const parts: Uint8Array[] = [];
  while (isStatus(answer, MORE_DATA)) {
    if (parts.length === PARTS_MAX) throw new RangeError("the card's answer does not end");
    parts.push(answer.subarray(0, -2));
    answer = await nextPart(send, statusByte2(answer));
  }
  return parts.length === 0 ? answer : Buffer.concat([...parts, answer]);
}

async function nextPart(send: Send, expectedBytes: number): Promise<Uint8Array> {
  const part = await send(Uint8Array.from([...GET_RESPONSE, expectedBytes]));
  return isStatus(part, WRONG_EXPECTED_LENGTH)
    ? send(Uint8Array.from([...GET_RESPONSE, statusByte2(part)]))
    : part;
}

/** T=0 has one length byte: a command without data gets 00, one with data loses its Le. */
function tpduOf(apdu: Uint8Array): Uint8Array {
  const [, , , , dataBytes] = apdu;
  if (dataBytes === undefined) return Uint8Array.from([...apdu, 0]);
  return expectsData(apdu) ? apdu : apdu.subarray(0, HEADER_BYTES + 1 + dataBytes);
}

/** Case 2: no data, and an Le that can be put right. */
function expectsData(apdu: Uint8Array): boolean {
  return apdu.length === HEADER_BYTES + 1;
}

function isStatus(answer: Uint8Array, byte1: number): boolean {
  return answer.length >= 2 && answer.at(-2) === byte1;
}

function statusByte2(answer: Uint8Array): number {
  return answer.at(-1) ?? 0;
}
