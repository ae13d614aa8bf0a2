/**
 * The verifier of a municipality: asks the issuer of the cards' certificates, and says on the ledger what follows from it. What
 * it says is about wallets and times; which certificate it is about stays with the registrar.
 */
import { STATUS_LIST_SUSPENDED_MAX } from "../../contracts/residents/card-status.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { WatchedCard } from "../registrar/local-registrar.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import type { CertificateList } from "./certificate-list.ts";
import { demandGood, type StatusSource } from "./certificate-status.ts";

/** What a list means for a municipality's wallets. */
export interface ListFindings {
  /** For the registrar to sign, before the attestation: more cards than one attestation suspends. */
  readonly suspensions: readonly Draft[];
  /** For the verifier to sign. */
  readonly attestation: Draft;
  /** Cards gone through, and those among them that cannot be used. */
  readonly cards: number;
  readonly unusable: number;
  /** What is attested, ms. */
  readonly asOfMs: number;
}

/**
 * Goes through all cards with the issuer's lists: each speaks for a part of the certificates, and the oldest says as of when.
 * @throws ClientError `STATUS_SOURCE_NOT_CURRENT`.
 */
export async function examineAll(
  municipality: string,
  cards: readonly WatchedCard[],
  lists: readonly CertificateList[],
  nowMs: number,
): Promise<ListFindings> {
  const source = sourceOf(lists);
  const asOfMs = Math.min(...lists.map((list) => list.asOfMs));
  const unusable: string[] = [];
  for (const { handle, certificate } of cards) {
    if (!(await isGood(source, certificate, nowMs))) unusable.push(toHex(handle));
  }
  const named = unusable.slice(0, STATUS_LIST_SUSPENDED_MAX);
  return {
    suspensions: unusable.slice(STATUS_LIST_SUSPENDED_MAX).map((wallet) => ({
      type: "CARD_SUSPEND",
      public: { municipality },
      private: { wallet },
    })),
    attestation: {
      type: "STATUS_LIST_ATTEST",
      public: { municipality, asOfMs },
      private: { suspended: named },
    },
    cards: cards.length,
    unusable: unusable.length,
    asOfMs,
  };
}

/**
 * Asks about one card, for a large payment.
 * @throws LedgerFault `CERT_REVOKED`, `CERT_STATUS_UNKNOWN`; ClientError as the source.
 */
export async function examineOne(
  municipality: string,
  { handle, cardCommit, certificate }: WatchedCard,
  source: StatusSource,
  nowMs: number,
): Promise<{ readonly draft: Draft; readonly statusAsOfMs: number }> {
  const statusAsOfMs = await demandGood(source, certificate, nowMs);
  const draft = {
    type: "STATUS_ATTEST",
    public: { municipality },
    private: { wallet: toHex(handle), cardCommit: toHex(cardCommit), statusAsOfMs },
  };
  return { draft, statusAsOfMs };
}

/** Whether the ledger knows the card as good by then: of this word, or of a later one that came before it. */
export function isAttested(result: string): boolean {
  return result === ACCEPTED || result === "STATUS_SUPERSEDED";
}

/** The word of the list that speaks of a certificate. */
function sourceOf(lists: readonly CertificateList[]): StatusSource {
  return {
    statusOf: async (certificate, nowMs) => {
      for (const list of lists) {
        const answer = await list.statusOf(certificate, nowMs);
        if (answer.status !== "UNKNOWN") return answer;
      }
      return { status: "UNKNOWN" };
    },
  };
}

/** A card that no list speaks of is not known to be good. */
async function isGood(
  source: StatusSource,
  certificate: WatchedCard["certificate"],
  nowMs: number,
): Promise<boolean> {
  try {
    await demandGood(source, certificate, nowMs);
    return true;
  } catch (error) {
    if (error instanceof LedgerFault) return false;
    throw error;
  }
}
