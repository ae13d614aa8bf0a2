import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import {
  DEFAULT_SIGN_PASSWORD,
  issueSoftwareCard,
} from "../../../client/card/issue-software-card.ts";
import { JpkiCard } from "../../../client/card/jpki-card.ts";
import type { SoftwareCard } from "../../../client/card/software-card.ts";
import { SoftwareChannel } from "../../../client/card/software-channel.ts";
import { checkAuthCertificate, parseAuthCertificate } from "../../../client/pki/profile.ts";
import { loadTrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { der } from "../pki/fixture.ts";
import { bytes, cardFixture, hex } from "./fixture.ts";

const ISSUED_AT = new Date("2026-04-01T00:00:00Z");

describe("issued software card", () => {
  let soft: SoftwareCard;

  before(async () => {
    const { ca } = await cardFixture();
    soft = await issueSoftwareCard({ ca, pin: "4321", issuedAt: ISSUED_AT });
  });

  it("carries a certificate that keeps the profile, under the test CA", async () => {
    const { ca } = await cardFixture();
    const card = await JpkiCard.connect(new SoftwareChannel(soft));
    const certificate = parseAuthCertificate(await card.readAuthCertificate());
    const anchors = loadTrustAnchors([der(ca.userAuthentication.certificatePem)]);
    const anchorValidMs = anchors.anchors[0]?.notBeforeMs ?? 0;
    checkAuthCertificate(certificate, anchors, anchorValidMs);
    assert.equal(certificate.notBeforeMs, ISSUED_AT.getTime());
  });

  it("takes its PIN and the default signing password", async () => {
    const card = await JpkiCard.connect(new SoftwareChannel(soft));
    assert.deepEqual(await card.verifyPin(Buffer.from("4321")), { accepted: true });
    const password = Buffer.from(DEFAULT_SIGN_PASSWORD);
    const apdu = Buffer.concat([bytes("0020009B"), Buffer.of(password.length), password]);
    assert.equal(hex(soft.process(apdu)), "9000");
  });
});
