/*
 * What one honest node signs, whatever all others do: never two statements that evidence (ledger/evidence.ts) is made
 * of. Together with evidence.pml: of two contradicting certificates somebody is convicted, and no honest node ever is.
 *
 *   A1  a node whose log fell back, because a leader replaces its end piece by piece, elects nobody, itself included,
 *       whose log is not as far as its own ever was                                          node/storage/block-log.ts regain
 *   A2  what was made in a node's present term stays on its log as long as it is in that term
 *   E1  a grant goes to a log that is not behind the voter's, to one candidate a term         consensus/voter.ts
 *   E3  a candidate leads only once its own term and vote are on disk                         node/driver/log-writer.ts
 *   R1  a vote is for a block made in the voter's present term                                node/chain/certifier.ts
 *   R9  votes and grants rest on what is on disk; a leader's blocks leave before              node/driver/log-writer.ts
 *
 * The others may hold any keys but this node's, and have any election, block and candidacy to show that they like: they
 * are not modelled, they are every step that this node would accept.
 */

/* A block is the term that it was made in and one of three contents: two by others, one by this node. Blocks are the same
   when all before them are the same too: as with hashes. */
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

#define FOLLOWER  0
#define CANDIDATE 1
#define LEADER    2

#define NOBODY 0
#define MYSELF 3 /* the others are 1 and 2 */

typedef Kept { byte term; byte votedFor; Log log; byte reached /* POSITION of the furthest log that ever was on disk */ };
Kept memory, disk;
byte role;

/* What it has signed. Of past terms, which it cannot sign for any more, only the furthest vote still counts. */
Log voted;    byte votedTerm;
byte votedPast;              /* POSITION of the furthest vote of a past term */
byte grantedTo; byte grantedTerm;
Log stood;    byte stoodTerm; /* the log with which it granted itself a term */
Log proposed; byte proposedTerm;

Log offer;                   /* scratch: the log that a message makes of this node's */
byte offerTerm, block, last;
hidden byte height, position, no_double_vote, no_double_grant, no_stale_grant, no_double_proposal, no_false_candidacy;

inline copy_log(from, to) { to.at[1] = from.at[1]; to.at[2] = from.at[2]; to.at[3] = from.at[3] }
inline copy_kept(from, to) { to.term = from.term; to.votedFor = from.votedFor; copy_log(from.log, to.log); to.reached = from.reached }
inline clear_log(log) { log.at[1] = 0; log.at[2] = 0; log.at[3] = 0 }

/* As far as a log must be to be elected: further would do no wrong, less far this node refuses. */
#ifndef FORGETS_REACH
#define FAR_ENOUGH_IS   (memory.reached > POSITION(memory.log) -> memory.reached : POSITION(memory.log)) /* A1, E1 */
#define FAR_ENOUGH(log) (POSITION(log) >= memory.reached)
#else
#define FAR_ENOUGH_IS   POSITION(memory.log)
#define FAR_ENOUGH(log) true
#endif

/* ------------------------------------------------------------------------------------ signatures */

/* Once a term is on disk, nothing is signed for an earlier one. */
inline forget_past_terms() {
  if
  :: votedTerm < disk.term ->
       votedPast = (POSITION(voted) > votedPast -> POSITION(voted) : votedPast);
       votedTerm = 0; clear_log(voted)
  :: else
  fi;
  if
  :: grantedTerm < disk.term -> grantedTerm = 0; grantedTo = NOBODY
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

inline sign_votes() {
  if
  :: disk.term > 0 && LAST_TERM(disk.log) == disk.term ->
       no_double_vote = true;
       for (height : 1 .. HEIGHTS) {
         no_double_vote = no_double_vote && (TERM_OF(voted.at[height]) != disk.term ||
           TERM_OF(disk.log.at[height]) != disk.term || SAME(voted, disk.log, height))
       }
       assert(no_double_vote);
       votedTerm = disk.term; copy_log(disk.log, voted)
  :: else
  fi
}

inline sign_grant(candidate) {
  no_double_grant = (grantedTerm != memory.term || grantedTo == candidate);
  assert(no_double_grant);
  no_stale_grant = (votedPast <= position && (votedTerm == memory.term || POSITION(voted) <= position));
  assert(no_stale_grant);
  grantedTerm = memory.term; grantedTo = candidate
}

inline sign_header() {
  no_double_proposal = (proposedTerm != memory.term || IS_PREFIX(proposed, memory.log));
  assert(no_double_proposal);
  no_false_candidacy = (stoodTerm != memory.term || (LENGTH(memory.log) > LENGTH(stood) && IS_PREFIX(stood, memory.log)));
  assert(no_false_candidacy);
  proposedTerm = memory.term; copy_log(memory.log, proposed)
}

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
  memory.reached = (POSITION(memory.log) > memory.reached -> POSITION(memory.log) : memory.reached);
  copy_kept(memory, disk);
  forget_past_terms();
  sign_votes();
  if
  :: role == CANDIDATE && FAR_ENOUGH(memory.log) ->
       position = POSITION(memory.log);
       sign_grant(MYSELF);
       stoodTerm = memory.term; copy_log(memory.log, stood)
  :: else
  fi
}

inline lead() {
  role = LEADER;
  if
  :: LENGTH(memory.log) < HEIGHTS -> propose()
  :: else
  fi
}

inline propose() {
  memory.log.at[LENGTH(memory.log) + 1] = BLOCK(memory.term, MINE);
  sign_header()
}

#ifndef LEAD_BEFORE_DISK
#define MAY_LEAD (stoodTerm == memory.term) /* E3 */
#else
#define MAY_LEAD true
#endif

#ifndef GRANT_BEFORE_DISK
inline settle_grant() { flush() } /* R9 */
#else
inline settle_grant() { skip }
#endif

#ifndef TWO_LEADERS_A_TERM
#define KEEPS(h) (TERM_OF(memory.log.at[h]) != offerTerm || SAME(memory.log, offer, h)) /* A2 */
#else
#define KEEPS(h) true
#endif

/* Blocks after some block of this node's log, from whoever leads a term or pretends to. */
inline receive() {
  offerTerm = memory.term;
  do
  :: offerTerm < TERMS -> offerTerm++
  :: offerTerm > 0 -> break
  od;
  !(role == LEADER && memory.term == offerTerm);
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
       :: TERM_OF(block) == proposedTerm && block % 4 == 0 -> block = block + MINE;
            SAME(offer, proposed, last) && proposed.at[last + 1] == block
       fi;
       last++;
       offer.at[last] = block
  :: break
  od
}

inline take() {
  enter_term(offerTerm);
  if
  :: !IS_PREFIX(offer, memory.log) -> copy_log(offer, memory.log)
  :: else
  fi
}
inline forget_offer() { clear_log(offer); offerTerm = 0; block = 0; last = 0 }

active proctype Honest() {
end:
  do
  :: atomic {
       receive();
       IS_PREFIX(memory.log, offer) || IS_PREFIX(offer, memory.log) || (KEEPS(1) && KEEPS(2) && KEEPS(3));
       d_step { take(); forget_offer() }
     }
  :: atomic { /* a request for a vote */
       offerTerm = memory.term;
       do
       :: offerTerm < TERMS -> offerTerm++
       :: offerTerm > 0 -> break
       od;
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
         settle_grant();
         position = FAR_ENOUGH_IS;
         sign_grant(block);
         forget_offer()
       }
     }
  :: atomic { /* an election timeout */
       offerTerm = memory.term + 1;
       do
       :: offerTerm < TERMS -> offerTerm++
       :: offerTerm <= TERMS -> break
       od;
       d_step {
         enter_term(offerTerm);
         memory.votedFor = MYSELF;
         role = CANDIDATE;
         forget_offer()
       }
     }
  :: d_step { role == CANDIDATE && MAY_LEAD -> lead() } /* others grant it whatever they like */
  :: d_step { role == LEADER && LENGTH(memory.log) < HEIGHTS -> propose() }
  :: d_step { true -> flush() }
  :: d_step { true -> copy_kept(disk, memory); role = FOLLOWER } /* kill -9, power loss */
  od
}
