/**
 * All services that a resident is linked to, on one page (R-068). What the ledger has comes from his municipality's office; services
 * of which the ledger has nothing but a root come from his own proofs, and from nowhere else.
 */
import { civilDateAt } from "../../contracts/fields/dates.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { ClientError } from "../client-fault.ts";
import { isOfCard, type LinkProof, verifyLinkProof } from "../facility/link-proof.ts";
import { escapeHtml, htmlPage } from "../html.ts";
import { parseAuthCertificate } from "../pki/profile.ts";
import type { LinkedService } from "./questions.ts";
import { isOver } from "./usable-link.ts";

/** One service on the page. */
export interface ShownService {
  readonly nameJa: string;
  readonly nameEn: string;
  readonly stateJa: string;
  readonly stateEn: string;
  /** The last day; null when it does not end. */
  readonly validTo: string | null;
  readonly from: "LEDGER" | "OWN_PROOF";
}

const STATES: Readonly<Record<LinkedService["status"], readonly [ja: string, en: string]>> = {
  ACTIVE: ["利用できます", "in force"],
  EXPIRED: ["期限が切れています", "its term is over"],
  SUSPENDED: ["施設が停止しています", "suspended by the facility"],
  RENEWAL_REQUIRED: ["窓口で更新が必要です", "to be renewed at the counter"],
  OTHER_CARD: [
    "以前のカードの登録です。もう一度登録してください",
    "of your former card: link it again",
  ],
};

/** What the ledger has. */
export function ofLedger({ validTo, status, ...names }: LinkedService): ShownService {
  const [stateJa, stateEn] = STATES[status];
  return {
    nameJa: `${names.facilityNameJa} ${names.nameJa}`,
    nameEn: `${names.facilityNameEn}: ${names.nameEn}`,
    stateJa,
    stateEn,
    validTo,
    from: "LEDGER",
  };
}

/**
 * What a proof of the resident's own shows.
 * @param certificate of the card that he showed, DER.
 * @throws ClientError `LINK_OF_OTHER`; as `verifyLinkProof`.
 */
export function ofProof(
  proof: LinkProof,
  certificate: Uint8Array,
  { genesis, nowMs }: { readonly genesis: Genesis; readonly nowMs: number },
): ShownService {
  const { leaf, committedAtMs } = verifyLinkProof(proof, genesis, verifySignature);
  const { publicKeyPkcs1 } = parseAuthCertificate(certificate);
  if (!isOfCard(proof, publicKeyPkcs1)) throw new ClientError("LINK_OF_OTHER");
  const { nameJa, nameEn, validTo } = leaf;
  const [overJa, overEn] = isOver(validTo, civilDateAt(nowMs)) ? STATES.EXPIRED : ["", ""];
  const on = civilDateAt(committedAtMs);
  const stateJa = overJa || `${on} 現在の登録（お手元の証明による）`;
  const stateEn = overEn || `as of ${on}, by your own proof`;
  return { nameJa, nameEn, stateJa, stateEn, validTo, from: "OWN_PROOF" };
}

/** The page as lines. */
export function servicesLines(services: readonly ShownService[]): string[] {
  if (services.length === 0) return ["登録しているサービスはありません / no services are linked"];
  return services.flatMap(({ nameJa, nameEn, stateJa, stateEn, validTo }) => [
    `${nameJa}　${stateJa}　期限 ${validTo ?? "なし"}`,
    `  ${nameEn}: ${stateEn}, ${validTo === null ? "no end" : `to ${validTo}`}`,
  ]);
}

/** The page as HTML. */
export function servicesHtml(services: readonly ShownService[], nowMs: number): string {
  const rows = services.map(
    ({ nameJa, nameEn, stateJa, stateEn, validTo }) =>
      `<tr><td>${both(nameJa, nameEn)}<td>${both(stateJa, stateEn)}<td>${validTo ?? "—"}`,
  );
  const body = `<h1>登録しているサービス</h1>
<p>${both("このカードで登録しているサービスの一覧です", "The services that this card is linked to")}（${civilDateAt(nowMs)}）</p>
<table>
<tr><th>${both("サービス", "Service")}<th>${both("状態", "State")}<th>${both("期限", "Until")}
${rows.join("\n")}
</table>`;
  const style = "td, th { border-bottom: 1px solid #999; padding: .5em; text-align: left; }";
  return htmlPage("登録しているサービス / Linked services", style, body);
}

function both(ja: string, en: string): string {
  return `${escapeHtml(ja)}<br><small lang="en">${escapeHtml(en)}</small>`;
}
