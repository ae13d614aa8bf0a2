/**
 * The real signature check, each signature once: whether one is right is a pure function of its bytes, and a run
 * shows every node the same signatures. RSA of cards and terminals, Ed25519 of nodes and officers: nothing is faked.
 */
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { SignedMessage, VerifySignature } from "../../ledger/signature.ts";

/** Verdicts kept; then all are forgotten. */
const REMEMBERED_MAX = 20_000;

/** The check with a memory. */
export function rememberedVerification(): VerifySignature {
  const verdicts = new Map<string, boolean>();
  return (signed) => {
    const key = keyOf(signed);
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const isRight = verifySignature(signed);
    if (verdicts.size >= REMEMBERED_MAX) verdicts.clear();
    verdicts.set(key, isRight);
    return isRight;
  };
}

function keyOf({ algorithm, publicKey, message, signature }: SignedMessage): string {
  const parts = [publicKey, message, signature].map((bytes) =>
    Buffer.from(bytes).toString("latin1"),
  );
  return `${algorithm} ${parts.map((part) => `${part.length} ${part}`).join("")}`;
}
