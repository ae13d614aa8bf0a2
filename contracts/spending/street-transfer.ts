/**
 * Points on their way into the system of a shopping street, a carrier or an issuer of prepaid cards: held until that
 * organisation says that it credited them, or given back. It is a merchant under its own name, so what it took is settled as
 * for every shop. Here all of them are called streets.
 */
import { TIMESTAMP_MS_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { list, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { amountPt, walletHandle } from "../fields/fields.ts";
import { pointAsset } from "../points/accounts.ts";
import { lotSchema } from "../points/lots.ts";
import { keySpace } from "../state/key-space.ts";

/** Organisations with a system of their own into which points can move: streets; carriers and prepaid issuers. */
export const STREET_KINDS: readonly string[] = ["street", "company"];

/** A transfer, under the id of the request. When it is over, it names neither wallet nor points. */
export const HOLD = keySpace(
  "hold",
  "<transactionIdHex>",
  record({
    street: identifier,
    wallet: nullable(walletHandle),
    uses: list(record({ lot: lotSchema, usedPt: amountPt }), WALLET_LOTS_MAX),
    answerByMs: uint(TIMESTAMP_MS_MAX),
    status: oneOf(["HELD", "ACKNOWLEDGED", "RELEASED"]),
  }),
  ({ text }, { uses }) =>
    uses.map(({ lot, usedPt }) => {
      return { account: text, asset: pointAsset(lot.issuer, lot.pointType), balancePt: usedPt };
    }),
);
