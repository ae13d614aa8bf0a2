/** Rows of the table of all rules: fees of a facility's tariff. */
import { FACILITY, SERVICE } from "../../contracts/services/service.ts";
import { WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type LedgerWorld, PRIVATE_SALT, TOSHIMA, WALLET_HANDLE } from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";
import { type Arrangement, accepted, all, cardholderRows, counterRows } from "./counter-rows.ts";

const type = "FEE_PAY";
const MUSEUM = FACILITY.key("city-museum");
const ADMISSION = SERVICE.key("city-museum", "admission");
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const EXHIBITION = { issuer: TOSHIMA, pointType: "health", campaign: "autumn" };

/** The museum with its tariff; its till is the sample merchant's. */
export const museumOpen: Arrangement = (run) => {
  run.plant(MUSEUM, {
    municipality: TOSHIMA,
    nameJa: "郷土資料館",
    nameEn: "City Museum",
    merchant: "museum",
  });
  run.plant(ADMISSION, {
    nameJa: "入館",
    nameEn: "Admission",
    category: "MUSEUM",
    sensitive: false,
    termMonths: 0,
    attesters: [],
    fees: [
      { fee: "adult", amountPt: 125 },
      { fee: "student", amountPt: 60 },
    ],
  });
};

/** Every way in which a fee is right or wrong. */
export function feeRows(world: LedgerWorld): RuleRow[] {
  const arrange = museumOpen;
  const mismatch = { type, arrange, code: "FEE_MISMATCH" };
  const campaign = { campaign: EXHIBITION };
  return [
    ...counterRows(world, type, arrange).filter(({ code }) => code !== "UNKNOWN_MERCHANT"),
    ...cardholderRows(world, type, arrange),
    { id: "two adults", type, arrange, code: "OK" },
    { id: "a student", type, private: student(1, 60), arrange, code: "OK" },
    { id: "less than the tariff has", private: student(2, 119), ...mismatch },
    { id: "more than the tariff has", private: { amountPt: 251 }, ...mismatch },
    { id: "a fee that the tariff does not have", private: { fee: "child" }, ...mismatch },
    { id: "no such facility", type, code: "UNKNOWN_FACILITY" },
    {
      id: "at another till than the facility's",
      type,
      arrange: all(arrange, change(MUSEUM, { merchant: "cafe" })),
      code: "UNKNOWN_FACILITY",
    },
    {
      id: "at a till that is not registered",
      type,
      private: { merchant: "cafe" },
      arrange: all(arrange, change(MUSEUM, { merchant: "cafe" })),
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "no such service",
      type,
      private: { service: "cloakroom" },
      arrange,
      code: "UNKNOWN_SERVICE",
    },
    {
      id: "a sensitive service",
      type,
      arrange: all(arrange, change(ADMISSION, { sensitive: true })),
      code: "SERVICE_SENSITIVE",
    },
    {
      id: "more than there is",
      type,
      private: { count: 9, amountPt: 1125 },
      arrange,
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "more than the cap on one use",
      type,
      arrange: all(arrange, (run) => {
        const lots = run.read(WALLET_KEY)?.lots ?? [];
        change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, perUseCapPt: 249 })) })(run);
      }),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "in an exhibition's campaign",
      type,
      private: campaign,
      arrange: all(arrange, accepted(world, "CAMPAIGN_OPEN")),
      code: "OK",
    },
    { id: "in no such campaign", type, private: campaign, arrange, code: "UNKNOWN_CAMPAIGN" },
    {
      id: "in a campaign that has ended",
      type,
      private: campaign,
      arrange: all(arrange, accepted(world, "CAMPAIGN_OPEN"), accepted(world, "CAMPAIGN_CLOSE")),
      code: "CAMPAIGN_NOT_OPEN",
    },
    ...takenBackRows(world),
  ];
}

function takenBackRows(world: LedgerWorld): RuleRow[] {
  const { FEE_PAY } = world.samples;
  const arrange = all(museumOpen, accepted(world, type));
  const payment = FEE_PAY?.private;
  const disputed = { payment, salt: PRIVATE_SALT };
  return [
    { id: "a fee of that day", type: "PAY_VOID", private: { payment }, arrange, code: "OK" },
    { id: "a part of a fee", type: "PAY_REFUND", private: { payment }, arrange, code: "OK" },
    {
      id: "a fee, shown as a payment",
      type: "PAY_VOID",
      arrange,
      code: "PAYMENT_NOT_FOUND",
    },
    {
      id: "a fee, for another count",
      type: "PAY_VOID",
      private: { payment: { ...payment, count: 1 } },
      arrange,
      code: "PAYMENT_NOT_FOUND",
    },
    { id: "about a fee", type: "DISPUTE_OPEN", private: disputed, arrange, code: "OK" },
  ];
}

function student(count: number, amountPt: number) {
  return { fee: "student", count, amountPt };
}
