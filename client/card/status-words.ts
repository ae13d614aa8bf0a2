/**
 * Status words (SW1-SW2) that the JPKI application gives, after ISO/IEC 7816-4 and JICSAP 1.1
 * table 25. Which of them a My Number Card shows is known from third-party surveys of test cards.
 */
export const SW = {
  OK: 0x90_00,
  WRONG_LENGTH: 0x67_00,
  CHANNEL_NOT_SUPPORTED: 0x68_81,
  WRONG_FILE_TYPE: 0x69_81,
  SECURITY_NOT_SATISFIED: 0x69_82,
  /** Blocked, by ISO/IEC 7816-4. Not seen on a real card, but read as blocked all the same. */
  PIN_BLOCKED_ISO: 0x69_83,
  /** Blocked, by JICSAP 1.1 section 5.2.2: every attempt after the one that used up the counter. */
  PIN_BLOCKED: 0x69_84,
  CONDITIONS_NOT_SATISFIED: 0x69_85,
  NO_CURRENT_EF: 0x69_86,
  /** Secure messaging refused: what CLA 08 gets. */
  SECURE_MESSAGING_REFUSED: 0x69_fc,
  WRONG_DATA: 0x6a_80,
  FILE_NOT_FOUND: 0x6a_82,
  WRONG_P1_P2: 0x6a_86,
  OBJECT_NOT_FOUND: 0x6a_88,
  OFFSET_OUT_OF_FILE: 0x6b_00,
  INS_NOT_SUPPORTED: 0x6d_00,
  CLA_NOT_SUPPORTED: 0x6e_00,
  /** Also what the first command after power-up gets on the surveyed card. */
  INTERNAL_ERROR: 0x6f_00,
} as const;

const TRIES_BASE = 0x63_c0;
const TRIES_MAX = 15;

/** 63Cx: the PIN was refused, or queried, and x tries are left. */
export function triesLeftStatus(triesLeft: number): number {
  return TRIES_BASE | Math.min(triesLeft, TRIES_MAX);
}

/**
 * What a status word says about a PIN's tries: x of 63Cx, 0 when blocked, undefined when it says
 * nothing about tries.
 */
export function triesLeftIn(statusWord: number): number | undefined {
  if (statusWord === SW.PIN_BLOCKED || statusWord === SW.PIN_BLOCKED_ISO) return 0;
  return (statusWord & 0xff_f0) === TRIES_BASE ? statusWord & 0x0f : undefined;
}

/** The status word as people write it: four upper-case hexadecimal digits. */
export function statusWordText(statusWord: number): string {
  return statusWord.toString(16).toUpperCase().padStart(4, "0");
}
