/** A town for the network under test: residents with cards and points, shops with terminals. */
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { issueSoftwareCard } from "../../client/card/issue-software-card.ts";
import { JpkiCard } from "../../client/card/jpki-card.ts";
import { SoftwareChannel } from "../../client/card/software-channel.ts";
import { MUNICIPALITY } from "../../client/demo/cast.ts";
import { readKeyFile } from "../../client/files.ts";
import { keyFileOf } from "../../client/network/create-network.ts";
import { createTestCa } from "../../client/pki/test-ca.ts";
import { loadTrustAnchors } from "../../client/pki/trust-anchors.ts";
import { LocalRegistrar } from "../../client/registrar/local-registrar.ts";
import {
  type BuildContext,
  officer,
  type SignedTransaction,
  signDraft,
} from "../../client/sdk/transaction-builder.ts";
import { withUnlockedCard } from "../../client/terminal/card-signer.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { pay } from "../../client/terminal/till.ts";
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { KeyRole } from "../../ledger/genesis.ts";
import type { JsonValue } from "../../ledger/schema.ts";

/** What each resident is granted, pt. */
export const GRANT_PT = 1_000_000;
/** More than anybody has, pt: a payment of so much is refused by a block. */
export const TOO_MUCH_PT: number = 2 * GRANT_PT;

const BUDGET_PT = 100_000_000;
const PIN = "1234";
const POINT_TYPE = "volunteer";
/** Shops and their terminals. */
const TERMINALS = [
  { merchant: "bakery", terminal: "bakery-1" },
  { merchant: "bakery", terminal: "bakery-2" },
  { merchant: "bath-house", terminal: "bath-house-1" },
] as const;
const MERCHANTS = [...new Set(TERMINALS.map(({ merchant }) => merchant))];

type SoftwareCard = Awaited<ReturnType<typeof issueSoftwareCard>>;

/** Sends a transaction until it is accepted. @throws when it is not. */
export type Submit = (transaction: SignedTransaction) => Promise<void>;

/** Somebody with a wallet. */
export interface Resident {
  /** Of the wallet, hexadecimal. */
  readonly wallet: string;
  /** Pays at any of the terminals; card and terminal sign. */
  pay(amountPt: number, terminal: number): Promise<SignedTransaction>;
}

/** Opens the issue, the shops and a wallet with points for each of `count` residents. */
export async function foundTown(
  directory: string,
  count: number,
  networkId: Uint8Array,
  submit: Submit,
): Promise<Resident[]> {
  const ca = await createTestCa();
  const keys = await Promise.all(TERMINALS.map(() => TerminalKey.generate()));
  const cards = await Promise.all(
    Array.from({ length: count }, () => issueSoftwareCard({ ca, pin: PIN })),
  );
  const registrar = new LocalRegistrar({
    storeFile: join(directory, "registrar.json"),
    municipality: MUNICIPALITY,
    anchors: loadTrustAnchors([derOf(ca.userAuthentication.certificatePem)]),
  });
  const context = (): BuildContext => ({ networkId, nowMs: Date.now() });
  const officerAs = (role: KeyRole) =>
    officer(readKeyFile(keyFileOf(directory, MUNICIPALITY, role)));
  const pin = () => new TextEncoder().encode(PIN);
  const place = (card: SoftwareCard) => JpkiCard.connect(new SoftwareChannel(card));

  for (const { type, roles, body } of openingActs(keys)) {
    const draft = { type, public: { issuer: MUNICIPALITY, ...body }, private: null };
    await submit(await signDraft(draft, roles.map(officerAs), context()));
  }
  return Promise.all(
    cards.map(async (card) => {
      const opened = await withUnlockedCard(await place(card), pin(), (unlocked) => {
        const draft = registrar.draftOpening(unlocked.certificate, Date.now());
        return signDraft(
          draft,
          [unlocked, officerAs("registrar"), officerAs("verifier")],
          context(),
        );
      });
      await submit(opened);
      const walletOf = (der: Uint8Array) => registrar.walletOf(der, Date.now());
      const wallet = toHex(walletOf(derOf(card.state.auth.certificatePem)).handle);
      const grant = {
        type: "POINT_GRANT",
        public: { issuer: MUNICIPALITY, ...grantBody() },
        private: { wallet },
      };
      await submit(await signDraft(grant, MAKER_AND_CHECKER.map(officerAs), context()));
      return {
        wallet,
        pay: async (amountPt: number, terminal: number) => {
          const at = terminal % TERMINALS.length;
          const [registered, key] = [TERMINALS[at], keys[at]];
          if (registered === undefined || key === undefined) throw new RangeError("no terminal");
          const payment = { amountPt, pin: pin() };
          return pay({ ...registered, key, walletOf }, await place(card), payment, context());
        },
      };
    }),
  );
}

const MAKER_AND_CHECKER: readonly KeyRole[] = ["clerk", "approver"];

interface Act {
  readonly type: string;
  readonly roles: readonly KeyRole[];
  readonly body: { readonly [field: string]: JsonValue };
}

/** Everything that comes before the first wallet, in order. */
function openingActs(keys: readonly TerminalKey[]): Act[] {
  return [
    { type: "ISSUER_OPEN", roles: MAKER_AND_CHECKER, body: {} },
    { type: "POINT_TYPE_DEFINE", roles: MAKER_AND_CHECKER, body: pointTypeBody() },
    {
      type: "BUDGET_APPROPRIATE",
      roles: MAKER_AND_CHECKER,
      body: { fiscalYear: fiscalYear(), category: "VOLUNTEER", amountPt: BUDGET_PT },
    },
    ...MERCHANTS.map((merchant) => ({
      type: "MERCHANT_REGISTER",
      roles: MAKER_AND_CHECKER,
      body: { merchant, nameJa: merchant, nameEn: merchant, category: "SHOP" },
    })),
    ...TERMINALS.map(({ merchant, terminal }, i) => ({
      type: "TERMINAL_REGISTER",
      roles: ["clerk"] as const,
      body: {
        merchant,
        terminal,
        algorithm: "rsa2048-sha256",
        publicKey: toHex(keys[i]?.publicKey ?? new Uint8Array()),
      },
    })),
  ];
}

function pointTypeBody() {
  return {
    pointType: POINT_TYPE,
    nameJa: "ボランティアポイント",
    nameEn: "Volunteer points",
    category: "VOLUNTEER",
    legalClass: "FREE",
    expiryRule: { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null },
    perGrantCapPt: GRANT_PT,
    perUseCapPt: GRANT_PT,
    restrictedTo: [],
  };
}

function grantBody() {
  return {
    pointType: POINT_TYPE,
    fiscalYear: fiscalYear(),
    budgetCategory: "VOLUNTEER",
    amountPt: GRANT_PT,
    expiresOn: null,
  };
}

function fiscalYear(): number {
  return fiscalYearOf(civilDateAt(Date.now()));
}

function derOf(certificatePem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(certificatePem).raw);
}
