/**
 * Points on their way into a shopping street's own system: held until the street says that it credited them, or given
 * back. The street is a merchant under its own name, so what it took is settled as for every shop.
 */
import { TIMESTAMP_MS_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { list, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { amountPt, walletHandle } from "../fields/fields.ts";
import { pointAsset } from "../points/accounts.ts";
import { lotSchema } from "../points/lots.ts";
import { keySpace } from "../state/key-space.ts";

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
