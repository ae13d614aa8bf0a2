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
  /** A company, and the id of the conversion that it is asked for. */
  readonly partner: string;
  readonly conversion: Uint8Array;
}

/** The campaign of the samples: its first moment is that of the test world, its last 30 November 2026. */
export const AUTUMN = { pointType: "health", campaign: "autumn" } as const;
const NOVEMBER_ENDS_MS = Date.UTC(2026, 10, 30, 15);

/** In the order of the registry. */
export function economySamples(names: SampleNames): { readonly [type: string]: Bodies } {
  const { issuer, wallet, cardSalt, payment, salt, partner, conversion } = names;
  const holder = { municipality: issuer, wallet, cardSalt };
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
        ...holder,
        merchant: "museum",
        terminal: "museum-1",
        campaign: { issuer, ...AUTUMN },
      },
    },
    PARTNER_REGISTER: organisational({ partner, exposureCapYen: 10_000, funding: "POST" }),
    CONVERSION_RATE_SET: organisational({
      partner,
      unitStep: 200,
      stepPt: 900,
      unitsMin: 400,
      requestCapPt: 9000,
      effectiveOn: "2026-11-01",
    }),
    CONSENT_GRANT: { public: {}, private: { ...holder, partner } },
    CONSENT_REVOKE: { public: {}, private: { ...holder, partner } },
    CONVERT_REQUEST: { public: {}, private: { ...holder, partner, units: 600 } },
    CONVERT_CONFIRM: { public: { partner, conversion }, private: { wallet } },
    CONVERT_REJECT: organisational({ organisation: partner, partner, conversion }),
    CONVERT_ALLOCATE: {
      public: {},
      private: {
        from: holder,
        to: holder,
        partner,
        pointType: "economy",
        amountPt: 1000,
        campaign: null,
      },
    },
    CONVERT_AUTO_ALLOCATE: {
      public: { issuer, pointType: "economy", partner },
      private: { wallets: [wallet] },
    },
    DEFAULT_MUNI_SET: { public: {}, private: { from: holder, to: holder } },
    FUNDING_CONFIRM: organisational({
      issuer,
      partner,
      cause: "conversion-2026-11",
      amountYen: 1000,
    }),
    ADJUST: organisational({
      ...type,
      merchant: "museum",
      ...budget,
      direction: "TO_MERCHANT",
      reason: "LOST_PAYMENT",
      amountPt: 300,
    }),
    WALLET_FREEZE: { public: { municipality: issuer }, private: { wallet } },
    WALLET_UNFREEZE: { public: { municipality: issuer }, private: { wallet } },
    DISPUTE_OPEN: { public: { issuer }, private: { payment, salt } },
    DISPUTE_RESOLVE: { public: { issuer }, private: { payment, salt, refundPt: 250 } },
    STREET_TRANSFER_REQUEST: { public: {}, private: { ...holder, street: partner, amountPt: 400 } },
    STREET_TRANSFER_ACK: organisational({ street: partner, transfer: conversion }),
    STREET_TRANSFER_RELEASE: {
      public: { organisation: partner, transfer: conversion },
      private: { wallet },
    },
  };
}
