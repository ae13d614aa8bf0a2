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
import type { StateKey } from "./state/key-space.ts";
import { GOVERNORS, KEY, type OfficerKey } from "./state/state-records.ts";
import type { BlockView } from "./state/view.ts";

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

/** The public fields of a transaction. */
type Fields = { readonly [field: string]: unknown };

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
 * @throws LedgerFault `SIGNER_MISSING`, `SIGNER_UNEXPECTED`, `ALGORITHM_NOT_ADMITTED`, `SAME_SIGNER`.
 */
export function checkSigners(
  declared: readonly SignerRule[],
  content: Content<unknown, unknown>,
): SignerClaims {
  const { auth } = content;
  const fields = content.public as Fields;
  const rules = rulePerSignature(declared, auth.length);
  for (const [i, rule] of rules.entries()) checkSigner(i, rule, auth, fields);
  if (auth.length > rules.length) {
    throw new LedgerFault("SIGNER_UNEXPECTED", { signer: rules.length });
  }
  const signsTwice = auth.some(({ publicKey }, i) =>
    auth.slice(i + 1).some((other) => equalBytes(other.publicKey, publicKey)),
  );
  if (signsTwice) throw new LedgerFault("SAME_SIGNER");
  return claimsOf(rules, auth, fields);
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

function checkSigner(
  i: number,
  rule: SignerRule,
  auth: readonly Authorisation[],
  fields: Fields,
): void {
  const signer = auth[i];
  if (signer !== undefined && isSigner(rule, signer, fields)) {
    const { kind, algorithm } = signer;
    if (algorithm === ALGORITHMS[kind]) return;
    throw new LedgerFault("ALGORITHM_NOT_ADMITTED", { signer: i, kind, algorithm });
  }
  const isMissing = signer === undefined || !auth.some((other) => isSigner(rule, other, fields));
  const code = isMissing ? "SIGNER_MISSING" : "SIGNER_UNEXPECTED";
  throw new LedgerFault(code, { signer: i, kind: rule.kind });
}

/** Whether that may be the signature which a rule asks for. Officers, services and nodes sign alike. */
function isSigner(rule: SignerRule, { kind, publicKey }: Authorisation, fields: Fields): boolean {
  if (rule.kind === "card" || rule.kind === "terminal") return kind === rule.kind;
  const isHolder = rule.kind !== "holder" || equalBytes(publicKey, fields[rule.of] as Uint8Array);
  return kind === "organisation" && isHolder;
}

function claimsOf(
  rules: readonly SignerRule[],
  auth: readonly Authorisation[],
  fields: Fields,
): SignerClaims {
  const officers: OfficerClaim[] = [];
  const governors: StateKey<OfficerKey>[] = [];
  for (const [i, { publicKey }] of auth.entries()) {
    const rule = rules[i];
    if (rule?.kind === "governors") governors.push(KEY.key(toHex(publicKey)));
    if (rule?.kind === "officer") {
      const key = KEY.key(toHex(publicKey));
      officers.push({ key, organisation: String(fields[rule.of]), role: rule.role });
    }
  }
  return { officers, governors };
}
