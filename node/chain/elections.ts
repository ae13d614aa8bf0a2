/**
 * Signed grants, and the leader certificate that a term's first block shows.
 *
 * A voter signs which candidate it granted a term, and from which log: afterwards nobody can deny
 * whom he elected. The grant is captured when the request is answered and signed after the answer is
 * durable. Pre-votes bind nobody and are not signed.
 */

import { equalBytes } from "../../ledger/bytes.ts";
import {
  type CertificateContext,
  type Grant,
  grantMessage,
  type LeaderCertificate,
  type LogPosition,
  verifyGrant,
} from "../../ledger/certificate.ts";
import { membershipHash } from "../../ledger/membership.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";

/** Who wants to lead which term, from which log. */
export interface Candidacy {
  readonly term: number;
  readonly candidate: number;
  readonly position: LogPosition;
}

/** Keeps what this node granted and what it was granted, for the latest term only. */
export class Elections {
  readonly #context: CertificateContext;
  readonly #self: number;
  readonly #signer: Signer;
  #requests = new Map<number, { readonly candidacy: Candidacy; readonly own: LogPosition }>();
  #requestsTerm = 0;
  #grants = new Map<number, Grant>();
  #candidacy: Candidacy | null = null;

  constructor(context: CertificateContext, self: number, signer: Signer) {
    this.#context = context;
    this.#self = self;
    this.#signer = signer;
  }

  /** Notes a request before the core answers it. @param own where this node's log ends at this moment. */
  requested(candidacy: Candidacy, own: LogPosition): void {
    if (candidacy.term > this.#requestsTerm) {
      this.#requests = new Map();
      this.#requestsTerm = candidacy.term;
    }
    if (candidacy.term === this.#requestsTerm) {
      this.#requests.set(candidacy.candidate, { candidacy, own });
    }
  }

  /** This node's signed grant for a request noted before; null when there was none. */
  grant(term: number, candidate: number): Grant | null {
    const request = this.#requests.get(candidate);
    if (request === undefined || request.candidacy.term !== term) return null;
    const unsigned = { voter: this.#self, position: request.own };
    const message = grantMessage(this.#context.networkId, this.#claim(request.candidacy), unsigned);
    return { ...unsigned, signature: this.#signer.sign(message) };
  }

  /** Begins to collect grants for this node's own candidacy. */
  stand(candidacy: Candidacy): void {
    this.#candidacy = candidacy;
    this.#grants = new Map();
  }

  /** Keeps a grant that this node received. @returns false when it is not for its candidacy or wrong. */
  received(term: number, grant: Grant): boolean {
    const candidacy = this.#candidacy;
    if (candidacy === null || candidacy.term !== term) return false;
    if (!verifyGrant(this.#claim(candidacy), grant, this.#context)) return false;
    this.#grants.set(grant.voter, grant);
    return true;
  }

  /** The proof that this node was elected. @throws Error when it was not: the core counted otherwise. */
  leaderCertificate(term: number, position: LogPosition): LeaderCertificate {
    const candidacy = this.#candidacy;
    const stoodForThis =
      candidacy?.term === term && equalBytes(candidacy.position.hash, position.hash);
    if (!stoodForThis) throw new Error(`no candidacy for term ${term}`);
    const grants = [...this.#grants.values()].sort((a, b) => a.voter - b.voter);
    return { ...this.#claim(candidacy), grants };
  }

  #claim(candidacy: Candidacy): Omit<LeaderCertificate, "grants"> {
    return { ...candidacy, membershipHash: membershipHash(this.#context.membership) };
  }
}
