/** Judges a Wycheproof case on every path of ours and says how the verdicts stand to the file's. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { verifySignaturePortably } from "../../ledger/portable-signature.ts";
import type { SignedMessage } from "../../ledger/signature.ts";
import { verifyByWebCrypto } from "./web-crypto.ts";
import type { WycheproofCase } from "./wycheproof-file.ts";

/** Every implementation of the ledger's rule for signatures, by the name in the report. */
export const PATHS = {
  "OpenSSL, as nodes verify": verifySignature,
  "noble and BigInt, as browsers can": verifySignaturePortably,
  WebCrypto: verifyByWebCrypto,
} as const;

/** How our verdict stands to the file's. */
export type Standing =
  | { readonly kind: "AGREES" }
  /** The paths differ, or they all differ from the file without a reason of the rule's. */
  | { readonly kind: "DISAGREES"; readonly verdicts: string }
  /** The file says valid, and our rule refuses it on purpose. */
  | { readonly kind: "STRICTER"; readonly reason: string }
  /** The file leaves it to the verifier. */
  | { readonly kind: "LEFT_OPEN"; readonly verdict: string };

/** Judges one case. */
export async function judge({ expected, signed }: WycheproofCase): Promise<Standing> {
  const verdicts = await Promise.all(
    Object.entries(PATHS).map(async ([path, verify]) => ({ path, valid: await verify(signed) })),
  );
  const [first] = verdicts;
  const isOneVerdict = verdicts.every(({ valid }) => valid === first?.valid);
  const ours = first?.valid ? "valid" : "invalid";
  if (isOneVerdict && expected === "acceptable") return { kind: "LEFT_OPEN", verdict: ours };
  if (isOneVerdict && expected === ours) return { kind: "AGREES" };
  const reason = expected === "valid" ? reasonToRefuse(signed) : undefined;
  if (isOneVerdict && reason !== undefined) return { kind: "STRICTER", reason };
  const said = verdicts.map(({ path, valid }) => `${path}: ${valid ? "valid" : "invalid"}`);
  return { kind: "DISAGREES", verdicts: `file: ${expected}; ${said.join("; ")}` };
}

/** Where the ledger's rule is narrower than the standard; found without asking the rule itself. */
function reasonToRefuse({ algorithm, publicKey, signature }: SignedMessage): string | undefined {
  switch (algorithm) {
    case "ed25519":
      return [publicKey, signature.subarray(0, 32)].some(isSmallOrder)
        ? "key or R of small order: sound libraries differ on it, and no honest signer makes it"
        : undefined;
    case "rsa2048-sha256":
      // As DER: the exponent 3 is the last INTEGER of a key of 268 bytes.
      return publicKey.length === 268 && publicKey.at(-1) === 3
        ? undefined
        : "exponent other than 3 and 65537: one form of key, and no check dearer than it must be";
    case "jpki-rsa2048-sha256":
    case "ecdsa-p384-sha384":
      return undefined;
  }
}

function isSmallOrder(point: Uint8Array): boolean {
  try {
    return ed25519.Point.fromBytes(point, true).isSmallOrder();
  } catch {
    // No point at all: to be refused by any rule.
    return false;
  }
}
