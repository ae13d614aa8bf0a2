/*
 * One change of membership: which quorum certifies a block follows from the chain before it.
 *
 *   M1  a block is made under one membership: the last one that certificates shown in it, or in blocks before it,
 *       prove; and a leader shows what it has applied                                ledger/membership-history.ts
 *   M2  votes of a quorum of that membership certify the block, and with it all before it     ledger/certificate.ts
 *   M3  joint: a majority of the old members and one of the new                              ledger/membership.ts isQuorum
 *   M4  barrier: a leader's commit stops at a change until it is applied                    consensus/commit.ts
 *   M5  a leader proposes a change only when it has applied everything inherited, and every earlier change
 *                                                                                            consensus/proposals.ts
 *   M6  a node campaigns under the membership that it has applied, which is that of the block it would make first
 *                                                                                            consensus/candidate.ts
 *   M7  between a change and its certificate a leader makes no block but the first of its term
 *                                                                                            node/driver/block-producer.ts
 *   R7  who takes a block has applied the changes that it shows to be certified before it can campaign
 *                                                                                            node/driver/receiver.ts
 *
 * Members are bits. JOINT: the old members, both, the new. Otherwise one simple change. The model begins where the
 * leader of term 1 has committed its first block, the genesis of this file, among the old members.
 */
#ifndef NODES
#define NODES 4
#endif
#ifndef C_OLD
#define C_OLD 7
#define C_NEW 9
#endif

/* How many changes stand in a log below a height, and where the n-th of them stands. */
#define IS_CHANGE(block)      (((block) & CHANGE) > 0)
#define CHANGES_BELOW(at, h)  ((h > 1 && IS_CHANGE(at[1])) + (h > 2 && IS_CHANGE(at[2])) + (h > 3 && IS_CHANGE(at[3])))
#define NTH_CHANGE(at, n)     (CHANGES_BELOW(at, 2) == n -> 1 : (CHANGES_BELOW(at, 3) == n -> 2 : 3))

/* A membership is named by how many changes led to it. */
#define STAGE_OF(block) ((block) >> 4)
#define STAMP(me)       (APPLIED(me) << 4) /* M1 */
#define APPLIED(me)   CHANGES_BELOW(memory[me].log.at, memory[me].certified + 1)
#define UNAPPLIED(me) (CHANGES_BELOW(memory[me].log.at, 4) - APPLIED(me))

#include "raft.pml"

#ifdef JOINT
#define CHANGES 2
#define MEMBERS(stage) (stage == 0 -> C_OLD : (stage == 1 -> C_OLD | C_NEW : C_NEW))
#if defined(JOINT_IS_UNION)
#define QUORUM(mask, stage) MAJORITY(mask, MEMBERS(stage))
#elif defined(JOINT_IS_EITHER)
#define QUORUM(mask, stage) \
  ((stage < 2 && MAJORITY(mask, C_OLD)) || (stage > 0 && MAJORITY(mask, C_NEW)))
#else
#define QUORUM(mask, stage) /* M3 */ \
  ((stage == 2 || MAJORITY(mask, C_OLD)) && (stage == 0 || MAJORITY(mask, C_NEW)))
#endif
#else
#define CHANGES 1
#define MEMBERS(stage)      (stage == 0 -> C_OLD : C_NEW)
#define QUORUM(mask, stage) MAJORITY(mask, MEMBERS(stage))
#endif

#define MAY_CAMPAIGN(me) (MEMBERS(APPLIED(me)) & BIT(me)) /* M6 */
#define ELECTED(me)      QUORUM(grants[me], APPLIED(me))

inline appended(me, height) {
#ifndef LEARN_AFTER_APPEND
  if /* R7 */
  :: STAGE_OF(memory[me].log.at[height]) > 0 ->
       aHeight = NTH_CHANGE(memory[me].log.at, STAGE_OF(memory[me].log.at[height]));
       learn(me, aHeight)
  :: else
  fi
#else
  skip
#endif
}

inline learn(me, height) {
  if
  :: memory[me].certified < height -> memory[me].certified = height
  :: else
  fi
}

#define VOTES_FOR(state, h) (TERM_OF(state.log.at[h]) == state.term && state.log.at[h] == sent[state.term].at[h])

/* All nodes vote, members or not: they may be members without knowing it yet. */
inline vote(me, state) {
  for (aHeight : 1 .. 3) {
    if
    :: VOTES_FOR(state, aHeight) -> votes[state.term].by[aHeight] = votes[state.term].by[aHeight] | BIT(me)
    :: else
    fi
  }
  prove();
  check_agreement();
  check_completeness()
}

#define PROVES(mask, block) QUORUM(mask, STAGE_OF(block)) /* M2 */

/* What anybody can prove who gathers all votes up to a term: certificates of earlier terms carry over to the logs of
   later ones, as far as they share the blocks. */
inline prove() {
  for (aTerm : 1 .. TERMS) {
    for (bTerm : 1 .. aTerm) {
      for (aHeight : 1 .. 3) {
        if
        :: proven[bTerm] >= aHeight && proven[aTerm] < aHeight && LENGTH(sent[aTerm].at) >= aHeight &&
           SAME(sent[aTerm].at, sent[bTerm].at, aHeight) -> proven[aTerm] = aHeight
        :: else
        fi
      }
    }
    for (aHeight : 1 .. 3) {
      if
      :: TERM_OF(sent[aTerm].at[aHeight]) == aTerm && proven[aTerm] < aHeight &&
         PROVES(votes[aTerm].by[aHeight], sent[aTerm].at[aHeight]) -> proven[aTerm] = aHeight
      :: else
      fi
    }
  }
}

#define OWES_VOTE(state, h) (state.log.at[h] != 0 && VOTES_FOR(state, h) && !(votes[state.term].by[h] & BIT(me)))
#define OWES_VOTES(me)      (OWES_VOTE(disk[me], 1) || OWES_VOTE(disk[me], 2) || OWES_VOTE(disk[me], 3))

/* A certificate for a block of its own log reaches a follower; it comes from somebody of that term, so the follower is
   in that term too. Only what proves a change makes a difference. */
#define LEARN(height) \
  :: d_step { role[me] == FOLLOWER && IS_CHANGE(memory[me].log.at[height]) && memory[me].certified < height && \
       IS_PROVEN(height) -> \
       printf("node %d learns that %d is certified\n", me, height); \
       memory[me].certified = height; \
       settle(me) }
#define IS_PROVEN(h)   (IS_PROVEN_IN(1, h) || IS_PROVEN_IN(2, h) IF_TERM_3(|| IS_PROVEN_IN(3, h)))
#define IS_PROVEN_IN(t, h) (memory[me].term >= t && proven[t] >= h && SAME(memory[me].log.at, sent[t].at, h))

hidden byte chain_decides;

/* commit.ts: the leader counts votes for a block of its term by the membership that it has applied, and commits up to
   it, or up to the barrier. What it then commits must be proven by the rule of the chain. */
#define COMMIT(held) \
  :: d_step { role[me] == LEADER && memory[me].certified < held && TERM_OF(memory[me].log.at[held]) == memory[me].term && \
       QUORUM(votes[memory[me].term].by[held], APPLIED(me)) -> \
       printf("node %d commits by counting votes for %d\n", me, held); \
       commit(me, held); \
       settle(me) }
inline commit(me, held) {
  aTerm = memory[me].term;
  aHeight = held;
#ifndef NO_BARRIER
  if /* M4 */
  :: IS_CHANGE(memory[me].log.at[1]) && memory[me].certified < 1 -> aHeight = 1
  :: else ->
       if
       :: IS_CHANGE(memory[me].log.at[2]) && memory[me].certified < 2 && held > 2 -> aHeight = 2
       :: else
       fi
  fi;
#endif
  learn(me, aHeight);
  chain_decides = (proven[aTerm] >= aHeight);
  assert(chain_decides)
}

/* M5. The first `inherited` blocks of a leader's log are of earlier terms. */
#define INHERITED(me) (OF_EARLIER_TERM(me, 1) + OF_EARLIER_TERM(me, 2) + OF_EARLIER_TERM(me, 3))
#define OF_EARLIER_TERM(me, h) (memory[me].log.at[h] != 0 && TERM_OF(memory[me].log.at[h]) < memory[me].term)
#define MAY_CHANGE(me) \
  (memory[me].certified >= INHERITED(me) && UNAPPLIED(me) == 0 && CHANGES_BELOW(memory[me].log.at, 4) < CHANGES)

#ifndef BLOCKS_BEFORE_CERTIFICATE
#define MAY_GO_ON(me) (UNAPPLIED(me) == 0) /* M7 */
#else
#define MAY_GO_ON(me) true
#endif

proctype Node(byte me) {
end:
  do
  RAFT_STEPS
  PROPOSE(0, MAY_GO_ON(me))
  PROPOSE(CHANGE, MAY_CHANGE(me))
  LEARN(1) LEARN(2) LEARN(3)
  COMMIT(1) COMMIT(2) COMMIT(3)
  od
}

init {
  d_step {
    for (aHeight : 0 .. NODES - 1) {
      memory[aHeight].term = 1;
      memory[aHeight].votedFor = 1;
      copy_kept(memory[aHeight], disk[aHeight])
    }
    role[0] = LEADER
  }
  atomic { run Node(0); run Node(1); run Node(2); IF_NODE_4(run Node(3)) }
}
