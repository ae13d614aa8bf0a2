/**
 * The six-digit code of a local government (全国地方公共団体コード): two digits prefecture, three digits
 * municipality, one check digit over the five with the weights 6, 5, 4, 3, 2 (modulus 11).
 */
import { pattern } from "../../ledger/schema.ts";

/** Six digits; whether the check digit is right is asked when the issuer opens. */
export const municipalityCode = pattern(/^[0-9]{6}$/, "a six-digit municipality code");

/** True when the sixth digit is the check digit of the five before it. */
export function hasRightCheckDigit(code: string): boolean {
  let sum = 0;
  for (let i = 0; i < 5; i++) sum += (6 - i) * Number(code[i]);
  return Number(code[5]) === (11 - (sum % 11)) % 10;
}

/** True for six digits of which the last checks the others. */
export function isMunicipalityCode(text: string): boolean {
  return /^[0-9]{6}$/.test(text) && hasRightCheckDigit(text);
}
