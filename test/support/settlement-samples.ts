/** Valid bodies of the transactions of settlement, vouchers and projects; what they lead on from, a test arranges. */

import { AUTUMN } from "./economy-samples.ts";

/** Who takes part in the samples. */
export interface Cast {
  /** Who pays the museum. */
  readonly town: string;
  /** Whose points it took too. */
  readonly other: string;
  /** The resident, and what opens his wallet's commitment. */
  readonly cardholder: {
    readonly municipality: string;
    readonly wallet: Uint8Array;
    readonly cardSalt: Uint8Array;
  };
  /** Public keys of vouchers. */
  readonly voucher: Uint8Array;
  readonly newVoucher: Uint8Array;
  readonly donationSalt: Uint8Array;
  /** The resident's link to a library, with the commitment to his card. */
  readonly link: Uint8Array;
  readonly cardCommit: Uint8Array;
}

/** The samples, by type. */
export function settlementSamples(cast: Cast) {
  const { town, other } = cast;
  const batch = { payer: town, batch: "2026-10b" };
  const clearing = { operator: town, clearing: "2026-11" };
  const due = { debtor: other, creditor: town, cause: "2026-10b" };
  return {
    BATCH_CUT: organisational({
      ...batch,
      fiscalYear: 2026,
      closesOn: "2026-10-31",
      paysOn: "2026-11-16",
      feeBp: 150,
      merchants: ["museum"],
    }),
    BATCH_OBJECT: organisational({
      ...batch,
      merchant: "museum",
      terminal: "museum-1",
      reason: "AMOUNT",
    }),
    BATCH_APPROVE: organisational({ ...batch, totalYen: 3940, returned: [], claims: [] }),
    PAYOUT_REPORT: organisational({
      ...batch,
      paidOn: "2026-11-01",
      totalYen: 3940,
      results: [{ merchant: "museum", outcome: "PAID" }],
    }),
    CLEARING_CUT: organisational({ ...clearing, dues: [due] }),
    CLEARING_ACCEPT: organisational({
      ...clearing,
      organisation: other,
      accepted: true,
      released: [],
    }),
    CLEARING_SETTLED: organisational({
      ...clearing,
      organisation: town,
      dues: [{ debtor: other, cause: "2026-10b" }],
    }),
    DUE_WRITE_OFF: organisational({ ...due, amountYen: 100 }),
    UNUSED_BALANCE_REPORT: organisational({
      issuer: town,
      baseDate: "2026-09-30",
      types: [
        {
          pointType: "health",
          issuedPt: 30_000_000,
          usedPt: 9_000_000,
          expiredPt: 999_999,
          unusedPt: 20_000_001,
        },
      ],
      depositYen: 10_000_001,
    }),
    FY_CLOSE: organisational({ issuer: town, fiscalYear: 2025 }),
    ...voucherSamples(cast),
    ...projectSamples(cast),
    ...serviceSamples(cast),
  };
}

function voucherSamples({ town, cardholder, voucher, newVoucher }: Cast) {
  const series = { issuer: town, series: "spring" };
  const printed = { ...series, voucher };
  return {
    VOUCHER_SERIES_DEFINE: organisational({
      ...series,
      pointType: "health",
      nameJa: "春のポイント券",
      nameEn: "Spring vouchers",
      facePt: 500,
      limitPt: 1_000_000,
      expiresOn: "2027-03-31",
      redeemableUntil: "2027-04-30",
      restrictedTo: [],
    }),
    VOUCHER_ISSUE: { public: {}, private: { ...cardholder, ...series, vouchers: [voucher] } },
    VOUCHER_REDEEM: { public: printed, private: { merchant: "museum", terminal: "museum-1" } },
    VOUCHER_CANCEL: { public: printed, private: cardholder },
    VOUCHER_REISSUE: organisational({ ...printed, newVoucher }),
    VOUCHER_EXPIRE: organisational({ ...series, pointType: "health" }),
  };
}

function projectSamples({ town, cardholder, donationSalt }: Cast) {
  const project = { issuer: town, project: "old-school" };
  return {
    PROJECT_OPEN: organisational({
      ...project,
      nameJa: "旧小学校の図書室",
      nameEn: "A library in the old school",
      goalPt: 500,
      deadline: "2026-12-31",
      beneficiary: "museum",
      refundable: true,
    }),
    DONATE: {
      public: {},
      private: { ...cardholder, ...project, pointType: "health", amountPt: 400, donationSalt },
    },
    PROJECT_SETTLE: organisational({ ...project, beneficiary: "museum", pointTypes: ["health"] }),
    DONATION_REFUND: { public: {}, private: { ...cardholder, ...project, donationSalt } },
  };
}

function serviceSamples({ town, other, cardholder, link, cardCommit }: Cast) {
  const agreement = { issuer: other, acceptor: town, merchants: ["museum"] };
  const library = { municipality: town, facility: "library" };
  const lending = { ...library, service: "lending" };
  const { cardSalt } = cardholder;
  return {
    ACCEPTANCE_AGREE: organisational(agreement),
    ACCEPTANCE_END: organisational(agreement),
    AUDIT_ATTEST: organisational({
      organisation: town,
      height: 1,
      blockHash: new Uint8Array(32).fill(1),
      finding: "RIGHT",
      reportHash: new Uint8Array(32).fill(2),
    }),
    FACILITY_REGISTER: organisational({
      ...library,
      nameJa: "中央図書館",
      nameEn: "Central Library",
      merchant: null,
    }),
    SERVICE_DEFINE: organisational({
      ...lending,
      nameJa: "貸出し",
      nameEn: "Lending",
      category: "LIBRARY",
      sensitive: false,
      termMonths: 48,
      attesters: [town],
      fees: [],
    }),
    LINK_CREATE: { public: lending, private: { link, cardCommit, cardSalt } },
    RESIDENCY_ATTEST: {
      public: { municipality: town },
      private: { facility: "library", service: "lending", link, resident: true },
    },
    LINK_RENEW: { public: lending, private: { link } },
    LINK_SUSPEND: { public: lending, private: { link, suspended: true } },
    LINK_REMOVE: { public: {}, private: { link, cardSalt } },
    LINK_ROOT_COMMIT: organisational({ ...lending, root: new Uint8Array(32).fill(3) }),
    FEE_PAY: {
      public: {},
      private: {
        ...cardholder,
        merchant: "museum",
        terminal: "museum-1",
        amountPt: 250,
        campaign: null,
        facility: "city-museum",
        service: "admission",
        fee: "adult",
        count: 2,
      },
    },
    COST_SHARE_AGREE: organisational({ issuer: town, ...AUTUMN, funder: other, shareBp: 3333 }),
    COST_SHARE_BILL: organisational({
      issuer: town,
      ...AUTUMN,
      cause: "autumn",
      costYen: 1001,
      parts: [{ funder: other, amountYen: 334 }],
    }),
  };
}

function organisational(body: { readonly [field: string]: unknown }) {
  return { public: body, private: null };
}
