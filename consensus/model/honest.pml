/*
 * What one honest node signs, whatever all others do: never two statements that evidence is made of (ledger/evidence.ts).
 * With evidence.pml: of two contradicting certificates somebody is convicted, and no honest node ever is.
 *
 *   A1  a node remembers what leaders took off its log, and the elections that entitled them to; it elects nobody, itself
 *       included, who lacks a block of those without showing such an election           node/storage/gone-blocks.ts
 *   A2  in its present term a node takes nothing off its log that was made in that term     node/driver/receiver.ts
 *   R8  two blocks of one height and term: the first is kept                              node/driver/block-examiner.ts
 *   E1  a grant goes to a log that is not behind the voter's, to one candidate a term         consensus/voter.ts
 *   E3  a candidate leads only once its own term and vote are on disk                       node/driver/log-writer.ts
 *   R1  a vote is for a block made in the voter's present term                                node/chain/certifier.ts
 *   R9  votes and grants rest on what is on disk; a leader's blocks leave before            node/driver/log-writer.ts
 *
 * The others may hold every key but this node's, and show it any election, block and candidacy: they are not modelled,
 * they are each step that this node would take.
 */

/* A block is the term that it was made in and one of three contents: two of others, one of this node. As with hashes,
   blocks are the same when all before them are the same too. */
#define BLOCK(term, content) ((term) * 4 + (content))
#define TERM_OF(block)       ((block) / 4)
#define MINE                 2
typedef Log { byte at[4] };
#define LENGTH(log)    ((log.at[1] > 0) + (log.at[2] > 0) + (log.at[3] > 0))
#define LAST_TERM(log) TERM_OF(log.at[LENGTH(log)])
#define POSITION(log)  (LAST_TERM(log) * 4 + LENGTH(log)) /* as elections compare logs */
#define SAME(a, b, upTo) \
  ((upTo < 1 || a.at[1] == b.at[1]) && (upTo < 2 || a.at[2] == b.at[2]) && (upTo < 3 || a.at[3] == b.at[3]))
#define IS_PREFIX(a, b) SAME(a, b, LENGTH(a))

#define BIT(position)   (1 << (position))
#define LAST_POSITION   (TERMS * 4 + HEIGHTS)

#define FOLLOWER  0
#define CANDIDATE 1
#define LEADER    2

#define NOBODY 0
#define MYSELF 3 /* the others are 1 and 2 */

/* `gone` has a bit for each POSITION of blocks that were taken off the log; `elections`, for a term, the POSITION of the
   log that was elected in it, and one more: 0 where none is known that could be of use. */
typedef Kept { byte term; byte votedFor; Log log; int gone; byte elections[TERMS + 1] };
Kept memory, disk;
byte role;

/* What it has signed in its present term. Of past ones, for which it signs no more, the votes still count: a bit for each
   POSITION that it ever voted for. */
Log voted;    byte votedTerm;    int votedEver;
Log stood;    byte stoodTerm;    /* the log with which it elected itself */
Log proposed; byte proposedTerm;
byte elected; byte electedTerm;

Log offer; byte offerTerm, block, last; /* the log that a message makes of this node's; nothing between steps */
byte shown;                             /* where the log ended with which its leader was elected */

hidden byte height, position, since, at, isMissed, never_without, no_double_vote, no_double_grant, no_stale_grant, no_double_proposal, no_false_candidacy;

inline copy_log(from, to) { to.at[1] = from.at[1]; to.at[2] = from.at[2]; to.at[3] = from.at[3] }
inline clear_log(log) { log.at[1] = 0; log.at[2] = 0; log.at[3] = 0 }
inline copy_kept(from, to) {
  to.term = from.term; to.votedFor = from.votedFor; to.gone = from.gone;
  copy_log(from.log, to.log);
  for (since : 1 .. TERMS) { to.elections[since] = from.elections[since] }
}

/* ------------------------------------------------------------------------------------ signatures */

inline sign_votes() {
  if
  :: disk.term > 0 && LAST_TERM(disk.log) == disk.term -> /* R1, R9 */
       no_double_vote = true;
       for (height : 1 .. HEIGHTS) {
         no_double_vote = no_double_vote && (TERM_OF(voted.at[height]) != disk.term ||
           TERM_OF(disk.log.at[height]) != disk.term || SAME(voted, disk.log, height))
       }
       assert(no_double_vote);
       votedTerm = disk.term; copy_log(disk.log, voted);
       for (height : 1 .. HEIGHTS) {
         if
         :: TERM_OF(disk.log.at[height]) == disk.term -> votedEver = votedEver | BIT(disk.term * 4 + height)
         :: else
         fi
       }
  :: else
  fi
}

/* For a candidate whose log ends at `position`. */
inline sign_grant(candidate) {
  no_double_grant = (electedTerm != memory.term || elected == candidate);
  assert(no_double_grant);
  find_missed(votedEver);
  no_stale_grant = !isMissed;
  assert(no_stale_grant);
#ifdef NEVER_WITHOUT
  never_without = (memory.gone < BIT(position + 1)); /* no rule: that it does is what the search is to find */
  assert(never_without);
#endif
  electedTerm = memory.term; elected = candidate
}

inline sign_header() {
  no_double_proposal = (proposedTerm != memory.term || IS_PREFIX(proposed, memory.log));
  assert(no_double_proposal);
  no_false_candidacy =
    (stoodTerm != memory.term || (LENGTH(memory.log) > LENGTH(stood) && IS_PREFIX(stood, memory.log)));
  assert(no_false_candidacy);
  proposedTerm = memory.term; copy_log(memory.log, proposed)
}

/* Once a term is on disk, nothing is signed for an earlier one. */
inline forget_past_terms() {
  if
  :: votedTerm < disk.term -> votedTerm = 0; clear_log(voted)
  :: else
  fi;
  if
  :: electedTerm < disk.term -> electedTerm = 0; elected = NOBODY
  :: else
  fi;
  if
  :: stoodTerm < disk.term -> stoodTerm = 0; clear_log(stood)
  :: else
  fi;
  if
  :: proposedTerm < disk.term -> proposedTerm = 0; clear_log(proposed)
  :: else
  fi
}

/* ------------------------------------------------------------------------------------ rules */

/* An election entitles to elect, in the present term, who lacks what stands at `at` (ledger/justification.ts). */
#define ENTITLES(t) (memory.elections[t] > 0 && t > at / 4 && t < memory.term && memory.elections[t] - 1 < at)

/* Whether a log that ends at `position` lacks some of these blocks, and no known election entitles to that. */
inline find_missed(blocks) {
  isMissed = false;
  for (at : position + 1 .. LAST_POSITION) {
    for (since : 1 .. TERMS) {
      if
      :: (blocks & BIT(at)) && ENTITLES(since) -> break
      :: else
      fi
    }
    isMissed = isMissed || ((blocks & BIT(at)) && since > TERMS)
  }
}

/* The least far that a log may end to be elected: further would convict nobody who this does not. */
inline find_far_enough() {
  position = POSITION(memory.log); /* E1 */
#ifndef GONE_FORGOTTEN
  find_missed(memory.gone); /* A1 */
  do
  :: isMissed -> position++; find_missed(memory.gone)
  :: else -> break
  od
#endif
}

/* A leader makes `offer` of the log: what goes is remembered, and his election if it may be of use. */
inline take_off() {
  for (height : 1 .. HEIGHTS) {
    at = TERM_OF(memory.log.at[height]) * 4 + height;
    if
    :: memory.log.at[height] > 0 && !SAME(memory.log, offer, height) ->
         memory.gone = memory.gone | BIT(at);
         if
         :: offerTerm > at / 4 && shown < at && memory.elections[offerTerm] == 0 ->
              memory.elections[offerTerm] = shown + 1
         :: else
         fi
    :: else
    fi
  }
}

#ifndef TWO_LEADERS_A_TERM
#define KEEPS(h) (TERM_OF(memory.log.at[h]) != offerTerm || SAME(memory.log, offer, h)) /* A2 */
#else
#define KEEPS(h) true
#endif
#define PARTS(h) (memory.log.at[h] != offer.at[h] && TERM_OF(memory.log.at[h]) == TERM_OF(offer.at[h]) && \
  SAME(memory.log, offer, h - 1)) /* R8 */
#define MAY_TAKE (IS_PREFIX(memory.log, offer) || IS_PREFIX(offer, memory.log) || \
  (KEEPS(1) && KEEPS(2) && KEEPS(3) && !PARTS(1) && !PARTS(2) && !PARTS(3)))

#ifndef LEAD_BEFORE_DISK
#define MAY_LEAD (stoodTerm == memory.term) /* E3 */
#else
#define MAY_LEAD true
#endif

/* ------------------------------------------------------------------------------------ steps */

inline enter_term(newTerm) {
  if
  :: newTerm > memory.term -> memory.term = newTerm; memory.votedFor = NOBODY
  :: else
  fi;
  role = FOLLOWER
}

/* The writer: first the disk, then the answers that rest on it. */
inline flush() {
  copy_kept(memory, disk);
  forget_past_terms();
  sign_votes();
  find_far_enough();
  if
  :: role == CANDIDATE && position == POSITION(memory.log) ->
       sign_grant(MYSELF);
       stoodTerm = memory.term; copy_log(memory.log, stood)
  :: else
  fi
}

inline propose() {
  memory.log.at[LENGTH(memory.log) + 1] = BLOCK(memory.term, MINE);
  sign_header()
}

/* Some term, this node's or a later one. */
inline choose_term() {
  offerTerm = memory.term;
  do
  :: offerTerm < TERMS -> offerTerm++
  :: offerTerm > 0 -> break
  od
}

/* Any blocks after any block of this node's log. Its own blocks of this term may come back to it. */
inline choose_blocks() {
  copy_log(memory.log, offer);
  last = LENGTH(offer);
  do
  :: last > 0 -> offer.at[last] = 0; last--
  :: break
  od;
  do
  :: last < HEIGHTS ->
       block = (last == 0 -> BLOCK(1, 0) : BLOCK(TERM_OF(offer.at[last]), 0));
       do
       :: block < BLOCK(offerTerm, 1) -> block = (block % 4 == 1 -> block + 3 : block + 1)
       :: break
       od;
       if
       :: true
       :: TERM_OF(block) == proposedTerm && block % 4 == 0 ->
            block = block + MINE;
            SAME(offer, proposed, last) && proposed.at[last + 1] == block
       fi;
       last++;
       offer.at[last] = block
  :: break
  od
}

/* Any end of a log with which one may be elected in that term. */
inline choose_election() {
  shown = 0;
  do
  :: shown < (offerTerm - 1) * 4 + HEIGHTS -> shown++
  :: shown % 4 <= HEIGHTS && (shown < 4) == (shown == 0) -> break
  od
}

inline forget_offer() { clear_log(offer); offerTerm = 0; block = 0; last = 0; shown = 0 }

#define TELL(log) \
  printf(" term %d, log %d %d %d (term * 4 + content)\n", memory.term, log.at[1], log.at[2], log.at[3])

active proctype Honest() {
end:
  do
  :: atomic { /* blocks arrive, of whoever leads a term, or says so */
       choose_term();
       !(role == LEADER && memory.term == offerTerm);
       choose_blocks();
       MAY_TAKE;
#ifndef NOTHING_SHOWN
       if /* only then it is of use */
       :: !IS_PREFIX(offer, memory.log) && !IS_PREFIX(memory.log, offer) -> choose_election()
       :: else
       fi;
#endif
       d_step {
         enter_term(offerTerm);
         if
         :: !IS_PREFIX(offer, memory.log) -> take_off(); copy_log(offer, memory.log)
         :: else
         fi;
         printf("it follows in"); TELL(memory.log);
         forget_offer()
       }
     }
  :: atomic { /* a request for a vote */
       choose_term();
       if
       :: block = 1
       :: block = 2
       fi;
       offerTerm > memory.term || memory.votedFor == NOBODY || memory.votedFor == block;
       d_step {
         if
         :: offerTerm > memory.term -> enter_term(offerTerm)
         :: else
         fi;
         memory.votedFor = block;
#ifndef GRANT_BEFORE_DISK
         flush(); /* R9 */
#endif
         find_far_enough();
         printf("it elects node %d in term %d, whose log ends at %d (term * 4 + height)\n", block, memory.term, position);
         sign_grant(block);
         forget_offer()
       }
     }
  :: atomic { /* an election timeout */
       choose_term();
       offerTerm > memory.term;
       d_step {
         enter_term(offerTerm);
         memory.votedFor = MYSELF;
         role = CANDIDATE;
         printf("it campaigns for"); TELL(memory.log);
         forget_offer()
       }
     }
  :: d_step { role == CANDIDATE && MAY_LEAD -> /* others grant whatever they like */
       role = LEADER;
       if
       :: LENGTH(memory.log) < HEIGHTS -> propose()
       :: else
       fi;
       printf("it leads"); TELL(memory.log) }
  :: d_step { role == LEADER && LENGTH(memory.log) < HEIGHTS -> propose(); printf("it proposes in"); TELL(memory.log) }
  :: d_step { flush(); printf("it writes to disk, votes in"); TELL(disk.log) }
  :: d_step { /* kill -9, power loss */
       copy_kept(disk, memory);
       role = FOLLOWER;
#ifdef GONE_NOT_ON_DISK
       memory.gone = 0;
#endif
       printf("it restarts in"); TELL(memory.log)
     }
  od
}
