/** What verifiers do around a payment, so that no scenario has to tell it. */
import { LARGE_PAYMENT_PT } from "../../../contracts/residents/card-status.ts";
import { STATUS_LIST, WALLET } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { JsonValue } from "../../../ledger/schema.ts";
import type { Named } from "../names.ts";
import type { Order, Play } from "../play.ts";

/** How old a list is attested anew: an hour before it is too old by default, for the payment comes a few blocks later. */
const LIST_AGE_MS = 23 * 3_600_000;

/** A card that is about to be used. */
interface Use {
  readonly resident: Named;
  /** With which the wallet is. */
  readonly municipality: string;
  /** Nothing moves when left out. */
  readonly amountPt?: number;
}

/** What a resident's card alone signs about a wallet of his, after what verifiers do before it. */
export async function signedByCard(
  play: Play,
  type: string,
  use: Use,
  body: Readonly<Record<string, JsonValue>>,
): Promise<readonly Order[]> {
  const { resident, municipality } = use;
  const holder = await play.cardholder(resident, municipality);
  return [
    ...(await attestations(play, use)),
    { type, public: {}, private: { ...holder, ...body }, resident },
  ];
}

/**
 * STATUS_LIST_ATTEST when the municipality's last word on its cards is a day old, as its verifier says it daily;
 * STATUS_ATTEST before a large payment, as the till asks for it. A card about which nobody is asked gets neither.
 */
export async function attestations(play: Play, use: Use): Promise<readonly Order[]> {
  const { resident, municipality, amountPt = 0 } = use;
  const { nowMs } = play.ledger;
  const { handle } = await play.cast.walletOf(resident, municipality);
  const wallet = await play.read(WALLET.key(toHex(handle)));
  if (wallet === null) return [];
  if (amountPt > LARGE_PAYMENT_PT) {
    const attested = { wallet: toHex(handle), cardCommit: toHex(wallet.cardCommit) };
    return [
      {
        type: "STATUS_ATTEST",
        public: { municipality },
        private: { ...attested, statusAsOfMs: nowMs },
      },
    ];
  }
  const list = await play.read(STATUS_LIST.key(municipality));
  const asOfMs = Math.max(wallet.statusAsOfMs, list?.asOfMs ?? 0);
  if (nowMs - asOfMs < LIST_AGE_MS) return [];
  return [
    {
      type: "STATUS_LIST_ATTEST",
      public: { municipality, asOfMs: nowMs },
      private: { suspended: [] },
    },
  ];
}
