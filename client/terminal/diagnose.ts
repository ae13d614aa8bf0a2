/** What a counter's computer says about itself: service, readers, cards. Each finding says what to do. */
import type { Card } from "../card/card.ts";
import { CardError, type FaultText } from "../card/card-faults.ts";
import { endingSession } from "../card/ending-session.ts";
import { JpkiCard } from "../card/jpki-card.ts";
import { CardReaders } from "../card/pcsc/card-readers.ts";
import { errorReport } from "../error-report.ts";
import { parseAuthCertificate } from "../pki/profile.ts";

/** One thing that was looked at. */
export interface Finding extends FaultText {
  readonly check:
    | "SERVICE"
    | "READER"
    | "CARD"
    | "CERTIFICATE"
    | "PIN"
    | "TERMINAL"
    | "NODE"
    | "OFFICE"
    | "CLOCK"
    | "JOURNAL";
  readonly ok: boolean;
  /** The reader that it is about. */
  readonly reader?: string;
  /** What is wrong; a code of the card, its certificate or the client. */
  readonly code?: string;
}

/** Looks at everything between this program and the cards on the readers. Spends no try of a PIN. */
export async function diagnose(): Promise<Finding[]> {
  let readers: CardReaders;
  try {
    readers = await CardReaders.open();
  } catch (error) {
    return [wrong("SERVICE", error)];
  }
  try {
    const findings: Finding[] = [
      { check: "SERVICE", ok: true, en: "PC/SC is running", ja: "PC/SC は動いています" },
    ];
    const all = readers.list();
    if (all.length === 0) findings.push(wrong("READER", new CardError({ code: "NO_READER" })));
    // An empty reader beside one with a card is nothing to complain of.
    const some = all.filter(({ hasCard }) => hasCard);
    for (const { name } of some.length > 0 ? some : all) {
      findings.push(...(await diagnoseReader(readers, name)));
    }
    return findings;
  } finally {
    readers.close();
  }
}

async function diagnoseReader(readers: CardReaders, reader: string): Promise<Finding[]> {
  const findings: Omit<Finding, "reader">[] = [
    { check: "READER", ok: true, en: "connected", ja: "接続されています" },
  ];
  try {
    await endingSession(await JpkiCard.connect(await readers.connect(reader)), async (card) => {
      findings.push({
        check: "CARD",
        ok: true,
        en: "a My Number Card",
        ja: "マイナンバーカードです",
      });
      findings.push(await diagnoseCertificate(card), await diagnosePin(card));
    });
  } catch (error) {
    findings.push(wrong("CARD", error));
  }
  return findings.map((finding) => ({ ...finding, reader }));
}

/** The profile is that of the current generation; the next one is expected to have other keys. */
async function diagnoseCertificate(card: Card): Promise<Finding> {
  const der = await card.readAuthCertificate();
  const check = "CERTIFICATE";
  try {
    const { notAfterMs } = parseAuthCertificate(der);
    const until = new Date(notAfterMs).toISOString().slice(0, 10);
    if (notAfterMs < Date.now()) {
      const en = `expired on ${until}; the municipal office renews it`;
      const ja = `${until} で期限切れです。市区町村の窓口で更新してください`;
      return { check, ok: false, code: "CERT_EXPIRED", en, ja };
    }
    const en = `of the current generation (RSA-2048), until ${until}`;
    return { check, ok: true, en, ja: `現行のカード（RSA-2048）、有効期限 ${until}` };
  } catch (error) {
    return wrong(check, error);
  }
}

async function diagnosePin(card: Card): Promise<Finding> {
  const triesLeft = await card.triesLeft();
  if (triesLeft === 0) return wrong("PIN", new CardError({ code: "PIN_BLOCKED" }));
  if (triesLeft === 1) return wrong("PIN", new CardError({ code: "PIN_LAST_TRY" }));
  return { check: "PIN", ok: true, en: `tries left: ${triesLeft}`, ja: `残り${triesLeft}回` };
}

function wrong(check: Finding["check"], error: unknown): Finding {
  const { code, detail, detailJa } = errorReport(error);
  return { check, ok: false, code, en: detail, ja: detailJa };
}
