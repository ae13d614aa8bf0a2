/** What operators and governors ask about the members: who runs the network, who shall, what is missing. */

import { nextMembership } from "../../contracts/nodes/next-membership.ts";
import type { WishedNode } from "../../contracts/nodes/wish.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { GOVERNORS, ORGANISATION, WISHED_NODES } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { Member } from "../../ledger/membership.ts";
import type { MembershipWait } from "../driver/membership-changer.ts";
import type { NodeParts } from "../node-parts.ts";
import type { StateStore } from "../storage/state-store.ts";

/** A sentence in both languages. */
interface Texts {
  readonly ja: string;
  readonly en: string;
}

/** Why a leader waits, about the members that it waits for. */
const WAITS: Readonly<Record<MembershipWait["reason"], (who: string) => Texts>> = {
  LISTENING: () => ({
    ja: "接続中のノードを確認しています",
    en: "The leader is finding out who is in reach",
  }),
  NOT_CAUGHT_UP: (who) => ({
    ja: `ノード ${who} が台帳を取得し終えるのを待っています。起動しているか確認してください`,
    en: `Node ${who} does not have the whole chain yet: see that it runs`,
  }),
  QUORUM_AT_RISK: (who) => ({
    ja: `変更後に過半数を失うおそれがあるため待っています。ノード ${who} に接続できません。起動するか、force を付けて決定し直してください`,
    en: `There would be no quorum afterwards, for node ${who} is not in reach: start it, or decide again with force`,
  }),
  LEAVING_NOT_TOLD: (who) => ({
    ja: `退くノード ${who} に知らせています`,
    en: `Node ${who} leaves and is being told so`,
  }),
};

/** A change of membership under way; the leader alone knows what it waits for. */
const UNDER_WAY: Texts = {
  ja: "変更中です。待っている理由はリーダーのノードが示します",
  en: "Under way; the leader knows what it waits for",
};

/** What a change waits for, in words; null when there is nothing to wait for. */
export function waitView(wait: MembershipWait | null): (MembershipWait & Texts) | null {
  return wait === null ? null : { ...wait, ...WAITS[wait.reason](wait.members.join(", ")) };
}

/** What an organisation is called; its id when the state does not know it. */
export function organisationName(store: StateStore, id: string): Texts {
  const known = recordOf(store, ORGANISATION.key(id));
  return { ja: known?.nameJa ?? id, en: known?.nameEn ?? id };
}

/** `GET /v1/membership`: all that a transaction about nodes has to say rightly. */
export function membershipView({ store, status }: NodeParts): Record<string, unknown> {
  const { membership, membershipWait, connected, tip, leader } = status();
  const wish = recordOf(store, WISHED_NODES);
  const governors = recordOf(store, GOVERNORS);
  if (wish === null || governors === null) throw new Error("the state names no nodes or governors");
  const isUnderWay = nextMembership(membership, wish.members) !== null;
  return {
    height: tip.height,
    leader: leader === 0 ? null : leader,
    inForce: membership.members.map((member) => ({
      ...nodeView(member),
      connected: connected.has(member.number),
    })),
    wished: wish.members.map(nodeView),
    force: wish.force,
    nextNumber: wish.lastNumber + 1,
    governors,
    waiting: waitView(membershipWait) ?? (isUnderWay ? UNDER_WAY : null),
  };
}

function nodeView({ number, organisation, role, publicKey, address }: Member | WishedNode) {
  return { number, organisation, role, publicKey: toHex(publicKey), address };
}

function recordOf<T>(store: StateStore, key: StateKey<T>): T | null {
  const stored = store.get(key.text);
  return stored === undefined ? null : key.space.decode(stored);
}
