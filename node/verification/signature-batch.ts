/**
 * Signatures on their way to a worker thread, as one flat buffer that changes hands instead of being copied
 * (a structured clone of the records costs as much as checking them):
 *
 *     batch     = * signed
 *     signed    = algorithm (1 byte, index in SIGNATURE_ALGORITHMS) ‖ sizes of key, message and signature (each
 *                 4 bytes, little-endian) ‖ key ‖ message ‖ signature
 *     verdicts  = * (1 byte: 1 right, 0 wrong)
 *
 * It never leaves the process.
 */
import { SIGNATURE_ALGORITHMS, type SignedMessage } from "../../ledger/signature.ts";

const HEAD_SIZE_BYTES = 13;
const SIZE_OFFSETS = { publicKey: 1, message: 5, signature: 9 } as const;

/** The records one after the other. */
export function packSigned(signed: readonly SignedMessage[]): Uint8Array {
  const packed = new Uint8Array(signed.reduce((sum, one) => sum + packedSizeBytes(one), 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const { algorithm, publicKey, message, signature } of signed) {
    packed[at] = SIGNATURE_ALGORITHMS.indexOf(algorithm);
    view.setUint32(at + SIZE_OFFSETS.publicKey, publicKey.length, true);
    view.setUint32(at + SIZE_OFFSETS.message, message.length, true);
    view.setUint32(at + SIZE_OFFSETS.signature, signature.length, true);
    at += HEAD_SIZE_BYTES;
    for (const part of [publicKey, message, signature]) {
      packed.set(part, at);
      at += part.length;
    }
  }
  return packed;
}

/** The records of a batch; their bytes are views of it. */
export function* unpackSigned(packed: Uint8Array): Generator<SignedMessage> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  let at = 0;
  while (at < packed.length) {
    const algorithm = SIGNATURE_ALGORITHMS[packed[at] ?? 0];
    if (algorithm === undefined) throw new RangeError("not a packed signature");
    const keyStart = at + HEAD_SIZE_BYTES;
    const messageStart = keyStart + view.getUint32(at + SIZE_OFFSETS.publicKey, true);
    const signatureStart = messageStart + view.getUint32(at + SIZE_OFFSETS.message, true);
    at = signatureStart + view.getUint32(at + SIZE_OFFSETS.signature, true);
    yield {
      algorithm,
      publicKey: packed.subarray(keyStart, messageStart),
      message: packed.subarray(messageStart, signatureStart),
      signature: packed.subarray(signatureStart, at),
    };
  }
}

function packedSizeBytes({ publicKey, message, signature }: SignedMessage): number {
  return HEAD_SIZE_BYTES + publicKey.length + message.length + signature.length;
}
