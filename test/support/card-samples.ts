/** Valid bodies of the transactions about cards, terminals and merchants. */
import { commitToCard } from "../../contracts/residents/card-commitment.ts";

/** A resident's wallet with its card. */
interface CardCase {
  readonly town: string;
  readonly wallet: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly cardSalt: Uint8Array;
  readonly atMs: number;
  /** Of the resident's MyKey ID. */
  readonly tag: Uint8Array;
}

/** The samples, by type. */
export function cardSamples({ town, wallet, publicKey, cardSalt, atMs, tag }: CardCase) {
  const cardCommit = commitToCard(cardSalt, publicKey);
  const newSalt = new Uint8Array(32).fill(5);
  const evidenceHash = new Uint8Array(32).fill(6);
  const organisational = (body: { readonly [field: string]: unknown }) => ({
    public: body,
    private: null,
  });
  return {
    STATUS_LIST_ATTEST: {
      public: { municipality: town, asOfMs: atMs },
      private: { suspended: [] },
    },
    STATUS_ATTEST: {
      public: { municipality: town },
      private: { wallet, cardCommit, statusAsOfMs: atMs },
    },
    CARD_SUSPEND: { public: { municipality: town }, private: { wallet } },
    CARD_RESUME: {
      public: { municipality: town },
      private: { wallet, cardSalt, statusAsOfMs: atMs },
    },
    CARD_REBIND: {
      public: { municipality: town },
      private: {
        wallet,
        oldCardCommit: cardCommit,
        cardCommit: commitToCard(newSalt, publicKey),
        cardSalt: newSalt,
        statusAsOfMs: atMs,
        evidenceHash,
        certificate: null,
      },
    },
    TERMINAL_REVOKE: organisational({ issuer: town, merchant: "museum", terminal: "museum-1" }),
    MERCHANT_SUSPEND: organisational({ issuer: town, merchant: "museum" }),
    MERCHANT_RESUME: organisational({ issuer: town, merchant: "museum" }),
    WALLET_CLOSE: {
      public: {},
      private: {
        municipality: town,
        wallet,
        cardSalt,
        forfeits: [{ issuer: town, pointType: "health", amountPt: 1000 }],
      },
    },
    MYKEY_ID_CLAIM: {
      public: { municipality: town },
      private: { tag: tag },
    },
    MYKEY_ID_RELEASE: {
      public: { municipality: town },
      private: { tag: tag },
    },
  };
}
