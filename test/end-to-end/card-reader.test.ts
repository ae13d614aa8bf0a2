import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { JpkiCard } from "../../client/card/jpki-card.ts";
import { SoftwareChannel } from "../../client/card/software-channel.ts";
import { type Cast, MUNICIPALITY } from "../../client/demo/cast.ts";
import { areLevel, countVerifiers, waitForAll } from "../../client/demo/evidence.ts";
import { PREPARATION } from "../../client/demo/story.ts";
import { readKeyFile } from "../../client/files.ts";
import { openCardFile } from "../../client/local-card/card-file.ts";
import { openTestCa } from "../../client/local-card/test-ca-file.ts";
import { genesisFileOf, keyFileOf } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { loadTrustAnchors } from "../../client/pki/trust-anchors.ts";
import { LocalRegistrar } from "../../client/registrar/local-registrar.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import { officer } from "../../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { toHex, utf8 } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { missingForPcsc, PcscStack } from "../support/pcsc-stack.ts";
import { runCommand } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const PIN = "1234";
const missing = missingForPcsc();

describe(`a payment from the reader${missing === undefined ? "" : ` (pending: ${missing})`}`, function () {
  this.timeout(180_000);
  const folder = makeTemporaryDirectory();
  const file = (name: string) => join(folder.path, name);
  let network: LocalNetwork;
  let stack: PcscStack;

  before(async function startAll() {
    if (missing !== undefined) this.skip();
    const options = ["--out", file("card"), "--ca", file("ca.json"), "--pin", PIN];
    assert.equal((await runCommand(["card", "create", ...options])).code, 0);
    await ensureLocalNetwork(file("network"), 3);
    network = await LocalNetwork.open(file("network"), (_, error) => {
      throw error;
    });
    stack = await PcscStack.start();
  });

  after(async () => {
    await stack?.stop();
    await network?.stop();
    folder.remove();
  });

  /** Who opens the issue, the shop and the wallet; the card of the file lies on a reader in this process. */
  async function assemble(): Promise<Cast> {
    const { userAuthentication } = await openTestCa(file("ca.json"));
    const card = openCardFile(file("card"));
    return {
      registrar: new LocalRegistrar({
        storeFile: file("registrar.json"),
        municipality: MUNICIPALITY,
        anchors: loadTrustAnchors([derOf(userAuthentication.certificatePem)]),
      }),
      terminalKey: await TerminalKey.generate(),
      certificate: derOf(card.state.auth.certificatePem),
      officer: (organisation, role) =>
        officer(readKeyFile(keyFileOf(file("network"), organisation, role))),
      placeCard: () => JpkiCard.connect(new SoftwareChannel(card)),
      typePin: () => utf8(PIN),
    };
  }

  it("is signed through PC/SC and verified and committed by three nodes", async () => {
    const { genesis, nodes } = network;
    const cast = await assemble();
    await waitForAll(network, "a leader", (all) => all.every(({ leader }) => leader !== null));
    for (const step of PREPARATION) {
      const context = { networkId: networkIdOf(genesis), nowMs: Date.now() };
      const { bytes } = await step.sign(cast, context);
      const clients = nodes.map(({ client }) => client);
      assert.equal((await submitTransaction(bytes, { nodes: clients, genesis })).result, "OK");
    }
    const earlier = await waitForAll(network, "equal heads", (all) => areLevel(all, 1));

    await stack.place(file("card"));
    const { municipality, handle, cardSalt } = cast.registrar.walletOf(
      cast.certificate,
      Date.now(),
    );
    const wallet = { municipality, wallet: toHex(handle), cardSalt: toHex(cardSalt) };
    const body = { ...wallet, amountPt: 350, campaign: null };
    const at = { merchant: "sugamo-bakery", terminal: "sugamo-bakery-1" };
    const draft = { type: "PAY", public: {}, private: { ...body, ...at } };
    writeFileSync(file("pay.json"), JSON.stringify(draft));
    writeFileSync(file("till.pem"), cast.terminalKey.toPem());
    const trust = ["--genesis", genesisFileOf(file("network"))];
    const signers = ["--terminal-key", file("till.pem")];
    const sign = ["card", "sign", file("pay.json"), ...trust, ...signers, "--out", file("pay")];
    const signed = await stack.ledger(sign, `${PIN}\n`);
    assert.equal(signed.code, 0, signed.stderr);

    const urls = nodes.flatMap(({ client }) => ["--node", client.url]);
    const submitted = await runCommand(["submit", file("pay"), ...trust, ...urls, "--json"]);
    assert.equal(submitted.code, 0, submitted.stdout);
    const { id, status, height, receiptVerified } = JSON.parse(submitted.stdout);
    assert.deepEqual([status, receiptVerified], ["committed", true]);
    await waitForAll(network, "equal heads", (all) => areLevel(all, height));
    assert.equal(await countVerifiers(nodes, id, earlier), 3);
  });
});

function derOf(certificatePem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(certificatePem).raw);
}
