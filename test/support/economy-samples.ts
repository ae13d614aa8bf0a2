/** Samples of the point economy's transactions, each valid after the set-up and what `before` names. */
import type { Bodies } from "./ledger-world.ts";

/** What the samples are about. */
export interface SampleNames {
  readonly issuer: string;
  readonly wallet: Uint8Array;
  readonly cardSalt: Uint8Array;
  /** The private part of the sample payment, and its salt. */
  readonly payment: Bodies["public"];
  readonly salt: Uint8Array;
  readonly partner: string;
}

/** The campaign of the samples: its first moment is that of the test world, its last 30 November 2026. */
export const AUTUMN = { pointType: "health", campaign: "autumn" } as const;
const NOVEMBER_ENDS_MS = Date.UTC(2026, 10, 30, 15);

/** In the order of the registry. */
export function economySamples(names: SampleNames): { readonly [type: string]: Bodies } {
  const { issuer, wallet, cardSalt, payment, salt } = names;
  const organisational = (body: Bodies["public"]): Bodies => ({ public: body, private: null });
  const type = { issuer, pointType: "health" };
  const budget = { fiscalYear: 2026, budgetCategory: "HEALTH" };
  const limits = {
    walletCapPt: 500,
    dayCapPt: 2000,
    totalCapPt: 10_000,
    closesAtMs: NOVEMBER_ENDS_MS,
  };
  return {
    PARAM_SET: organisational({
      parameter: "RESERVE_DAYS",
      value: 21,
      effectiveOn: "2026-11-08",
    }),
    EXPIRE_SWEEP: {
      public: { organisation: issuer, ...type },
      private: { wallets: [wallet] },
    },
    PAY_VOID: { public: {}, private: { payment, salt, terminal: "museum-1" } },
    PAY_REFUND: { public: {}, private: { payment, salt, terminal: "museum-1", amountPt: 100 } },
    GRANT_REVERSE: {
      public: { ...type, ...budget, amountPt: 1000 },
      private: { wallet, lot: 1 },
    },
    POINT_GRANT_BATCH: {
      public: { ...type, ...budget, expiresOn: null, items: 1, totalPt: 500 },
      private: { items: [{ wallet, amountPt: 500 }] },
    },
    LOT_EXTEND: {
      public: { ...type, expiresOn: "2028-03-31", extendedTo: "2028-09-30" },
      private: { wallets: [wallet] },
    },
    SCHEME_WIND_DOWN: organisational({ ...type, endsOn: "2026-12-31" }),
    CAMPAIGN_OPEN: organisational({
      ...type,
      campaign: AUTUMN.campaign,
      ...budget,
      nameJa: "秋の健康キャンペーン",
      nameEn: "Healthy autumn",
      trigger: "PAY",
      rateBp: 1000,
      checkinPt: null,
      opensAtMs: 0,
      ...limits,
      restrictedTo: [],
      premiumExpiresOn: null,
    }),
    CAMPAIGN_ADJUST: organisational({
      ...type,
      campaign: AUTUMN.campaign,
      ...budget,
      ...limits,
      totalCapPt: 20_000,
    }),
    CAMPAIGN_CLOSE: organisational({ ...type, campaign: AUTUMN.campaign, ...budget }),
    EVENT_CHECKIN: {
      public: {},
      private: {
        municipality: issuer,
        wallet,
        cardSalt,
        merchant: "museum",
        terminal: "museum-1",
        campaign: { issuer, ...AUTUMN },
      },
    },
  };
}
