/**
 * The largest certificate taken from a card. JPKI certificates are below 2 KiB; the margin is for
 * the profile's optional extensions.
 */
export const CERTIFICATE_SIZE_BYTES_MAX = 4096;
