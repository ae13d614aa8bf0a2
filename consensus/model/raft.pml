/*
 * Raft as this node runs it: elections, replication, disk and crashes. What votes and certificates are made of, and
 * what must hold of them, is in the file that includes this one.
 *
 *   E1  a grant goes to a log that is not behind the voter's, to one candidate a term       consensus/voter.ts
 *   E2  a grant is for one candidacy: term, candidate and where its log ends                elections.ts received
 *   E3  a candidate leads only once its own term and vote are on disk               node/driver/log-writer.ts
 *   R9  a grant, like a vote, rests on what is on disk                                      log-writer.ts
 *
 * The network loses, doubles and reorders: what was ever sent may arrive at any moment, or never. So messages are not
 * queued, they are read off what their senders said and cannot take back: `sent`, the log of a term's leader, which
 * only grows, and the votes. A grant reaches a candidate that still waits at once: a later one changes nothing but
 * its voter, and only takes possibilities from it. So does hearing of a later term and nothing else.
 */
#define FOLLOWER  0
#define CANDIDATE 1
#define LEADER    2

/* A block is named by its height and the term that it was made in, for a term has one leader. at[h] is the term of
   the block at height h, plus CHANGE if it changes the membership, plus the STAMP of what it shows; 0 where the log
   ends. at[0] is the genesis. */
typedef Log { byte at[4] };
#define CHANGE        8
#define TERM_OF(block) ((block) & 7)
#define LENGTH(at)      ((at[1] > 0) + (at[2] > 0) + (at[3] > 0))
#define LAST_TERM(at)   TERM_OF(at[LENGTH(at)])
#define SAME(a, b, upTo) \
  ((upTo < 1 || a[1] == b[1]) && (upTo < 2 || a[2] == b[2]) && (upTo < 3 || a[3] == b[3]))

/* What a node keeps, in memory and on its disk. `votedFor` is a node + 1, or 0. `certified` is the height up to which
   the node knows its log to be certified: it has committed and applied that much, and no more (R6). */
typedef Kept { byte term; byte votedFor; byte certified; Log log };
Kept memory[NODES];
Kept disk[NODES];
byte role[NODES];
byte grants[NODES];           /* who granted the present candidacy: a bit a node */

Log sent[TERMS + 1];          /* the log of each term's leader: all that ever was in its messages */
typedef Masks { byte by[4] };
Masks acknowledged[TERMS + 1]; /* who acknowledged the block at a height of that log: a bit a node */
Masks votes[TERMS + 1];       /* who voted for it */
byte proven[TERMS + 1];       /* how much of that log certificates prove: follows from the votes */

#define BIT(node)   (1 << (node))
#define COUNT(mask) (((mask) & 1) + (((mask) >> 1) & 1) + (((mask) >> 2) & 1) + (((mask) >> 3) & 1))
#define MAJORITY(mask, voters) (2 * COUNT((mask) & (voters)) > COUNT(voters))

/* Scratch, no part of the state: spin has no functions. */
hidden byte aTerm, bTerm, aHeight, agreement, completeness, permanence, one_leader_a_term;

/* ------------------------------------------------------------------------------------ what must hold */

#ifdef AGREEMENT_ONLY /* look past the first sign of trouble, for two certificates that contradict each other */
#define CHECK(claim) skip
#else
#define CHECK(claim) assert(claim)
#endif

/* (a), (c): of two certificates one covers the other: one block a height, one history. */
inline check_agreement() {
  agreement = true;
  for (aTerm : 1 .. TERMS - 1) {
    for (bTerm : aTerm + 1 .. TERMS) {
      aHeight = (proven[aTerm] < proven[bTerm] -> proven[aTerm] : proven[bTerm]);
      agreement = agreement && SAME(sent[aTerm].at, sent[bTerm].at, aHeight)
    }
  }
  assert(agreement)
}

/* (b): what is certified in a term is in the log of every leader of a later one. */
inline check_completeness() {
  completeness = true;
  for (aTerm : 1 .. TERMS - 1) {
    for (bTerm : aTerm + 1 .. TERMS) {
      completeness = completeness &&
        (LENGTH(sent[bTerm].at) == 0 || SAME(sent[aTerm].at, sent[bTerm].at, proven[aTerm]))
    }
  }
  CHECK(completeness)
}

/* (d): a node takes nothing off its log, from height `from` on, that a certificate may have made it commit: one of its
   own term at most, for who brings a later one brings the later term. */
inline check_permanence(me, from) {
  permanence = true;
  for (aTerm : 1 .. memory[me].term) {
    for (aHeight : from .. 3) {
      permanence = permanence && (memory[me].log.at[aHeight] == 0 || proven[aTerm] < aHeight ||
        memory[me].log.at[aHeight] != sent[aTerm].at[aHeight])
    }
  }
  CHECK(permanence)
}

/* ------------------------------------------------------------------------------------ elections */

inline enter_term(me, newTerm) {
  if
  :: newTerm > memory[me].term -> memory[me].term = newTerm; memory[me].votedFor = 0
  :: else
  fi;
  role[me] = FOLLOWER; grants[me] = 0
}

/* An election timeout: perhaps after others, or after word of a later term, so that terms may be skipped. */
#define CAMPAIGN(newTerm) \
  :: d_step { memory[me].term < newTerm && MAY_CAMPAIGN(me) -> \
       printf("node %d campaigns for term %d\n", me, newTerm); \
       enter_term(me, newTerm); \
       memory[me].votedFor = me + 1; \
       role[me] = CANDIDATE; \
       note_request(me); \
       settle(me) }

#define POSITION(at) (LAST_TERM(at) * 4 + LENGTH(at))

#ifndef GRANT_FOR_ANY_POSITION
#define UP_TO_DATE(me, candidate) /* E1 */ \
  (POSITION(memory[candidate].log.at) >= POSITION(memory[me].log.at))
inline note_request(me) { skip }
#else
/* Without E2 a grant for an earlier request, of a candidacy that a crash wiped out, counts for a later one. */
typedef Positions { byte best[NODES] };
Positions asked[TERMS + 1];
#define UP_TO_DATE(me, candidate) (asked[memory[candidate].term].best[candidate] >= POSITION(memory[me].log.at))
inline note_request(me) {
  aTerm = memory[me].term;
  if
  :: asked[aTerm].best[me] < POSITION(memory[me].log.at) -> asked[aTerm].best[me] = POSITION(memory[me].log.at)
  :: else
  fi
}
#endif

/* A request for a vote arrives. The grant leaves once all of this node's state is on its disk (R9). */
#define GRANT(candidate) \
  :: d_step { me != candidate && role[candidate] == CANDIDATE && !(grants[candidate] & BIT(me)) && \
       (memory[me].term < memory[candidate].term || \
        (memory[me].term == memory[candidate].term && memory[me].votedFor == candidate + 1) || \
        (memory[me].term == memory[candidate].term && memory[me].votedFor == 0)) && \
       UP_TO_DATE(me, candidate) -> \
       printf("node %d grants node %d term %d\n", me, candidate, memory[candidate].term); \
       if \
       :: memory[me].term < memory[candidate].term -> enter_term(me, memory[candidate].term) \
       :: else \
       fi; \
       memory[me].votedFor = candidate + 1; \
       grants[candidate] = grants[candidate] | BIT(me); \
       flush(me) }

#ifdef LEAD_BEFORE_DISK
#define MAY_LEAD(me) ELECTED(me)
#else
#define MAY_LEAD(me) ((grants[me] & BIT(me)) && ELECTED(me)) /* E3: its own grant leaves its disk like any other */
#endif

/* A new leader begins with a block of its own, which carries the leader certificate. */
#define LEAD \
  :: d_step { role[me] == CANDIDATE && MAY_LEAD(me) -> \
       printf("node %d leads term %d\n", me, memory[me].term); \
       one_leader_a_term = (LENGTH(sent[memory[me].term].at) == 0); \
       CHECK(one_leader_a_term); \
       role[me] = LEADER; \
       grants[me] = 0; \
       if \
       :: LENGTH(memory[me].log.at) < HEIGHTS -> extend(me, 0) \
       :: else -> copy_log(memory[me].log, sent[memory[me].term]) \
       fi; \
       check_completeness(); \
       settle(me) }

/* ------------------------------------------------------------------------------------ replication */

inline copy_log(from, to) { to.at[1] = from.at[1]; to.at[2] = from.at[2]; to.at[3] = from.at[3] }

inline extend(me, change) {
  memory[me].log.at[LENGTH(memory[me].log.at) + 1] = memory[me].term + change + STAMP(me);
  copy_log(memory[me].log, sent[memory[me].term])
}

#define PROPOSE(change, mayPropose) \
  :: d_step { role[me] == LEADER && LENGTH(memory[me].log.at) < HEIGHTS && mayPropose -> \
       printf("node %d proposes %d (change: %d)\n", me, LENGTH(memory[me].log.at) + 1, change); \
       extend(me, change); \
       settle(me) }

/* A block of the leader of a term arrives where the one before it is known. An equal block changes nothing. */
#define APPEND(leaderTerm, height) \
  :: d_step { leaderTerm >= memory[me].term && sent[leaderTerm].at[height] != 0 && \
       !(role[me] == LEADER && memory[me].term == leaderTerm) && \
       (height == 1 || memory[me].log.at[height - 1] == sent[leaderTerm].at[height - 1]) && \
       (leaderTerm > memory[me].term || role[me] != FOLLOWER || \
        memory[me].log.at[height] != sent[leaderTerm].at[height]) -> \
       printf("node %d takes %d of leader %d: made in term %d\n", me, height, leaderTerm, TERM_OF(sent[leaderTerm].at[height])); \
       enter_term(me, leaderTerm); \
       if \
       :: memory[me].log.at[height] != sent[leaderTerm].at[height] -> \
            truncate(me, height); \
            memory[me].log.at[height] = sent[leaderTerm].at[height]; \
            appended(me, height) \
       :: else \
       fi; \
       settle(me) }

inline truncate(me, from) {
  if
  :: memory[me].log.at[from] != 0 ->
       check_permanence(me, from);
       for (aHeight : from .. 3) { memory[me].log.at[aHeight] = 0 }
  :: else
  fi
}

/* ------------------------------------------------------------------------------------ the disk */

#define DIFFERS(me) \
  (disk[me].term != memory[me].term || disk[me].votedFor != memory[me].votedFor || \
   disk[me].certified != memory[me].certified || !SAME(disk[me].log.at, memory[me].log.at, 3))

inline copy_kept(from, to) {
  to.term = from.term; to.votedFor = from.votedFor; to.certified = from.certified;
  copy_log(from.log, to.log)
}

/* The writer: first the disk, then the answers that rest on it. */
inline flush(me) {
  copy_kept(memory[me], disk[me]);
  if
  :: role[me] == CANDIDATE -> grants[me] = grants[me] | BIT(me)
  :: else
  fi;
  vote(me, disk[me]);
  forget();
  skip /* spin: a d_step does not end with a loop */
}

#define FLUSH \
  :: d_step { DIFFERS(me) || (role[me] == CANDIDATE && !(grants[me] & BIT(me))) || OWES_VOTES(me) -> \
       printf("node %d writes to disk, and votes\n", me); \
       flush(me) }

/* kill -9, power loss: what was not on disk is gone, and so is the role. */
#define RESTART \
  :: d_step { DIFFERS(me) || role[me] != FOLLOWER -> \
       printf("node %d restarts\n", me); \
       copy_kept(disk[me], memory[me]); \
       role[me] = FOLLOWER; \
       grants[me] = 0 }

#ifdef INSTANT_DISK
/* For larger bounds: every step is on disk at once, and a crash loses only the role. */
inline settle(me) { flush(me) }
#else
inline settle(me) { skip }
#endif

#if NODES > 3
#define EVERY_DISK_IS_PAST(t) (disk[0].term > t && disk[1].term > t && disk[2].term > t && disk[3].term > t)
#else
#define EVERY_DISK_IS_PAST(t) (disk[0].term > t && disk[1].term > t && disk[2].term > t)
#endif

/* Nobody votes or appends in a term any more that every disk has left behind: all that still counts of it is what
   certificates of it or of earlier terms prove. States that differ in the rest alone become one. */
#ifdef HASH_ONLY_VOTES /* then a vote counts for the term of its block, long over */
inline forget() { skip }
#else
inline forget() {
  aHeight = 0;
  for (aTerm : 1 .. TERMS) {
    aHeight = (proven[aTerm] > aHeight -> proven[aTerm] : aHeight);
    if
    :: EVERY_DISK_IS_PAST(aTerm) ->
         for (bTerm : 1 .. 3) { /* heights */
           votes[aTerm].by[bTerm] = 0;
           acknowledged[aTerm].by[bTerm] = 0;
           sent[aTerm].at[bTerm] = (bTerm > aHeight -> 0 : sent[aTerm].at[bTerm])
         }
    :: else
    fi
  }
}
#endif

/* ------------------------------------------------------------------------------------ all steps */

#define APPEND_EACH(height) APPEND(1, height) APPEND(2, height) IF_TERM_3(APPEND(3, height)) IF_TERM_4(APPEND(4, height))
#define RAFT_STEPS \
  CAMPAIGN(1) CAMPAIGN(2) IF_TERM_3(CAMPAIGN(3)) IF_TERM_4(CAMPAIGN(4)) \
  GRANT(0) GRANT(1) GRANT(2) IF_NODE_4(GRANT(3)) \
  LEAD \
  APPEND_EACH(1) APPEND_EACH(2) IF_HEIGHT_3(APPEND_EACH(3)) \
  FLUSH RESTART

#if TERMS > 2
#define IF_TERM_3(step) step
#else
#define IF_TERM_3(step)
#endif
#if TERMS > 3
#define IF_TERM_4(step) step
#else
#define IF_TERM_4(step)
#endif
#if HEIGHTS > 2
#define IF_HEIGHT_3(step) step
#else
#define IF_HEIGHT_3(step)
#endif
#if NODES > 3
#define IF_NODE_4(step) step
#else
#define IF_NODE_4(step)
#endif
