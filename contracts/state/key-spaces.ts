/** All key spaces: what the state may hold, by the first word of a key. */

import { CAMPAIGN, CAMPAIGN_SHARE } from "../campaigns/campaign-records.ts";
import { COST_SHARE } from "../campaigns/cost-share.ts";
import {
  CONSENT,
  CONVERSION,
  CONVERSION_RATE,
  FUNDING,
  PARTNER,
  RESERVE,
} from "../conversion/conversion-records.ts";
import { AUDIT } from "../governance/audit-record.ts";
import { PARAMETER } from "../governance/parameters.ts";
import { WITNESS } from "../governance/witness.ts";
import { DONATION, PROJECT } from "../projects/project.ts";
import { FACILITY, LINK, LINK_ROOT, SERVICE } from "../services/service.ts";
import { ACCEPTANCE } from "../set-up/acceptance.ts";
import { DISPUTE } from "../spending/dispute.ts";
import { HOLD } from "../spending/street-transfer.ts";
import { VOUCHER, VOUCHER_SERIES } from "../vouchers/voucher.ts";
import { type KeySpace, StateKey } from "./key-space.ts";
import {
  BATCH,
  BUDGET,
  CARD_ANCHORS,
  CLEARING,
  DUE,
  EXPIRED,
  FISCAL_YEAR_END,
  GOVERNORS,
  ISSUE,
  ISSUER,
  KEY,
  LOADTEST,
  LOADTEST_PING,
  MERCHANT,
  MERCHANT_ACCOUNT,
  MYKEY_ID,
  NODE_KEY,
  ORGANISATION,
  POINT_TYPE,
  STATUS_LIST,
  TERMINAL,
  TRANSACTION_ID,
  UNUSED_BALANCE,
  WALLET,
  WIND_DOWN,
  WISHED_NODES,
} from "./state-records.ts";

const SPACES: ReadonlyMap<string, KeySpace<unknown>> = new Map(
  [
    ORGANISATION,
    KEY,
    GOVERNORS.space,
    WISHED_NODES.space,
    NODE_KEY,
    ISSUER,
    POINT_TYPE,
    ISSUE,
    BUDGET,
    MERCHANT,
    MERCHANT_ACCOUNT,
    TERMINAL,
    WALLET,
    STATUS_LIST,
    CARD_ANCHORS.space,
    MYKEY_ID,
    TRANSACTION_ID,
    // Vouchers and projects
    VOUCHER_SERIES,
    VOUCHER,
    PROJECT,
    DONATION,
    PARAMETER,
    WIND_DOWN,
    EXPIRED,
    CAMPAIGN,
    CAMPAIGN_SHARE,
    COST_SHARE,
    PARTNER,
    CONVERSION_RATE,
    CONSENT,
    CONVERSION,
    RESERVE,
    FUNDING,
    // Services and agreements
    ACCEPTANCE,
    AUDIT,
    FACILITY,
    SERVICE,
    LINK,
    LINK_ROOT,
    HOLD,
    DISPUTE,
    // Settlement
    BATCH,
    DUE,
    CLEARING,
    UNUSED_BALANCE,
    FISCAL_YEAR_END,
    LOADTEST.space,
    LOADTEST_PING,
    // The witness
    WITNESS.space,
  ].map((space: KeySpace<unknown>) => [space.name, space]),
);

/** The key spaces, in the order of this file. */
export const KEY_SPACES: readonly KeySpace<unknown>[] = [...SPACES.values()];

/** The key that a text is, or null when no space has it. */
export function parseKey(text: string): StateKey<unknown> | null {
  const slash = text.indexOf("/");
  const space = SPACES.get(text.slice(0, slash));
  return space === undefined ? null : new StateKey(space, text.slice(slash + 1));
}
