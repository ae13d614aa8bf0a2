import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { issueSoftwareCard } from "../../../client/card/issue-software-card.ts";
import { JpkiCard } from "../../../client/card/jpki-card.ts";
import { SoftwareCard } from "../../../client/card/software-card.ts";
import {
  parseSoftwareCard,
  type SoftwareCardState,
} from "../../../client/card/software-card-state.ts";
import { SoftwareChannel } from "../../../client/card/software-channel.ts";
import { parseAuthCertificate } from "../../../client/pki/profile.ts";
import { signDraft } from "../../../client/sdk/transaction-builder.ts";
import { withUnlockedCard } from "../../../client/terminal/card-signer.ts";
import { checkTransaction } from "../../../contracts/check-transaction.ts";
import { toHex, utf8 } from "../../../ledger/bytes.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { verifySignaturePortably } from "../../../ledger/portable-signature.ts";
import { decodeTransaction, signaturesOf } from "../../../ledger/transaction.ts";
import { newAuthority } from "../../support/resident.ts";

const CONTEXT = { networkId: new Uint8Array(32).fill(3), nowMs: Date.UTC(2026, 10, 1) };
const DRAFT = {
  type: "WALLET_CLOSE",
  public: {},
  private: {
    municipality: "131164",
    wallet: toHex(new Uint8Array(32)),
    cardSalt: toHex(new Uint8Array(32)),
    forfeits: [],
  },
};

describe("a card of the next generation", () => {
  let state: SoftwareCardState;

  before(async () => {
    const { ca } = await newAuthority();
    const card = await issueSoftwareCard({ ca, pin: "1234", profile: "p384" });
    // By way of its file.
    state = parseSoftwareCard(JSON.stringify(card.state));
  });

  const place = () => JpkiCard.connect(new SoftwareChannel(new SoftwareCard(state)));
  const signed = async () => {
    const { bytes } = await withUnlockedCard(await place(), utf8("1234"), (card) =>
      signDraft(DRAFT, [card], CONTEXT),
    );
    return decodeTransaction(bytes);
  };

  it("signs what both verifiers of the ledger find right", async () => {
    const [signature] = signaturesOf(await signed());
    assert.ok(signature);
    assert.equal(signature.algorithm, "ecdsa-p384-sha384");
    assert.ok(verifySignature(signature));
    assert.ok(verifySignaturePortably(signature));
    const message = utf8("another message");
    assert.ok(!verifySignature({ ...signature, message }));
  });

  it("is refused by the rules in force, which say so", async () => {
    const transaction = await signed();
    assert.throws(() => checkTransaction(transaction, CONTEXT.networkId), {
      code: "ALGORITHM_NOT_ADMITTED",
      facts: { signer: 0, kind: "card", algorithm: "ecdsa-p384-sha384" },
    });
  });

  it("is none that a registrar enrols yet", async () => {
    const certificate = await (await place()).readAuthCertificate();
    assert.throws(() => parseAuthCertificate(certificate), { code: "CERT_PROFILE" });
  });

  it("signs digests of its own size alone, and not without its PIN", async () => {
    const card = await place();
    await assert.rejects(card.signDigest(new Uint8Array(48)), { code: "PIN_REQUIRED" });
    await card.verifyPin(utf8("1234"));
    await card.signDigest(new Uint8Array(48));
    await assert.rejects(card.signDigest(new Uint8Array(32)), { code: "SIGN_REFUSED" });
  });
});
