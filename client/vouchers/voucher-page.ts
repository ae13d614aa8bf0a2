/** Vouchers as they are printed and cut apart. */
import type { VoucherSeries } from "../../contracts/vouchers/voucher.ts";
import { toHex } from "../../ledger/bytes.ts";
import { escapeHtml, htmlPage } from "../html.ts";
import { qrSvg } from "../qr.ts";
import { encodeVoucherCode, groupsOf, serialOf, signerOfVoucher } from "./voucher-code.ts";
import type { VoucherSheet } from "./voucher-sheet.ts";

/** What is printed of a series. */
export type PrintedTerms = Pick<VoucherSeries, "nameJa" | "nameEn" | "facePt" | "expiresOn">;

const STYLE = `
main { display: grid; grid-template-columns: 1fr 1fr; }
article { border: 1px dashed #666; padding: 5mm; break-inside: avoid; display: grid; grid-template-columns: 38mm 1fr; gap: 4mm; }
svg { width: 38mm; height: 38mm; }
h2 { margin: 0; font-size: 13pt; } strong { font-size: 20pt; } p { margin: 1mm 0; font-size: 8pt; }
code { grid-column: 1 / 3; font-size: 8pt; overflow-wrap: anywhere; }
@media print { body { margin: 0; } header { display: none; } }`;

/** The page. */
export function voucherPage(sheet: VoucherSheet, terms: PrintedTerms): string {
  const header = `<header><p>印刷して切り分け、本人に渡してください。この画面とファイルは印刷のあと消してください。<br>
<span lang="en">Print, cut apart, hand to the resident; then delete this page and the sheet.</span></header>`;
  const vouchers = sheet.secrets.map((secret) => article(sheet, terms, secret));
  const title = `${terms.nameJa} ${terms.facePt} ポイント × ${vouchers.length}`;
  return htmlPage(title, STYLE, `${header}<main>\n${vouchers.join("\n")}\n</main>`);
}

function article(sheet: VoucherSheet, terms: PrintedTerms, secret: Uint8Array): string {
  const { issuer, series, networkId } = sheet;
  const { publicKey } = signerOfVoucher(secret, networkId);
  const code = encodeVoucherCode({ issuer, series, secret });
  const amount = terms.facePt.toLocaleString("en-US");
  return `<article>${qrSvg(code)}
<section><h2>${escapeHtml(terms.nameJa)}</h2><p lang="en">${escapeHtml(terms.nameEn)}</p>
<strong>${amount} ポイント</strong>
<p>有効期限 ${terms.expiresOn} まで / valid to ${terms.expiresOn}</p>
<p>発行 ${issuer}　券番号 ${serialOf(publicKey)}</p>
<p>一度だけ使えます。おつりは出ません。現金と同じく、ほかの人にコードを見せないでください。<br>
<span lang="en">Good once; no change is given. Like cash: show the code to the shop alone.</span></p></section>
<code>${groupsOf(code)}<br>照会 / key ${toHex(publicKey)}</code></article>`;
}
