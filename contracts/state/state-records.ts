/**
 * What the state holds: records under keys (all spaces: key-spaces.ts). A name is never used again for another
 * thing; a field is only added under a new rule version.
 */
import { KEY_ROLES, organisationSchema } from "../../ledger/genesis.ts";
import { TIMESTAMP_MS_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { identifier, nodeNumber } from "../../ledger/membership.ts";
import {
  bytes,
  flag,
  type Infer,
  list,
  nullable,
  oneOf,
  record,
  uint,
} from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import {
  amountPt,
  ascending,
  cardCommit,
  displayName,
  grantCategory,
  legalClass,
  merchantCategory,
  restrictedTo,
  terminalAlgorithm,
  terminalKey,
  totalPt,
} from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { governorsSchema } from "../governance/governors.ts";
import { wishSchema } from "../nodes/wish.ts";
import { pointAsset } from "../points/accounts.ts";
import { expiryRule } from "../points/expiry-rule.ts";
import { lotSchema } from "../points/lots.ts";
import { anchorsSchema } from "../residents/card-certificate.ts";
import { statusAsOfMs, statusListSchema } from "../residents/card-status.ts";
import { ACCEPTED_ISSUERS_MAX } from "../set-up/acceptance.ts";
import { batchBalances, batchSchema } from "../settlement/batch.ts";
import { clearingSchema } from "../settlement/clearing.ts";
import { dueBalances, dueSchema } from "../settlement/dues.ts";
import { fiscalYearEndSchema } from "../settlement/fiscal-year-end.ts";
import { unusedBalanceSchema } from "../settlement/unused-balance.ts";
import { holdingsSchema } from "../spending/till.ts";
import { keySpace } from "./key-space.ts";

/** An organisation of the network, as the genesis has it. */
export const ORGANISATION = keySpace("organisation", "<id>", organisationSchema);

const officerKeySchema = record({
  organisation: identifier,
  roles: list(oneOf(KEY_ROLES), KEY_ROLES.length, 1),
  status: oneOf(["ACTIVE", "REVOKED"]),
});
/** A key of an organisation's officer or service. */
export type OfficerKey = Infer<typeof officerKeySchema>;

/** Whose key it is and what it may sign; at first as the genesis has it. */
export const KEY = keySpace("key", "<publicKeyHex>", officerKeySchema);

const governorsSpace = keySpace("governors", "consortium", governorsSchema);
/** Who governs: one record. */
export const GOVERNORS = governorsSpace.key("consortium");

const wishedNodesSpace = keySpace("wished-nodes", "consortium", wishSchema);
/** Who shall run the network: one record. */
export const WISHED_NODES = wishedNodesSpace.key("consortium");

/** The keys that nodes have or had: none is ever used again. */
export const NODE_KEY = keySpace("node-key", "<publicKeyHex>", record({ number: nodeNumber }));

/** A local government that issues points. */
export const ISSUER = keySpace("issuer", "<code>", record({ openedOn: civilDate }));

/** The terms on which points are granted. */
export const pointTypeFields = {
  nameJa: displayName,
  nameEn: displayName,
  category: grantCategory,
  legalClass,
  expiryRule,
  perGrantCapPt: amountPt,
  perUseCapPt: amountPt,
  restrictedTo,
};

const pointTypeSchema = record(pointTypeFields);
/** The terms on which points are granted. */
export type PointType = Infer<typeof pointTypeSchema>;

/** A kind of points, as its issuer defined it. */
export const POINT_TYPE = keySpace("point-type", "<issuer>/<pointType>", pointTypeSchema);

/** The end of a type of points, once it is announced. */
export const WIND_DOWN = keySpace(
  "wind-down",
  "<issuer>/<pointType>",
  record({ endsOn: civilDate }),
);

/** How many points of a type there are: the contra account of all who hold them. */
export const ISSUE = keySpace(
  "issue",
  "<issuer>/<pointType>",
  record({ issuedPt: totalPt }),
  ({ id, text }, { issuedPt }) => [{ account: text, asset: id, balancePt: -issuedPt }],
);

const budgetSchema = record({
  appropriatedPt: totalPt,
  grantedPt: totalPt,
  /** Set aside for campaigns, which hold these rights. */
  setAsidePt: totalPt,
});
/** The right to grant points of a category in a fiscal year, and what became of it. */
export type Budget = Infer<typeof budgetSchema>;

/** What may still be granted, pt. */
export function rightLeft({ appropriatedPt, grantedPt, setAsidePt }: Budget): number {
  return appropriatedPt - grantedPt - setAsidePt;
}

/** The right to grant points of a category in a fiscal year (April to March). */
export const BUDGET = keySpace(
  "budget",
  "<issuer>/<fiscalYear>/<category>",
  budgetSchema,
  ({ id, text: asset }, budget) => {
    const { appropriatedPt, grantedPt } = budget;
    return [
      { account: `appropriation/${id}`, asset, balancePt: -appropriatedPt },
      { account: asset, asset, balancePt: rightLeft(budget) },
      { account: `granted/${id}`, asset, balancePt: grantedPt },
    ];
  },
);

const merchantSchema = record({
  issuer: municipalityCode,
  nameJa: displayName,
  nameEn: displayName,
  category: merchantCategory,
  status: oneOf(["ACTIVE", "SUSPENDED"]),
  /** Other issuers whose points it takes by agreement (acceptance.ts). */
  accepts: ascending(municipalityCode, ACCEPTED_ISSUERS_MAX, 0),
});
/** A merchant or facility that takes an issuer's points. */
export type Merchant = Infer<typeof merchantSchema>;

/** A merchant. */
export const MERCHANT = keySpace("merchant", "<id>", merchantSchema);

/** What a merchant took and is not yet settled, by type. Apart from MERCHANT: every payment writes it. */
export const MERCHANT_ACCOUNT = keySpace(
  "merchant-account",
  "<id>",
  record({ holdings: holdingsSchema }),
  ({ id }, { holdings }) =>
    holdings.map(({ issuer, pointType, balancePt }) => ({
      account: `merchant/${id}`,
      asset: pointAsset(issuer, pointType),
      balancePt,
    })),
);

/** A merchant's terminal and the key with which it signs. */
export const TERMINAL = keySpace(
  "terminal",
  "<id>",
  record({
    merchant: identifier,
    algorithm: terminalAlgorithm,
    publicKey: terminalKey,
    status: oneOf(["ACTIVE", "REVOKED"]),
  }),
);

/** All lots of a wallet used up by one payment, with room to spare. */
const WALLET_MEMORY_SIZE_BYTES_MAX: number = 128 * 1024;

/** The memory of a wallet that has done nothing yet. */
export const NO_MEMORY: Pick<Wallet, "closedLots" | "recentPayments"> = {
  closedLots: new Uint8Array(0),
  recentPayments: new Uint8Array(0),
};

const walletSchema = record({
  municipality: municipalityCode,
  /** Zero bytes, which no card opens, when it is closed. */
  cardCommit,
  /** Why a wallet is suspended is not said: a lost card looks like a revoked one. */
  status: oneOf(["ACTIVE", "SUSPENDED", "CLOSED"]),
  /** Stopped by its municipality; what the card goes through changes nothing about it. */
  isFrozen: flag,
  /** As of when this one card was attested. */
  statusAsOfMs,
  /** Number of the next lot. */
  nextLot: uint(Number.MAX_SAFE_INTEGER, 1),
  /** In ascending order of number. */
  lots: list(lotSchema, WALLET_LOTS_MAX),
  /** The terms of lots that were used up lately (wallet-lots.ts). */
  closedLots: bytes(0, WALLET_MEMORY_SIZE_BYTES_MAX),
  /** How its latest payments can be taken back (recent-payments.ts). */
  recentPayments: bytes(0, WALLET_MEMORY_SIZE_BYTES_MAX),
});
/** A resident's wallet with one municipality. */
export type Wallet = Infer<typeof walletSchema>;

/** A resident's wallet with one municipality, under a pseudonym. */
export const WALLET = keySpace("wallet", "<handleHex>", walletSchema, ({ text }, { lots }) =>
  lots.map(({ issuer, pointType, remainingPt }) => ({
    account: text,
    asset: pointAsset(issuer, pointType),
    balancePt: remainingPt,
  })),
);

/** A settlement batch of a payer. */
export const BATCH = keySpace("batch", "<payer>/<batch>", batchSchema, ({ id }, batch) =>
  batchBalances(id, batch),
);

/** What one organisation owes another for a cause. What is owed to merchants stands in BATCH. */
export const DUE = keySpace("due", "<debtor>/<creditor>/<cause>", dueSchema, ({ id }, due) =>
  dueBalances(id, due),
);

/** A clearing of dues between organisations. */
export const CLEARING = keySpace("clearing", "<operator>/<clearing>", clearingSchema);

/** What an issuer reported as unused to the authority on a base date. */
export const UNUSED_BALANCE = keySpace(
  "unused-balance",
  "<issuer>/<baseDate>",
  unusedBalanceSchema,
);

/** A fiscal year that its issuer closed. */
export const FISCAL_YEAR_END = keySpace(
  "fiscal-year-end",
  "<issuer>/<fiscalYear>",
  fiscalYearEndSchema,
);
/** As of when the municipality's verifier attested all cards that are not suspended. */
export const STATUS_LIST = keySpace("status-list", "<municipality>", statusListSchema);

const anchorsSpace = keySpace("card-anchors", "consortium", anchorsSchema);
/** The authorities that issue the cards' certificates: one record, which is there when nodes check certificates. */
export const CARD_ANCHORS = anchorsSpace.key("consortium");

/** With which municipality the holder of a MyKey ID is; null when it was given up. */
export const MYKEY_ID = keySpace(
  "mykey-id",
  "<tagHex>",
  record({ municipality: nullable(municipalityCode) }),
);

const usedIdSchema = record({ height: uint(Number.MAX_SAFE_INTEGER, 1) });
/** The height of the block that holds the transaction. */
export type UsedId = Infer<typeof usedIdSchema>;

/** Ids of organisations' transactions, accepted or refused: used up for ever. */
export const TRANSACTION_ID = keySpace("id", "<transactionIdHex>", usedIdSchema);

/** Points of a type that nobody spent in time. */
export const EXPIRED = keySpace(
  "expired",
  "<issuer>/<pointType>",
  record({ expiredPt: totalPt }),
  ({ id, text }, { expiredPt }) => [{ account: text, asset: id, balancePt: expiredPt }],
);
const loadtestSpace = keySpace(
  "loadtest",
  "consortium",
  record({
    test: identifier,
    opensAtMs: uint(TIMESTAMP_MS_MAX),
    closesAtMs: uint(TIMESTAMP_MS_MAX),
  }),
);
/** The access test that is announced, or was the last: one record. */
export const LOADTEST = loadtestSpace.key("consortium");

/** The last access test in which a terminal took part. */
export const LOADTEST_PING = keySpace("loadtest-ping", "<terminal>", record({ test: identifier }));
