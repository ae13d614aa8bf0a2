/** Valid bodies of the transactions of settlement, for a town's museum; what they lead on from, a test arranges. */

/** The samples, by type. @param town who pays the museum. @param other whose points it took too. */
export function settlementSamples(town: string, other: string) {
  const batch = { payer: town, batch: "2026-10b" };
  const clearing = { operator: town, clearing: "2026-11" };
  const due = { debtor: other, creditor: town, cause: "2026-10b" };
  const organisational = (body: { readonly [field: string]: unknown }) => ({
    public: body,
    private: null,
  });
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
    CLEARING_CUT: organisational({ ...clearing, replaces: null, dues: [due] }),
    CLEARING_ACCEPT: organisational({ ...clearing, organisation: other, accepted: true }),
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
  };
}
