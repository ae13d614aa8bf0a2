/**
 * The protocol between pcscd's virtual reader (vpcd of the vsmartcard project) and a card behind it: over
 * TCP, a length of two bytes (big-endian), then so many bytes. One byte is a control code, more are a
 * command APDU. The reader speaks first; only an APDU and "get ATR" are answered.
 */

/** Control codes. */
export const VPCD_CONTROL = { POWER_OFF: 0, POWER_ON: 1, RESET: 2, GET_ATR: 4 } as const;

const LENGTH_BYTES = 2;
const MESSAGE_SIZE_BYTES_MAX = 0xff_ff;

/** A message with its length in front. @throws RangeError above 65535 bytes. */
export function encodeVpcdMessage(message: Uint8Array): Uint8Array {
  if (message.length > MESSAGE_SIZE_BYTES_MAX) throw new RangeError("the message is too long");
  return Uint8Array.from([message.length >> 8, message.length & 0xff, ...message]);
}

/** Cuts a stream of bytes into messages; holds at most one that is incomplete. */
export class VpcdDecoder {
  #rest = Buffer.alloc(0);

  /** The messages that are complete with these bytes. */
  push(bytes: Uint8Array): Uint8Array[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: Uint8Array[] = [];
    for (;;) {
      const end = this.#rest.length < LENGTH_BYTES ? Infinity : sizeBytes(this.#rest);
      if (this.#rest.length < end) return messages;
      messages.push(new Uint8Array(this.#rest.subarray(LENGTH_BYTES, end)));
      this.#rest = this.#rest.subarray(end);
    }
  }
}

function sizeBytes(message: Buffer): number {
  return LENGTH_BYTES + message.readUInt16BE(0);
}
