/**
 * What the own system of a shopping street, a carrier or an issuer of prepaid cards does for transfers. A transfer is known by
 * its number, and both questions may come any number of times: each number counts once.
 *
 * Rule S1: `credit` gives the member the points at most once for a transfer, durably before it says so.
 * Rule S2: `cancel` takes back what was given for it. From then on nothing is ever given for it, also when a `credit` that
 *          was sent before arrives later.
 *
 * A transfer is a conversion that goes the other way: points of the ledger become units of a system outside. So the partner's desk
 * (client/partner/conversion-desk.ts, rules D1 to D3) does both: it credits, then acknowledges; what was released it cancels.
 */
import type { CompanySystem } from "../partner/company-system.ts";

/** A resident's wish to have points of his moved. */
export interface AskedTransfer {
  /** Id of the STREET_TRANSFER_REQUEST, hexadecimal. */
  readonly transfer: string;
  /** The resident's pseudonym; which member or card that is, the system knows. */
  readonly wallet: string;
  readonly points: number;
}

/** A system outside. Both throw ClientError `COMPANY_UNREACHABLE`, `COMPANY_ANSWER_INVALID`: nothing is known. */
export interface StreetSystem {
  /** Gives the points (rule S1). `REFUSED`: the member is unknown, or the transfer was cancelled. */
  credit(asked: AskedTransfer): Promise<"CREDITED" | "REFUSED">;
  /** The transfer did not take place (rule S2). */
  cancel(transfer: string): Promise<void>;
}

/** The system as the desk asks it. */
export function asCompany(street: StreetSystem): CompanySystem {
  return {
    debit: async ({ conversion: transfer, wallet, units: points }) => {
      const answer = await street.credit({ transfer, wallet, points });
      return answer === "CREDITED" ? "DEBITED" : "REFUSED";
    },
    release: ({ conversion }) => street.cancel(conversion),
  };
}
