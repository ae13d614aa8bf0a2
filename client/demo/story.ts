/**
 * The story: two municipalities open their issue, one of them grants points for volunteering, and a resident
 * spends them at a shop with his card. Each step is one transaction.
 */
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { KeyRole } from "../../ledger/genesis.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import {
  type BuildContext,
  type SignedTransaction,
  signDraft,
} from "../sdk/transaction-builder.ts";
import { withUnlockedCard } from "../terminal/card-signer.ts";
import { pay } from "../terminal/till.ts";
import { type Cast, MUNICIPALITY, PARTNER_CITY } from "./cast.ts";

/** What the resident pays, pt. */
export const PAYMENT_PT = 350;

/** What the resident is granted, pt. */
export const GRANT_PT = 500;
const POINT_TYPE = "volunteer";
/** The shop that the resident pays at. */
export const SHOP = {
  merchant: "sugamo-bakery",
  terminal: "sugamo-bakery-1",
  nameJa: "巣鴨ベーカリー",
  nameEn: "Sugamo Bakery",
} as const;

/** One step: what is said of it, and its signed transaction. */
export interface Step {
  readonly ja: string;
  readonly en: string;
  sign(cast: Cast, context: BuildContext): Promise<SignedTransaction>;
}

/** Bodies of a transaction that officers of one municipality sign. */
interface Bodies {
  readonly public: { readonly [field: string]: JsonValue };
  readonly private?: JsonValue;
}

/** Everything up to a wallet with points. */
export const PREPARATION: readonly Step[] = [
  byOfficers("豊島区が発行を始める", "Toshima City begins to issue points", {
    type: "ISSUER_OPEN",
    bodies: () => ({ public: {} }),
  }),
  byOfficers("会津若松市も始める", "so does Aizuwakamatsu City", {
    type: "ISSUER_OPEN",
    issuer: PARTNER_CITY,
    bodies: () => ({ public: {} }),
  }),
  byOfficers("ボランティアポイントを定める", "volunteer points are defined", {
    type: "POINT_TYPE_DEFINE",
    bodies: () => ({
      public: {
        pointType: POINT_TYPE,
        nameJa: "ボランティアポイント",
        nameEn: "Volunteer points",
        category: "VOLUNTEER",
        legalClass: "FREE",
        expiryRule: { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null },
        perGrantCapPt: 10_000,
        perUseCapPt: 5000,
        restrictedTo: [],
      },
    }),
  }),
  byOfficers("予算 1,000,000 pt を計上する", "1,000,000 pt are appropriated", {
    type: "BUDGET_APPROPRIATE",
    bodies: (_, nowMs) => ({
      public: { fiscalYear: fiscalYearAt(nowMs), category: "VOLUNTEER", amountPt: 1_000_000 },
    }),
  }),
  byOfficers("巣鴨ベーカリーが加盟する", "Sugamo Bakery joins", {
    type: "MERCHANT_REGISTER",
    bodies: () => ({
      public: {
        merchant: SHOP.merchant,
        nameJa: SHOP.nameJa,
        nameEn: SHOP.nameEn,
        category: "SHOP",
      },
    }),
  }),
  byOfficers("店の端末を登録する", "its terminal is registered", {
    type: "TERMINAL_REGISTER",
    roles: ["clerk"],
    bodies: ({ terminalKey: { algorithm, publicKey } }) => ({
      public: {
        merchant: SHOP.merchant,
        terminal: SHOP.terminal,
        algorithm,
        publicKey: toHex(publicKey),
      },
    }),
  }),
  {
    ja: "住民がカードでウォレットを開く",
    en: "a resident opens a wallet with his card",
    sign: openWallet,
  },
  byOfficers(
    `ボランティアに ${GRANT_PT} pt を付与する`,
    `${GRANT_PT} pt are granted for volunteering`,
    {
      type: "POINT_GRANT",
      bodies: (cast, nowMs) => ({
        public: {
          pointType: POINT_TYPE,
          fiscalYear: fiscalYearAt(nowMs),
          budgetCategory: "VOLUNTEER",
          amountPt: GRANT_PT,
          expiresOn: null,
        },
        private: { wallet: toHex(cast.registrar.walletOf(cast.certificate, nowMs).handle) },
      }),
    },
  ),
];

/** The payment that everything was prepared for. */
export const PAYMENT: Step = {
  ja: `店で ${PAYMENT_PT} pt を支払う（カードが署名）`,
  en: `he pays ${PAYMENT_PT} pt at the bakery, signed by his card`,
  sign: async (cast, context) => {
    const till = {
      merchant: SHOP.merchant,
      terminal: SHOP.terminal,
      key: cast.terminalKey,
      walletOf: (certificate: Uint8Array) => cast.registrar.walletOf(certificate, context.nowMs),
    };
    const payment = { amountPt: PAYMENT_PT, pin: cast.typePin() };
    return pay(till, await cast.placeCard(), payment, context);
  },
};

/** A step that officers of the municipality sign: maker and checker unless said otherwise. */
function byOfficers(
  ja: string,
  en: string,
  plan: {
    readonly type: string;
    readonly issuer?: string;
    readonly roles?: readonly KeyRole[];
    bodies(cast: Cast, nowMs: number): Bodies;
  },
): Step {
  const { type, issuer = MUNICIPALITY, roles = ["clerk", "approver"] } = plan;
  return {
    ja,
    en,
    sign: (cast, context) => {
      const bodies = plan.bodies(cast, context.nowMs);
      const draft = {
        type,
        public: { issuer, ...bodies.public },
        private: bodies.private ?? null,
      };
      return signDraft(
        draft,
        roles.map((role) => cast.officer(issuer, role)),
        context,
      );
    },
  };
}

/** The resident signs; the registrar attests that it is his only wallet, the verifier his certificate. */
async function openWallet(cast: Cast, context: BuildContext): Promise<SignedTransaction> {
  return withUnlockedCard(await cast.placeCard(), cast.typePin(), (card) => {
    const draft = cast.registrar.draftOpening(card.certificate, context.nowMs);
    const registrar = cast.officer(MUNICIPALITY, "registrar");
    const verifier = cast.officer(MUNICIPALITY, "verifier");
    return signDraft(draft, [card, registrar, verifier], context);
  });
}

function fiscalYearAt(nowMs: number): number {
  return fiscalYearOf(civilDateAt(nowMs));
}
