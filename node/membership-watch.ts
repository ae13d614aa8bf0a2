/** What a change of membership means for this node itself: its operator is told, once. */
import { equalBytes } from "../ledger/bytes.ts";
import { memberOf, voterOf } from "../ledger/membership.ts";
import type { MembershipHistory } from "../ledger/membership-history.ts";
import type { NodeLog } from "./logger.ts";

const MAY_GO =
  "this node has left the network: it may be switched off, and its key should be destroyed";
const MAY_GO_JA =
  "このノードはネットワークから退きました。停止してかまいません。鍵は破棄してください";

/** Looks at each membership that comes into force. */
export class MembershipWatch {
  readonly #self: number;
  readonly #publicKey: Uint8Array;
  readonly #log: NodeLog;
  readonly #onKeyChanged: () => void;
  #periods = 0;

  /** @param publicKey the key under which this node is in reach now. */
  constructor(self: number, publicKey: Uint8Array, log: NodeLog, onKeyChanged: () => void) {
    this.#self = self;
    this.#publicKey = publicKey;
    this.#log = log;
    this.#onKeyChanged = onKeyChanged;
  }

  /** Looks at the memberships after an applied block. */
  look({ current, periods }: MembershipHistory): void {
    if (periods.length === this.#periods) return;
    this.#periods = periods.length;
    const member = memberOf(current, this.#self);
    const role = member?.role ?? "none";
    const { fromHeight = 0 } = periods.at(-1) ?? {};
    this.#log.info("MEMBERSHIP_IN_FORCE", { fromHeight, members: current.members.length, role });
    const wasMember = periods.some(({ membership }) => memberOf(membership, this.#self));
    const isSilent = voterOf(current, this.#self) === undefined;
    if (wasMember && isSilent && (role === "leaving" || role === "none")) {
      this.#log.warn("NODE_MAY_BE_SWITCHED_OFF", { fromHeight, text: MAY_GO, textJa: MAY_GO_JA });
    }
    if (member !== undefined && !equalBytes(member.publicKey, this.#publicKey)) {
      this.#log.warn("NODE_KEY_CHANGED", { fromHeight });
      this.#onKeyChanged();
    }
  }
}
