/** What a transaction asks for and who has signed it, for people who are about to sign, and for machines. */
import { isGoverned } from "../contracts/declaration.ts";
import { governorsOf } from "../contracts/governance/governors.ts";
import { toHex } from "../ledger/bytes.ts";
import type { Genesis } from "../ledger/genesis.ts";
import type { PartlySigned } from "./sdk/countersign.ts";

/** Who signed, as far as the genesis knows the key. */
interface SignatureView {
  readonly publicKey: string;
  /** Null for the key of a new node, or of an officer who came later. */
  readonly organisation: string | null;
  readonly roles: readonly string[];
}

/** For machines. */
export function transactionJson(partly: PartlySigned, genesis: Genesis) {
  const { transaction, declaration, body } = partly;
  const { type, createdAtMs, notAfterMs } = transaction.envelope;
  const fields = declaration.public.toJson(body);
  const signatures = signaturesIn(partly, genesis);
  return { id: transaction.id, type, public: fields, createdAtMs, notAfterMs, signatures };
}

/** For people. */
export function transactionLines(partly: PartlySigned, genesis: Genesis): string[] {
  const { transaction, declaration, body } = partly;
  const { title, summary, type } = declaration;
  const fields = Object.entries(declaration.public.toJson(body) as object);
  const signatures = signaturesIn(partly, genesis);
  return [
    `${type}  ${title.ja} / ${title.en}`,
    `  ${summary.ja}`,
    `  ${summary.en}`,
    ...fields.map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`),
    `  期限 / valid until: ${new Date(transaction.envelope.notAfterMs).toISOString()}`,
    `  署名 / signed by: ${signatures.length === 0 ? "-" : ""}`,
    ...signatures.map(({ publicKey, organisation, roles }) => {
      const who = organisation === null ? "" : `  ${organisation} (${roles.join(", ")})`;
      return `    ${publicKey}${who}`;
    }),
    ...(isGoverned(declaration) ? [governorsLine(signatures, genesis)] : []),
  ];
}

/** How many govern is what the genesis says: who joined or left later is not known offline. */
function governorsLine(signatures: readonly SignatureView[], genesis: Genesis): string {
  const { organisations, threshold } = governorsOf(genesis);
  const governors = signatures.filter(({ roles }) => roles.includes("governor"));
  const signed = new Set(governors.map(({ organisation }) => organisation)).size;
  return (
    `  運営団体 / governing organisations (genesis): ${signed} signed, ` +
    `${threshold} of ${organisations.length} decide`
  );
}

function signaturesIn({ transaction }: PartlySigned, { keys }: Genesis): SignatureView[] {
  return transaction.auth.map((authorisation) => {
    const publicKey = toHex(authorisation.publicKey);
    const known = keys.find((key) => toHex(key.publicKey) === publicKey);
    return { publicKey, organisation: known?.organisation ?? null, roles: known?.roles ?? [] };
  });
}
