/**
 * Who signs a transaction. Without the state: the right kinds of signatures in the right order
 * (`checkSigners`). With it: that the keys belong to those for whom they sign (`signersFault`).
 */
import { equalBytes, toHex } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { KeyRole } from "../ledger/genesis.ts";
import type { SignatureAlgorithm } from "../ledger/signature.ts";
import type { Authorisation } from "../ledger/transaction.ts";
import type { Content, SignerRule } from "./declaration.ts";
import type { StateKey } from "./key-space.ts";
import { GOVERNORS, KEY, type OfficerKey } from "./state-records.ts";
import type { BlockView } from "./view.ts";

/** What the state must say of an organisation's signature. */
interface OfficerClaim {
  readonly key: StateKey<OfficerKey>;
  readonly organisation: string;
  readonly role: KeyRole;
}

/** What the state must say of a transaction's signatures. */
export interface SignerClaims {
  readonly officers: readonly OfficerClaim[];
  /** The keys by which governing organisations sign. */
  readonly governors: readonly StateKey<OfficerKey>[];
}

/** What any transaction may be refused with, beside the faults of its declaration. */
export const COMMON_FAULTS = ["SIGNER_NOT_AUTHORISED", "GOVERNORS_TOO_FEW"] as const;

/** How each kind of signer signs: no other algorithm is taken from it. */
const ALGORITHMS: Record<Authorisation["kind"], SignatureAlgorithm> = {
  card: "jpki-rsa2048-sha256",
  organisation: "ed25519",
  terminal: "rsa2048-sha256",
};

/**
 * Exactly the declared signers, in the declared order, each with its algorithm, each with another key.
 * @returns what the state must say of their keys.
 * @throws LedgerFault `SIGNER_MISSING`, `SIGNER_UNEXPECTED`, `SAME_SIGNER`.
 */
export function checkSigners(
  declared: readonly SignerRule[],
  content: Content<unknown, unknown>,
): SignerClaims {
  const { auth } = content;
  const fields = content.public as { readonly [field: string]: unknown };
  const rules = rulePerSignature(declared, auth.length);
  const officers: OfficerClaim[] = [];
  const governors: StateKey<OfficerKey>[] = [];
  for (const [i, rule] of rules.entries()) {
    const signer = signerAt(i, kindOf(rule), auth);
    const key = KEY.key(toHex(signer.publicKey));
    if (rule.kind === "officer") {
      officers.push({ key, organisation: String(fields[rule.of]), role: rule.role });
    }
    if (rule.kind === "governors") governors.push(key);
    if (rule.kind === "holder" && !equalBytes(signer.publicKey, fields[rule.of] as Uint8Array)) {
      throw new LedgerFault("SIGNER_UNEXPECTED", { signer: i, holderOf: rule.of });
    }
  }
  if (auth.length > rules.length) {
    throw new LedgerFault("SIGNER_UNEXPECTED", { signer: rules.length });
  }
  const signsTwice = auth.some(({ publicKey }, i) =>
    auth.slice(i + 1).some((other) => equalBytes(other.publicKey, publicKey)),
  );
  if (signsTwice) throw new LedgerFault("SAME_SIGNER");
  return { officers, governors };
}

/** The state keys that `signersFault` reads. */
export function keysOfClaims({ officers, governors }: SignerClaims): StateKey<unknown>[] {
  return [
    ...officers.map(({ key }) => key),
    ...governors,
    ...(governors.length > 0 ? [GOVERNORS] : []),
  ];
}

/** Why these may not sign today, or null when each key is held by the one for whom it signs. */
export function signersFault(
  view: Pick<BlockView, "read">,
  { officers, governors }: SignerClaims,
): (typeof COMMON_FAULTS)[number] | null {
  const areOfficers = officers.every(
    ({ key, organisation, role }) => holderOf(view.read(key), role) === organisation,
  );
  if (!areOfficers) return "SIGNER_NOT_AUTHORISED";
  return governors.length > 0 ? governorsFault(view, governors) : null;
}

/** Organisations count, however many of their keys sign. */
function governorsFault(
  view: Pick<BlockView, "read">,
  keys: readonly StateKey<OfficerKey>[],
): (typeof COMMON_FAULTS)[number] | null {
  const governing = view.read(GOVERNORS);
  const signing = new Set(keys.map((key) => holderOf(view.read(key), "governor")));
  const mayAll = [...signing].every(
    (organisation) => organisation !== null && governing?.organisations.includes(organisation),
  );
  if (governing === null || !mayAll) return "SIGNER_NOT_AUTHORISED";
  return signing.size < governing.threshold ? "GOVERNORS_TOO_FEW" : null;
}

/** The organisation for which a key may sign in a role, or null. */
function holderOf(key: OfficerKey | null, role: KeyRole): string | null {
  const maySign = key !== null && key.status === "ACTIVE" && key.roles.includes(role);
  return maySign ? key.organisation : null;
}

/** The rules, one for each signature: those who govern stand last, and are at least one. */
function rulePerSignature(rules: readonly SignerRule[], signatures: number): readonly SignerRule[] {
  const last = rules.at(-1);
  if (last?.kind !== "governors") return rules;
  const others = rules.slice(0, -1);
  return [...others, ...new Array<SignerRule>(Math.max(1, signatures - others.length)).fill(last)];
}

/** The kind of signature by which a rule is kept. */
function kindOf({ kind }: SignerRule): Authorisation["kind"] {
  return kind === "card" || kind === "terminal" ? kind : "organisation";
}

function signerAt(
  i: number,
  kind: Authorisation["kind"],
  auth: readonly Authorisation[],
): Authorisation {
  const signer = auth[i];
  if (signer === undefined) throw new LedgerFault("SIGNER_MISSING", { signer: i, kind });
  if (signer.kind === kind && signer.algorithm === ALGORITHMS[kind]) return signer;
  const isMissing = auth.every((other) => other.kind !== kind);
  throw new LedgerFault(isMissing ? "SIGNER_MISSING" : "SIGNER_UNEXPECTED", { signer: i, kind });
}
