/*
 * From acknowledgements to certificates, with one membership that never changes.
 *
 *   R1  a vote is for (term, height, block), of a voter in that very term, for a block made in it    certifier.ts vote
 *   R2  a certificate is the votes of a quorum for one (term, height, block)              certifier.ts certificateOf
 *   R3  it covers every block before its own too, and inherited blocks are covered in no other way  consensus/commit.ts
 *   R4  an acknowledgement brings a vote for every own-term block up to it, not for the last alone    certifier.ts ownVotes
 *   R5  so what a leader counts as committed has the certificate of exactly that height    receiver.ts #isBacked
 *   R6  a node commits what is certified on its own log, so nothing certified may ever leave a log    receiver.ts
 *   R9  a vote rests on what is on disk                                                    log-writer.ts
 *
 * spin -a with -DTERMS= -DHEIGHTS= (at most 4, 3), and perhaps one switch that breaks a rule: see check.sh.
 */
#define NODES 3
#define VOTERS 7

#define STAMP(me) 0
#include "raft.pml"

/* Nodes are alike: let node 0 be the first that ever campaigns. */
#define MAY_CAMPAIGN(me) (me == 0 || memory[0].term + memory[1].term + memory[2].term > 0)
#define ELECTED(me)      MAJORITY(grants[me], VOTERS)
inline appended(me, height) { skip }

/* Which blocks of its log a node votes for, and on which ballot. */
#if defined(HASH_ONLY_VOTES)
/* A vote names the block alone. Whatever block is acknowledged gets one, in whatever term. */
#define VOTES_FOR(state, h) (state.log.at[h] != 0 && state.log.at[h] == sent[state.term].at[h])
#define BALLOT(state, h)    votes[TERM_OF(state.log.at[h])].by[h]
#elif defined(VOTES_FOR_INHERITED_BLOCKS)
/* A vote names the voter's term, but blocks of earlier terms get one too. */
#define VOTES_FOR(state, h) (state.log.at[h] != 0 && state.log.at[h] == sent[state.term].at[h])
#define BALLOT(state, h)    votes[state.term].by[h]
#elif defined(VOTE_FOR_LAST_BLOCK_ONLY)
#define VOTES_FOR(state, h) (TERM_OF(state.log.at[h]) == state.term && h == LENGTH(state.log.at))
#define BALLOT(state, h)    votes[state.term].by[h]
#else
#define VOTES_FOR(state, h) (state.term > 0 && TERM_OF(state.log.at[h]) == state.term) /* R1 */
#define BALLOT(state, h)    votes[state.term].by[h]
#endif

hidden byte exactness;

/* An acknowledgement of all of a log, and the votes that go with it. */
inline vote(me, state) {
  for (aHeight : 1 .. 3) {
    if
    :: VOTES_FOR(state, aHeight) -> BALLOT(state, aHeight) = BALLOT(state, aHeight) | BIT(me)
    :: else
    fi;
    if
    :: state.term > 0 && TERM_OF(state.log.at[aHeight]) == state.term ->
         acknowledged[state.term].by[aHeight] = acknowledged[state.term].by[aHeight] | BIT(me)
    :: else
    fi
  }
  exactness = true;
  for (aTerm : 1 .. TERMS) {
    for (aHeight : 1 .. 3) {
      if
      :: MAJORITY(votes[aTerm].by[aHeight], VOTERS) && proven[aTerm] < aHeight -> proven[aTerm] = aHeight /* R2, R3 */
      :: else
      fi;
      exactness = exactness &&
        (!MAJORITY(acknowledged[aTerm].by[aHeight], VOTERS) || MAJORITY(votes[aTerm].by[aHeight], VOTERS))
    }
  }
  check_agreement();
  check_completeness();
  assert(exactness) /* R5 */
}

#define OWES_VOTE(state, h) (VOTES_FOR(state, h) && !(BALLOT(state, h) & BIT(me)))
#define OWES_VOTES(me)      (OWES_VOTE(disk[me], 1) || OWES_VOTE(disk[me], 2) || OWES_VOTE(disk[me], 3))

proctype Node(byte me) {
end:
  do
  RAFT_STEPS
  PROPOSE(0, true)
#ifdef VOTE_BEFORE_DISK
  :: d_step { OWES_VOTE(memory[me], 1) || OWES_VOTE(memory[me], 2) || OWES_VOTE(memory[me], 3) ->
       printf("node %d votes before it writes\n", me);
       vote(me, memory[me]) }
#endif
  od
}

init { atomic { run Node(0); run Node(1); run Node(2) } }
