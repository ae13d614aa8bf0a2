/** A municipality on a network of real nodes, with so many wallets, whose officers grant from lists. */

import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { issueSoftwareCard } from "../../client/card/issue-software-card.ts";
import { JpkiCard } from "../../client/card/jpki-card.ts";
import { SoftwareChannel } from "../../client/card/software-channel.ts";
import { MUNICIPALITY, PIN } from "../../client/demo/cast.ts";
import { areLevel, waitForAll } from "../../client/demo/evidence.ts";
import { readKeyFile } from "../../client/files.ts";
import { genesisFileOf, keyFileOf } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { parseAuthCertificate } from "../../client/pki/profile.ts";
import { generateRsaKey } from "../../client/pki/rsa-key.ts";
import { createTestCa } from "../../client/pki/test-ca.ts";
import { loadTrustAnchors } from "../../client/pki/trust-anchors.ts";
import { ProvenCard } from "../../client/registrar/card-login.ts";
import { LocalRegistrar } from "../../client/registrar/local-registrar.ts";
import {
  type Draft,
  officer,
  signDraft,
  type TransactionSigner,
} from "../../client/sdk/transaction-builder.ts";
import { withUnlockedCard } from "../../client/terminal/card-signer.ts";
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type KeyRole, networkIdOf } from "../../ledger/genesis.ts";
import type { JsonValue } from "../../ledger/schema.ts";

/** Transactions under way while wallets are opened, and wallets asked about at once. */
const AT_ONCE = 256;
const BUDGET_PT = 900_000_000;
const CAP_PT = 25_000;
const POINT_TYPE = "longevity";
const CATEGORY = "LONGEVITY";

interface TownCard extends TransactionSigner {
  /** PKCS#1 DER. */
  readonly publicKey: Uint8Array;
}

/** The town. */
export class GrantTown {
  readonly directory: string;
  readonly network: LocalNetwork;
  /** Pseudonyms of the wallets, hexadecimal. */
  readonly wallets: readonly string[];
  readonly #card: TownCard;

  private constructor(
    directory: string,
    network: LocalNetwork,
    wallets: readonly string[],
    card: TownCard,
  ) {
    this.directory = directory;
    this.network = network;
    this.wallets = wallets;
    this.#card = card;
  }

  /** Starts three nodes and opens wallets. One card has all of them: who pays is not what is tried here. */
  static async found(
    directory: string,
    count: number,
    onWallets: (opened: number) => void = () => undefined,
  ): Promise<GrantTown> {
    await ensureLocalNetwork(directory, 3);
    const network = await LocalNetwork.open(directory, (_, error) => {
      throw error;
    });
    const wallets = Array.from({ length: count }, (_, i) =>
      createHash("sha256").update(`wallet ${i}`).digest("hex"),
    );
    const town = new GrantTown(directory, network, wallets, await newCard());
    await waitForAll(network, "a leader", (all) => all.every(({ leader }) => leader !== null));
    for (const draft of OPENING) await town.#submit(draft, ["clerk", "approver"]);
    for (let from = 0; from < count; from += AT_ONCE) {
      const group = wallets.slice(from, from + AT_ONCE);
      await Promise.all(group.map((handle) => town.#openWallet(handle)));
      onWallets(from + group.length);
    }
    return town;
  }

  /**
   * A resident opens a wallet with a card of his own at the registrar's desk, and chooses a MyKey ID there.
   * @returns the options by which a command finds him.
   */
  async enrol(myKeyId: string): Promise<readonly string[]> {
    const ca = await createTestCa();
    const card = await issueSoftwareCard({ ca, pin: PIN });
    const { certificatePem } = ca.userAuthentication;
    const [storeFile, anchor] = ["registrar.journal", "ca.pem"].map((name) =>
      join(this.directory, name),
    );
    assert.ok(storeFile !== undefined && anchor !== undefined);
    writeFileSync(anchor, certificatePem);
    const anchors = loadTrustAnchors([derOf(certificatePem)]);
    const registrar = new LocalRegistrar({ storeFile, municipality: MUNICIPALITY, anchors });
    const placed = await JpkiCard.connect(new SoftwareChannel(card));
    await withUnlockedCard(placed, new TextEncoder().encode(PIN), async (unlocked) => {
      const draft = registrar.draftOpening(unlocked.certificate, Date.now());
      await this.#submit(draft, ["registrar", "verifier"], [unlocked]);
      const proven = new ProvenCard(parseAuthCertificate(unlocked.certificate));
      registrar.chooseMyKeyId(proven, myKeyId);
    });
    return ["--store", storeFile, "--anchor", anchor];
  }

  /** Stops a wallet, as its registrar does when a card is lost. */
  suspend(wallet: string): Promise<void> {
    return this.#submit(
      { type: "CARD_SUSPEND", public: { municipality: MUNICIPALITY }, private: { wallet } },
      ["registrar"],
    );
  }

  /** A list with a line for each wallet, as Excel would write it; the points are those of `amountOf`. */
  writeList(name: string, amountOf: (wallet: number) => number): void {
    const lines = this.wallets.map((handle, i) => `${handle},${amountOf(i)},`);
    const text = ["\uFEFFウォレット,ポイント,重複可", ...lines, ",,"].join("\r\n");
    writeFileSync(join(this.directory, name), text);
  }

  /** What all commands say. */
  get ledgerOptions(): readonly string[] {
    const nodes = this.network.nodes.flatMap(({ client }) => ["--node", client.url]);
    return [...nodes, "--genesis", genesisFileOf(this.directory), "--json"];
  }

  /** On what terms the list is granted. */
  get termOptions(): readonly string[] {
    return ["--municipality", MUNICIPALITY, "--point-type", POINT_TYPE, "--category", CATEGORY];
  }

  /** The genesis that an approver trusts. */
  get genesisFile(): string {
    return genesisFileOf(this.directory);
  }

  /** The key file of an officer. */
  keyOf(role: KeyRole): string {
    return keyFileOf(this.directory, MUNICIPALITY, role);
  }

  /** The points in each wallet, in order, when all nodes have one state. */
  async balances(): Promise<number[]> {
    await waitForAll(this.network, "equal heads", (all) => areLevel(all, 1));
    const [node] = this.network.nodes;
    if (node === undefined) throw new RangeError("no node");
    const balances: number[] = [];
    for (let from = 0; from < this.wallets.length; from += AT_ONCE) {
      const group = this.wallets.slice(from, from + AT_ONCE);
      const states = await Promise.all(group.map((handle) => node.client.wallet(handle)));
      balances.push(...states.map(({ balancePt }) => balancePt));
    }
    return balances;
  }

  async #openWallet(handle: string): Promise<void> {
    const cardSalt = new Uint8Array(createHash("sha256").update(`salt ${handle}`).digest());
    const cardCommit = toHex(commitToCard(cardSalt, this.#card.publicKey));
    const draft = {
      type: "WALLET_OPEN",
      public: { municipality: MUNICIPALITY, handle, cardCommit },
      private: { cardSalt: toHex(cardSalt), statusAsOfMs: Date.now(), certificate: null },
    };
    await this.#submit(draft, ["registrar", "verifier"], [this.#card]);
  }

  async #submit(
    draft: Draft,
    roles: readonly KeyRole[],
    first: readonly TransactionSigner[] = [],
  ): Promise<void> {
    const officers = roles.map((role) => officer(readKeyFile(this.keyOf(role))));
    const context = { networkId: networkIdOf(this.network.genesis), nowMs: Date.now() };
    const { bytes } = await signDraft(draft, [...first, ...officers], context);
    const result = await this.#decide(bytes);
    if (result !== "OK") throw new Error(`${draft.type}: ${result}`);
  }

  async #decide(bytes: Uint8Array): Promise<string> {
    const [node] = this.network.nodes;
    if (node === undefined) throw new RangeError("no node");
    for (;;) {
      try {
        const { result } = await node.client.submit(bytes, 5000);
        if (result !== null) return result;
      } catch (error) {
        if (!(error instanceof LedgerFault) || error.code !== "BUSY") throw error;
        await delay(100);
      }
    }
  }
}

function derOf(certificatePem: string): Uint8Array {
  return new Uint8Array(new X509Certificate(certificatePem).raw);
}

async function newCard(): Promise<TownCard> {
  const key = createPrivateKey(await generateRsaKey());
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: "der", type: "pkcs1" }));
  return {
    publicKey,
    authorise: (message) => ({
      kind: "card",
      algorithm: "jpki-rsa2048-sha256",
      publicKey,
      signature: new Uint8Array(sign("sha256", message, key)),
    }),
  };
}

const issuer = MUNICIPALITY;
const OPENING: readonly Draft[] = [
  { type: "ISSUER_OPEN", public: { issuer } },
  {
    type: "POINT_TYPE_DEFINE",
    public: {
      issuer,
      pointType: POINT_TYPE,
      nameJa: "長寿祝いポイント",
      nameEn: "Longevity points",
      category: CATEGORY,
      legalClass: "FREE",
      expiryRule: { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null },
      perGrantCapPt: CAP_PT,
      perUseCapPt: CAP_PT,
      restrictedTo: [],
    },
  },
  {
    type: "BUDGET_APPROPRIATE",
    public: {
      issuer,
      fiscalYear: fiscalYearOf(civilDateAt(Date.now())),
      category: CATEGORY,
      amountPt: BUDGET_PT,
    },
  },
].map((draft): Draft => ({ ...draft, public: draft.public as JsonValue, private: null }));
