/** Bugs of changing members in operation (docs/decisions/0010): who counts, from when on, and who knows of it. */
import type { Mutant } from "./mutant.ts";

/** Bugs of membership. */
export const MEMBERSHIP_MUTANTS: readonly Mutant[] = [
  {
    name: "a change of membership is in force without proof that it is certified",
    file: "ledger/membership-history.js",
    from: "const isProven = pending !== null && (lastCertificate?.height ?? 0) >= pending.changeHeight;",
    to: "const isProven = pending !== null;",
    also: [
      {
        file: "ledger/membership-history.js",
        from: "if (pending === null || certificate === null || certificate.height < pending.changeHeight) {",
        to: "if (pending === null || certificate === null) {",
      },
    ],
  },
  {
    name: "the leader makes blocks between a change of membership and its certificate",
    file: "node/driver/block-producer.js",
    from: "if (isHeld)",
    to: "if (false)",
  },
  {
    name: "who lost his voice, or never had one, votes",
    file: "node/chain/certifier.js",
    from: "if (block.height <= this.certifiedHeight || !isVoter || signer === null)",
    to: "if (block.height <= this.certifiedHeight || signer === null)",
  },
  {
    name: "the core is not told of a change of membership that is applied",
    file: "node/driver/applier.js",
    from: "onMembershipChange(link.tip.memberships.current, after);",
    to: "void onMembershipChange;",
  },
  {
    name: "a change of membership is proven to others only after its first block",
    file: "node/ledger-reader.js",
    from: "[...inForce, ...this.#provenNext()]",
    to: "[...inForce]",
  },
  {
    name: "what was learned of memberships is not handed on",
    file: "node/membership-gossip.js",
    from: "own.length > 0 ? own : memberships.learnedSteps(count, WIRE_STEPS_MAX)",
    to: "own",
  },
  {
    name: "all members try their other key after the same time",
    file: "node/own-key.js",
    from: "ALONE_ELECTIONS + (self % ALONE_ELECTIONS_APART)",
    to: "ALONE_ELECTIONS",
  },
];
