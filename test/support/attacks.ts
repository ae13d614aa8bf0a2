/** Attacks on cards, terminals and their witnesses; each is tried, and `docs/attacks.md` is made of this list. */
import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { parseAuthCertificate } from "../../client/pki/profile.ts";
import { issueCrl } from "../../client/pki/test-crl.ts";
import { CardLogin, loginMessage } from "../../client/registrar/card-login.ts";
import { CertificateList } from "../../client/verifier/certificate-list.ts";
import { demandGood } from "../../client/verifier/certificate-status.ts";
import { demandContinuity } from "../../client/verifier/continuity.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { TERMINAL, WALLET, type Wallet } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import {
  buildTransaction,
  decodeTransaction,
  encodeTransaction,
  signaturesOf,
} from "../../ledger/transaction.ts";
import { attestCards, LedgerRun } from "./ledger-run.ts";
import {
  AT_MS,
  type Bodies,
  KAWASAKI,
  LedgerWorld,
  newCard,
  newTerminal,
  type Overrides,
  officerOf,
  type Party,
  seedOf,
  TOSHIMA,
  VALID_MS,
  WALLET_HANDLE,
} from "./ledger-world.ts";
import { newAuthority, Resident } from "./resident.ts";
import { change } from "./rule-row.ts";

/** One attack: what is tried, what it comes to, and why. */
export interface Attack {
  readonly en: string;
  readonly ja: string;
  readonly answer: string;
  /** What stands against it. */
  readonly why: string;
  /** Tries it. @returns the code that it is answered with; `OK` when it works. */
  readonly attempt: () => string | Promise<string>;
}

const world = new LedgerWorld();
const thief = newCard();
const stolenTerminal = newTerminal();
const MINUTE_MS = 60_000;
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));

/** A ledger with a wallet of 1,000 points, its card attested. */
function ledger(...types: readonly string[]): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  for (const type of types) assert.equal(run.result(world.sample(type)), "OK");
  return run;
}

/** What a node and the ledger make of the bytes. */
function fateOf(run: LedgerRun, bytes: Uint8Array, atMs = AT_MS): string {
  try {
    const transaction = decodeTransaction(bytes);
    const checked = checkTransaction(transaction, world.networkId);
    if (!signaturesOf(transaction).every(verifySignature)) return "SIGNATURE_INVALID";
    return run.tryBlock([checked], atMs).results[0] ?? "";
  } catch (error) {
    if (error instanceof LedgerFault) return error.code;
    throw error;
  }
}

/** The code of what is thrown, or `OK`. */
async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
    return "OK";
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

function payment(fields: Bodies["public"] = {}, overrides: Overrides = {}): Uint8Array {
  const { PAY } = world.samples;
  return world.transaction(
    "PAY",
    { public: {}, private: { ...PAY?.private, ...fields } },
    overrides,
  );
}

function sample(type: string, fields: Bodies["public"], overrides: Overrides = {}): Uint8Array {
  const found = world.samples[type];
  assert.ok(found);
  const inPrivate = { ...found.private, ...fields };
  return world.transaction(type, { ...found, private: inPrivate }, overrides);
}

/** The sample payment with other fields, under signatures that were made for another one. */
function altered(fields: Bodies["public"], signed: Uint8Array = payment()): Uint8Array {
  const { auth, envelope } = decodeTransaction(signed);
  // The same id, so that what differs is what the row says.
  const own = decodeTransaction(payment(fields, { id: envelope.id }));
  const unsigned = buildTransaction(own.envelope, own.publicBody, {
    salt: seedOf("private salt"),
    body: own.privateBody,
  });
  return encodeTransaction(unsigned, auth);
}

const witnesses = [officerOf(TOSHIMA, "registrar"), officerOf(TOSHIMA, "verifier")];
const foreignVerifier = { signers: [officerOf(KAWASAKI, "verifier")] };

/** A party that signs something else than it is given. */
function signing(party: Party, otherMessage: Uint8Array): Party {
  return { ...party, sign: () => party.sign(otherMessage) };
}

const ON_PAYMENTS: readonly Attack[] = [
  {
    en: "the same payment again",
    ja: "同じ支払いの再送",
    answer: "DUPLICATE_IN_BLOCK",
    why: "an id counts once while its payment is valid; the node answers with the first result",
    attempt: () => {
      const run = ledger();
      const bytes = payment();
      assert.equal(run.result(bytes), "OK");
      return fateOf(run, bytes);
    },
  },
  {
    en: "the same payment, when its id is forgotten",
    ja: "有効期限後の再送",
    answer: "EXPIRED",
    why: "an id is remembered longer than any payment under it is valid",
    attempt: () => fateOf(ledger(), payment(), AT_MS + VALID_MS + 1),
  },
  {
    en: "a payment made ahead, for later",
    ja: "未来の時刻の支払い",
    answer: "NOT_YET_VALID",
    why: "its time of creation is ahead of the ledger's clock",
    attempt: () => fateOf(ledger(), payment({}, { createdAtMs: AT_MS + MINUTE_MS })),
  },
  {
    en: "a payment of another network",
    ja: "別のネットワークの支払い",
    answer: "WRONG_NETWORK",
    why: "the genesis is in what is signed",
    attempt: () => fateOf(ledger(), payment({}, { networkId: seedOf("another network") })),
  },
  {
    en: "a payment of another network, relabelled",
    ja: "別のネットワークの支払いの書換え",
    answer: "SIGNATURE_INVALID",
    why: "the genesis is in what is signed",
    attempt: () => {
      const foreign = payment({}, { networkId: seedOf("another network") });
      return fateOf(ledger(), altered({}, foreign));
    },
  },
  {
    en: "another amount than the customer signed",
    ja: "金額の改ざん",
    answer: "SIGNATURE_INVALID",
    why: "card and terminal sign every field",
    attempt: () => fateOf(ledger(), altered({ amountPt: 999 })),
  },
  {
    en: "another shop than the customer signed",
    ja: "店の改ざん",
    answer: "SIGNATURE_INVALID",
    why: "card and terminal sign every field",
    attempt: () => fateOf(ledger(), altered({ merchant: "grocer" })),
  },
  {
    en: "a shop that takes a payment for itself at another's terminal",
    ja: "他店の端末での受取り",
    answer: "UNKNOWN_TERMINAL",
    why: "a terminal belongs to one merchant",
    attempt: () => {
      const run = ledger();
      const { MERCHANT_REGISTER } = world.samples;
      const grocer = { ...MERCHANT_REGISTER?.public, merchant: "grocer" };
      run.block([world.transaction("MERCHANT_REGISTER", { public: grocer, private: null })]);
      return fateOf(run, payment({ merchant: "grocer" }));
    },
  },
  {
    en: "a payment without the card",
    ja: "カードなしの支払い",
    answer: "SIGNER_MISSING",
    why: "no points move without the resident's signature",
    attempt: () => fateOf(ledger(), payment({}, { signers: [world.terminal] })),
  },
  {
    en: "a payment without a terminal",
    ja: "端末なしの支払い",
    answer: "SIGNER_MISSING",
    why: "a card alone cannot be made to pay at a distance",
    attempt: () => fateOf(ledger(), payment({}, { signers: [world.card] })),
  },
  {
    en: "somebody else's card",
    ja: "他人のカード",
    answer: "CARD_MISMATCH",
    why: "the wallet has a commitment to its card's key",
    attempt: () => fateOf(ledger(), payment({}, { signers: [thief, world.terminal] })),
  },
  {
    en: "two terminals at once, more than there is",
    ja: "二台の端末での同時利用",
    answer: "BALANCE_INSUFFICIENT",
    why: "one order of all payments: the second one finds what the first one left",
    attempt: () => {
      const run = ledger();
      const second = newTerminal();
      const { TERMINAL_REGISTER } = world.samples;
      const registered = TERMINAL_REGISTER?.public;
      const { publicKey } = second;
      run.block([
        world.transaction("TERMINAL_REGISTER", {
          public: { ...registered, terminal: "museum-2", publicKey },
          private: null,
        }),
      ]);
      const signers = [world.card, second];
      const both = [
        payment({ amountPt: 700 }),
        payment({ amountPt: 700, terminal: "museum-2" }, { signers }),
      ];
      const { results } = run.block(both);
      assert.equal(results[0], "OK");
      return results[1] ?? "";
    },
  },
  {
    en: "a login that is passed off as a payment",
    ja: "ログイン署名の支払いへの流用",
    answer: "SIGNATURE_INVALID",
    why: "what the card hashes begins with its purpose, and no tag is the beginning of another",
    attempt: () => {
      const login = loginMessage(world.networkId, seedOf("a nonce of the attacker's choice"));
      return fateOf(
        ledger(),
        payment({}, { signers: [signing(world.card, login), world.terminal] }),
      );
    },
  },
  {
    en: "a payment that is passed off as a login",
    ja: "支払い署名のログインへの流用",
    answer: "SIGNATURE_INVALID",
    why: "the same, the other way round",
    attempt: async () => {
      const { ca, anchors } = await newAuthority();
      const { card, certificate } = await Resident.of(ca);
      const login = new CardLogin(world.networkId, anchors);
      const nonce = login.challenge(Date.now());
      const key = createPrivateKey(card.state.auth.privateKeyPem);
      const { signedMessage } = decodeTransaction(payment());
      const signature = new Uint8Array(sign("sha256", signedMessage, key));
      return codeOf(() => login.prove({ nonce, certificate, signature }, Date.now()));
    },
  },
];

const ON_CARDS: readonly Attack[] = [
  {
    en: "a card that was reported lost",
    ja: "紛失届の出たカード",
    answer: "WALLET_SUSPENDED",
    why: "CARD_SUSPEND counts from its block on",
    attempt: () => fateOf(ledger("CARD_SUSPEND"), payment()),
  },
  {
    en: "lifting that suspension with another card",
    ja: "別のカードによる停止の解除",
    answer: "CARD_MISMATCH",
    why: "CARD_RESUME is signed by the card itself, with its PIN",
    attempt: () => {
      const overrides = { signers: [thief, ...witnesses] };
      return fateOf(ledger("CARD_SUSPEND"), sample("CARD_RESUME", {}, overrides));
    },
  },
  {
    en: "the old card, after the new one was bound",
    ja: "切替え後の古いカード",
    answer: "CARD_MISMATCH",
    why: "CARD_REBIND replaces the commitment",
    attempt: () => fateOf(ledger("CARD_REBIND"), payment()),
  },
  {
    en: "a thief's card bound to somebody's wallet, without the verifier",
    ja: "検証者の署名のないカード切替え",
    answer: "SIGNER_MISSING",
    why: "continuity is attested by the verifier, beside the registrar",
    attempt: () => {
      const overrides = { signers: [thief, officerOf(TOSHIMA, "registrar")] };
      return fateOf(ledger(), sample("CARD_REBIND", {}, overrides));
    },
  },
  {
    en: "a thief's card bound to somebody's wallet, without the issuer's word",
    ja: "継続性の証明のないカード切替え",
    answer: "CONTINUITY_UNPROVEN",
    why: "registrar and verifier ask for the issuer's statement that one card follows the other",
    attempt: async () => {
      const { ca, anchors } = await newAuthority();
      const cards = await Promise.all([Resident.of(ca), Resident.of(ca)]);
      const [old, other] = cards.map(({ certificate }) => parseAuthCertificate(certificate));
      assert.ok(old && other);
      return codeOf(() => demandContinuity(null, { old, new: other }, anchors, Date.now()));
    },
  },
  {
    en: "a revoked card, at the registrar",
    ja: "失効したカードでの申込み",
    answer: "CERT_REVOKED",
    why: "the issuer's list has its serial number",
    attempt: async () => {
      const { ca, anchors } = await newAuthority();
      const resident = await Resident.of(ca);
      const { serialHex } = parseAuthCertificate(resident.certificate);
      const thisUpdate = new Date(Math.floor(Date.now() / 1000) * 1000);
      const der = await issueCrl(ca.userAuthentication, {
        revocations: [{ serialHex, revokedAt: thisUpdate }],
        thisUpdate,
        nextUpdate: new Date(thisUpdate.getTime() + MINUTE_MS),
      });
      const list = CertificateList.read(der, anchors);
      const certificate = parseAuthCertificate(resident.certificate);
      return codeOf(() => demandGood(list, certificate, Date.now()));
    },
  },
  {
    en: "a revoked card, at a shop",
    ja: "失効したカードでの支払い",
    answer: "WALLET_SUSPENDED",
    why: "the verifier's attestation suspends it; the shop is not told why",
    attempt: () => {
      const run = ledger();
      const attested = sample("STATUS_LIST_ATTEST", { suspended: [WALLET_HANDLE] });
      assert.equal(run.result(attested), "OK");
      return fateOf(run, payment());
    },
  },
  {
    en: "a card about which nobody has asked for a day",
    ja: "有効性の確認が古いカード",
    answer: "CERT_STATUS_STALE",
    why: "every node compares the attested time with the block's",
    attempt: () => {
      const laterMs = AT_MS + 86_400_001;
      return fateOf(ledger(), payment({}, { createdAtMs: laterMs }), laterMs);
    },
  },
  {
    en: "a large payment on yesterday's list",
    ja: "前日のリストによる高額の支払い",
    answer: "CERT_STATUS_STALE",
    why: "above 10,000 pt the issuer must have been asked about this card within five minutes",
    attempt: () => {
      const run = ledger();
      const laterMs = AT_MS + 6 * MINUTE_MS;
      attestCards(AT_MS)(run);
      return fateOf(run, payment({ amountPt: 10_001 }, { createdAtMs: laterMs }), laterMs);
    },
  },
];

const ON_WITNESSES: readonly Attack[] = [
  {
    en: "an attestation by another municipality's verifier",
    ja: "他の自治体の検証者による確認",
    answer: "SIGNER_NOT_AUTHORISED",
    why: "a key signs for its own organisation, in its own role",
    attempt: () => fateOf(ledger(), sample("STATUS_ATTEST", {}, foreignVerifier)),
  },
  {
    en: "an attestation with a verifier's revoked key",
    ja: "失効した検証者の鍵による確認",
    answer: "SIGNER_NOT_AUTHORISED",
    why: "ORG_KEY_REVOKE counts from its block on",
    attempt: () => fateOf(ledger("ORG_KEY_REVOKE"), world.sample("STATUS_LIST_ATTEST")),
  },
  {
    en: "an attestation that is dated ahead, to last longer",
    ja: "未来の日付の確認",
    answer: "STATUS_AHEAD",
    why: "no word may be ahead of the ledger's clock",
    attempt: () => fateOf(ledger(), sample("STATUS_ATTEST", { statusAsOfMs: AT_MS + MINUTE_MS })),
  },
  {
    en: "an attestation of the old card, used for the new one",
    ja: "古いカードの確認の流用",
    answer: "CARD_MISMATCH",
    why: "an attestation names the card's commitment",
    attempt: () => fateOf(ledger("CARD_REBIND"), world.sample("STATUS_ATTEST")),
  },
  {
    en: "a word from before the list that suspended a card, to bring the card back",
    ja: "停止前の確認によるカードの再開",
    answer: "STATUS_SUPERSEDED",
    why: "a card comes into use only by a word that is as late as the list",
    attempt: () => {
      const run = ledger();
      const listed = sample("STATUS_LIST_ATTEST", { suspended: [WALLET_HANDLE] });
      assert.equal(run.result(listed), "OK");
      return fateOf(run, sample("CARD_RESUME", { statusAsOfMs: AT_MS - 1 }));
    },
  },
  {
    en: "a certificate slipped onto a ledger that has none",
    ja: "証明書の台帳への持込み",
    answer: "CERTIFICATE_POLICY",
    why: "nodes refuse it at their edge, and the rule in a block",
    attempt: async () => {
      const { certificate } = await Resident.of((await newAuthority()).ca);
      return fateOf(ledger(), sample("CARD_REBIND", { certificate }));
    },
  },
];

const ON_TERMINALS: readonly Attack[] = [
  {
    en: "a terminal that was stolen and revoked",
    ja: "失効した端末",
    answer: "TERMINAL_REVOKED",
    why: "TERMINAL_REVOKE counts from its block on, for ever",
    attempt: () => fateOf(ledger("TERMINAL_REVOKE"), payment()),
  },
  {
    en: "registering the revoked terminal again",
    ja: "失効した端末の再登録",
    answer: "ALREADY_EXISTS",
    why: "a terminal's name is used once",
    attempt: () => fateOf(ledger("TERMINAL_REVOKE"), world.sample("TERMINAL_REGISTER")),
  },
  {
    en: "another device that says it is this terminal",
    ja: "端末のなりすまし",
    answer: "SIGNER_NOT_AUTHORISED",
    why: "a terminal signs with the key that its municipality registered",
    attempt: () => {
      const run = ledger();
      assert.ok(run.read(TERMINAL.key("museum-1")));
      return fateOf(run, payment({}, { signers: [world.card, stolenTerminal] }));
    },
  },
  {
    en: "a suspended merchant",
    ja: "利用停止中の加盟店",
    answer: "MERCHANT_SUSPENDED",
    why: "MERCHANT_SUSPEND counts from its block on; two persons lift it",
    attempt: () => fateOf(ledger("MERCHANT_SUSPEND"), payment()),
  },
];

const ON_POINTS: readonly Attack[] = [
  {
    en: "points that are about to lapse, turned into vouchers that last longer",
    ja: "期限の近いポイントの、期限の長い券への交換",
    answer: "BALANCE_INSUFFICIENT",
    why: "a voucher ends no later than the points in it",
    attempt: () => {
      const run = ledger("VOUCHER_SERIES_DEFINE");
      change(WALLET_KEY, { lots: lapsingTomorrow(run) })(run);
      return fateOf(run, world.sample("VOUCHER_ISSUE"));
    },
  },
  {
    en: "a voucher, twice",
    ja: "券の二重利用",
    answer: "VOUCHER_USED",
    why: "a voucher is a key with one record, whoever redeems it",
    attempt: () => {
      const run = ledger("VOUCHER_SERIES_DEFINE", "VOUCHER_ISSUE", "VOUCHER_REDEEM");
      return fateOf(run, world.sample("VOUCHER_REDEEM"));
    },
  },
];

/** The wallet's lots, in their last days. */
function lapsingTomorrow(run: LedgerRun): Wallet["lots"] {
  const { lots } = run.read(WALLET_KEY) ?? { lots: [] };
  return lots.map((lot) => ({ ...lot, expiresOn: "2026-11-02" }));
}

/** All of them, by what they are aimed at. */
export const ATTACKS: readonly {
  readonly en: string;
  readonly ja: string;
  readonly attacks: readonly Attack[];
}[] = [
  { en: "Payments", ja: "支払い", attacks: ON_PAYMENTS },
  { en: "Cards", ja: "カード", attacks: ON_CARDS },
  { en: "Witnesses", ja: "検証者・登録機関", attacks: ON_WITNESSES },
  { en: "Terminals and merchants", ja: "端末・加盟店", attacks: ON_TERMINALS },
  { en: "Points", ja: "ポイント", attacks: ON_POINTS },
];
