/** The municipality's registrar and verifier, as a terminal asks them. */
import { ClientError } from "../client-fault.ts";
import { OfficeClient } from "../office/office-client.ts";
import { audienceOf } from "../office/question.ts";
import type { ServicePlace } from "../registrar/local-registrar.ts";
import { MEMBER_OF_CARD, WALLET_OF_CARD } from "../registrar/questions.ts";
import { ATTEST_CARD } from "../verifier/questions.ts";
import type { TerminalKey } from "./terminal-key.ts";
import type { Till } from "./till.ts";

/** A customer stands there: an office that does not answer gives way to the next one, ms. */
const REGISTRAR_TIMEOUT_MS = 3000;
/** The verifier asks the issuer, and waits for a block. */
const VERIFIER_TIMEOUT_MS = 8000;

/** Addresses of the services, the nearest first. */
export interface OfficeUrls {
  readonly registrar: readonly string[];
  /** None: nobody is asked, and large payments wait for the municipality's own round. */
  readonly verifier: readonly string[];
}

/** Who asks. */
export interface AskingTerminal {
  readonly issuer: string;
  readonly terminal: string;
  readonly key: TerminalKey;
  readonly networkId: Uint8Array;
  /** The street whose members alone are served, if that is so. */
  readonly membersOf?: ServicePlace | null;
}

/** What a till needs of the offices. */
export function officesOverHttp(
  urls: OfficeUrls,
  { issuer, terminal, key: signer, networkId, membersOf = null }: AskingTerminal,
): Pick<Till, "walletOf" | "attest" | "memberOf"> {
  const client = (service: "registrar" | "verifier", timeoutMs: number) =>
    new OfficeClient({
      urls: urls[service],
      audience: audienceOf(service, issuer, networkId),
      keyId: `terminal/${terminal}`,
      signer,
      timeoutMs,
    });
  const registrar = client("registrar", REGISTRAR_TIMEOUT_MS);
  const verifier = client("verifier", VERIFIER_TIMEOUT_MS);
  return {
    walletOf: (certificate, nowMs) => registrar.ask(WALLET_OF_CARD, { certificate }, nowMs),
    ...(membersOf !== null && {
      memberOf: async (certificate, nowMs) => {
        const asked = { certificate, ...membersOf };
        return (await registrar.ask(MEMBER_OF_CARD, asked, nowMs)).member;
      },
    }),
    attest: async (card, nowMs) => {
      const { certificate, handle, cardSalt } = card;
      try {
        await verifier.ask(ATTEST_CARD, { certificate, handle, cardSalt }, nowMs);
      } catch (error) {
        const isAway = error instanceof ClientError && error.code === "OFFICE_UNREACHABLE";
        if (!isAway) throw error;
      }
    },
  };
}
