/** A resident leaves: his wallet is closed by his card, and the registrar forgets him. */
import { toHex } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import type { WalletState } from "../sdk/answers.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import type { WalletOfCard } from "../terminal/till.ts";

/**
 * Drafts the closing, for the card alone to sign.
 * @param agreedPt what the resident knows that he gives up.
 * @throws ClientError `POINTS_LEFT` when the wallet holds another number.
 */
export function draftClosing(card: WalletOfCard, state: WalletState, agreedPt: number): Draft {
  const { municipality, handle, cardSalt } = card;
  if (state.balancePt !== agreedPt) {
    throw new ClientError("POINTS_LEFT", { balancePt: state.balancePt, agreedPt });
  }
  const leftPt = new Map<string, { issuer: string; pointType: string; amountPt: number }>();
  for (const { issuer, pointType, remainingPt } of state.lots) {
    const name = `${issuer}/${pointType}`;
    const amountPt = (leftPt.get(name)?.amountPt ?? 0) + remainingPt;
    leftPt.set(name, { issuer, pointType, amountPt });
  }
  return {
    type: "WALLET_CLOSE",
    public: {},
    private: {
      municipality,
      wallet: toHex(handle),
      cardSalt: toHex(cardSalt),
      forfeits: [...leftPt.values()],
    },
  };
}
