/**
 * EF 0006: a PKCS #11 CK_TOKEN_INFO, 160 bytes, numbers as 32-bit big-endian. The values are those
 * of a published test card; only the serial number is ours.
 */
export function buildTokenInfo(): Uint8Array {
  return Buffer.concat([
    padded("JPKIAPICCTOKEN2", 32),
    padded("01", 32, "start"),
    padded("E16R01NJ", 16),
    padded("SOFTWARE", 16),
    words(CKF_FLAGS),
    // Sessions: at most one, none open; the same for read/write ones.
    words(1, 0, 1, 0),
    words(PIN_BYTES_MAX, PIN_BYTES_MIN),
    words(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
    // Hardware and firmware version as the card has them: ASCII, not CK_VERSION.
    Buffer.from("0301", "ascii"),
    Buffer.from("9".repeat(16), "ascii"),
  ]);
}

/** RNG, LOGIN_REQUIRED, USER_PIN_INITIALIZED, TOKEN_INITIALIZED. */
const CKF_FLAGS = 0x00_00_04_0d;
const PIN_BYTES_MAX = 16;
const PIN_BYTES_MIN = 6;
const UNAVAILABLE = 0xff_ff_ff_ff;

function padded(text: string, width: number, side: "start" | "end" = "end"): Buffer {
  const fill = side === "start" ? text.padStart(width, "0") : text.padEnd(width, " ");
  return Buffer.from(fill, "ascii");
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
