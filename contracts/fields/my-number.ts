/**
 * My Number (個人番号) must never reach the ledger: what people may write is searched for it.
 *
 * Twelve digits, the last a check digit over the others: Σ Pn·Qn for n = 1…11 from the right, Qn = n + 1
 * up to the sixth and n − 5 after it; 11 − (Σ mod 11), and 0 when the remainder is 0 or 1
 * (Ministerial Order No. 85 of 2014, article 5).
 */
const LENGTH = 12;
const FULL_WIDTH_ZERO = 0xff_10;
const ASCII_ZERO = 0x30;

/** True when twelve digits with the right check digit stand anywhere in the text, also in full width. */
export function holdsMyNumber(text: string): boolean {
  if (text.length < LENGTH) return false;
  const digits: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const digit = digitOf(text.charCodeAt(i));
    if (digit !== null) digits.push(digit);
    else if (!isSeparator(text.charCodeAt(i))) digits.length = 0;
    if (digit !== null && digits.length >= LENGTH && isMyNumber(digits.slice(-LENGTH))) return true;
  }
  return false;
}

function isMyNumber(digits: readonly number[]): boolean {
  let sum = 0;
  for (let n = 1; n < LENGTH; n++) {
    const weight = n <= 6 ? n + 1 : n - 5;
    sum += weight * (digits[LENGTH - 1 - n] ?? 0);
  }
  const remainder = sum % 11;
  return digits[LENGTH - 1] === (remainder <= 1 ? 0 : 11 - remainder);
}

function digitOf(codeUnit: number): number | null {
  for (const zero of [ASCII_ZERO, FULL_WIDTH_ZERO]) {
    if (codeUnit >= zero && codeUnit <= zero + 9) return codeUnit - zero;
  }
  return null;
}

/** The number is printed in groups of four: spaces and hyphens do not hide it. */
function isSeparator(codeUnit: number): boolean {
  return codeUnit === 0x20 || codeUnit === 0x2d || codeUnit === 0x30_00 || codeUnit === 0xff_0d;
}
