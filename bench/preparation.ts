/** Brings a network to where there is something to measure: issuer, points, budget, shops, wallets, grants. */
import { join } from "node:path";
import type { EnrolledTerminal } from "../client/access-test/armed-terminals.ts";
import { readKeyFile } from "../client/files.ts";
import { keyFileOf } from "../client/network/create-network.ts";
import type { LocalNetwork } from "../client/network/local-network.ts";
import { submitTransaction } from "../client/sdk/submit.ts";
import {
  type Draft,
  officer,
  signDraft,
  type TransactionSigner,
} from "../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../client/terminal/terminal-key.ts";
import { civilDateAt, fiscalYearOf } from "../contracts/fields/dates.ts";
import { commitToCard } from "../contracts/residents/card-commitment.ts";
import { ACCEPTED } from "../ledger/block.ts";
import { fromHex, toHex } from "../ledger/bytes.ts";
import { type KeyRole, networkIdOf } from "../ledger/genesis.ts";
import type { JsonValue } from "../ledger/schema.ts";
import { cardSigner, ISSUER, type Payers, type Resident, type Shop } from "./payers.ts";

const POINT_TYPE = "bench";
const CATEGORY = "VOLUNTEER";
/** Enough for every payment of a run, at 1 pt each. */
const GRANT_PT = 1_000_000;
const BUDGET_PT = 999_999_999;
/** Transactions under way at once. */
const AT_ONCE = 32;

/** A draft and who signs it. */
interface Deed {
  readonly draft: Draft;
  readonly signers: readonly TransactionSigner[];
}

/** Submits all of it and sees to it that every node's ledger holds it. @throws Error at a refusal. */
export async function prepareLedger(
  network: LocalNetwork,
  directory: string,
  { residents, shops }: Payers,
): Promise<void> {
  const by = (...roles: readonly KeyRole[]) =>
    roles.map((role) => officer(readKeyFile(keyFileOf(directory, ISSUER, role))));
  const office = (type: string, fields: { readonly [field: string]: JsonValue }): Deed => ({
    draft: { type, public: { issuer: ISSUER, ...fields }, private: null },
    signers: by("clerk", "approver"),
  });
  const fiscalYear = fiscalYearOf(civilDateAt(Date.now()));
  await submitAll(network, [office("ISSUER_OPEN", {})]);
  await submitAll(network, [
    office("POINT_TYPE_DEFINE", POINT_TYPE_TERMS),
    office("BUDGET_APPROPRIATE", { fiscalYear, category: CATEGORY, amountPt: BUDGET_PT }),
    ...shops.map(({ merchant }) => office("MERCHANT_REGISTER", merchantFields(merchant))),
    ...residents.map((resident) => walletOpening(resident, by("registrar", "verifier"))),
  ]);
  await submitAll(network, [
    ...shops.map((shop) => ({
      ...office("TERMINAL_REGISTER", terminalFields(shop)),
      signers: by("clerk"),
    })),
    ...residents.map(({ wallet }) => {
      const grant = office("POINT_GRANT", {
        pointType: POINT_TYPE,
        fiscalYear,
        budgetCategory: CATEGORY,
        amountPt: GRANT_PT,
        expiresOn: null,
      });
      return { ...grant, draft: { ...grant.draft, private: { wallet } } };
    }),
  ]);
}

/** Where the terminals of an access test stand. */
const HALL = "city-hall";

/** Registers terminals and announces an access test that is open from now on, for an hour. */
export async function prepareAccessTest(
  network: LocalNetwork,
  directory: string,
  { test, terminals }: { readonly test: string; readonly terminals: readonly EnrolledTerminal[] },
): Promise<void> {
  const key = (organisation: string, role: KeyRole) =>
    officer(readKeyFile(keyFileOf(directory, organisation, role)));
  const office = (type: string, fields: { readonly [field: string]: JsonValue }): Deed => ({
    draft: { type, public: { issuer: ISSUER, ...fields }, private: null },
    signers: [key(ISSUER, "clerk"), key(ISSUER, "approver")],
  });
  const governing = network.genesis.organisations.map(({ id }) => key(id, "governor"));
  const opensAtMs = Date.now();
  const announcement = { test, opensAtMs, closesAtMs: opensAtMs + 3_600_000 };
  await submitAll(network, [office("ISSUER_OPEN", {})]);
  await submitAll(network, [
    office("MERCHANT_REGISTER", merchantFields(HALL)),
    {
      draft: { type: "LOADTEST_OPEN", public: announcement, private: null },
      signers: governing,
    },
  ]);
  await submitAll(
    network,
    terminals.map(({ terminal, key: { algorithm, publicKey } }) => ({
      ...office("TERMINAL_REGISTER", {
        merchant: HALL,
        terminal,
        algorithm,
        publicKey: toHex(publicKey),
      }),
      signers: [key(ISSUER, "clerk")],
    })),
  );
}

const POINT_TYPE_TERMS = {
  pointType: POINT_TYPE,
  nameJa: "負荷試験ポイント",
  nameEn: "Bench points",
  category: CATEGORY,
  legalClass: "FREE",
  expiryRule: { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null },
  perGrantCapPt: GRANT_PT,
  perUseCapPt: 5000,
  restrictedTo: [],
} as const;

function merchantFields(merchant: string) {
  return { merchant, nameJa: merchant, nameEn: merchant, category: "SHOP" };
}

function terminalFields({ merchant, terminal, terminalKeyPem }: Shop) {
  const { algorithm, publicKey } = TerminalKey.fromPem(terminalKeyPem);
  return { merchant, terminal, algorithm, publicKey: toHex(publicKey) };
}

function walletOpening(resident: Resident, services: readonly TransactionSigner[]): Deed {
  const card = cardSigner(resident.cardKeyPem);
  const cardCommit = toHex(commitToCard(fromHex(resident.cardSalt), card.publicKey));
  return {
    draft: {
      type: "WALLET_OPEN",
      public: { municipality: ISSUER, handle: resident.wallet, cardCommit },
      private: { cardSalt: resident.cardSalt, statusAsOfMs: Date.now(), certificate: null },
    },
    signers: [card, ...services],
  };
}

async function submitAll(network: LocalNetwork, deeds: readonly Deed[]): Promise<void> {
  for (let first = 0; first < deeds.length; first += AT_ONCE) {
    await Promise.all(deeds.slice(first, first + AT_ONCE).map((deed) => submit(network, deed)));
  }
}

async function submit({ genesis, nodes }: LocalNetwork, { draft, signers }: Deed): Promise<void> {
  const context = { networkId: networkIdOf(genesis), nowMs: Date.now() };
  const { bytes } = await signDraft(draft, signers, context);
  const clients = nodes.map(({ client }) => client);
  const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
  if (result !== ACCEPTED) throw new Error(`${draft.type} was refused: ${result}`);
}

/** Where a node of a local network keeps its chain and state. */
export function dataDirectoryOf(directory: string, node: number): string {
  return join(directory, "nodes", String(node), "data");
}
