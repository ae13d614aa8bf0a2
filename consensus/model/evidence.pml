/*
 * Whom two contradicting certificates convict, whoever lied and however many did.
 *
 * Nothing happens here: any members may have signed anything. Two chains are made up that part at some height, each such
 * that an auditor accepts it, each with a certificate for its last block. The verdict must name somebody. That it never
 * names an honest node is the matter of honest.pml.
 *
 *   C3  terms never fall along a chain                                                        ledger/chain.ts
 *   C5  a term has one proposer on a chain                                                    ledger/chain.ts
 *   C7  a term begins with a leader certificate: grants of a quorum, for a log that ends where the block before it
 *       stands                                                                                ledger/chain.ts
 *   R1, R2  a certificate is votes of a quorum for a block, in the block's own term           ledger/certificate.ts
 *
 * With JUSTIFICATIONS a stale grant may show an election that justifies it, and so may the grants of that election. It must be
 *
 *   J1  of a later term than the vote                                                 ledger/justification.ts
 *   J2  of an earlier term than the grant: so the walk from one to the next ends       ledger/justification.ts
 *   J3  for a log that is behind the block                                            ledger/justification.ts
 *
 * The verdict is that of ledger/blame.ts, case by case.
 */
#ifndef NODES
#define NODES 3
#endif
#define EVERYBODY ((1 << NODES) - 1)
#define MAJORITY  (NODES / 2 + 1)
#define COUNT(mask) \
  (((mask) & 1) + (((mask) >> 1) & 1) + (((mask) >> 2) & 1) + (((mask) >> 3) & 1) + (((mask) >> 4) & 1))

typedef Chain {
  byte length;
  byte term[HEIGHTS + 1];       /* of the block at a height; 0 at the genesis */
  byte proposer[TERMS + 1];     /* of a term */
  byte grants[TERMS + 1];       /* of its leader certificate: a bit a voter */
  byte startHeight[TERMS + 1];  /* where the log that they were given for ends: height, */
  byte startTerm[TERMS + 1];    /* and term */
  byte votes                    /* of the certificate for the last block */
};
Chain one, other;
byte shared;                    /* up to this height they have the same blocks, above they have none in common */
byte named;                     /* by the verdict: a bit a node */
byte walkTerm, walkGrants;      /* of the last election that is shown to justify a grant */
bool walkHolds;                 /* the log that was elected there holds the earlier certificate's block */

byte term, mask;
hidden byte height, inOne, inOther, somebody_is_named; /* scratch, no part of the state: spin has no functions */

/* ------------------------------------------------------------------------------------ two chains */

/* Any smallest quorum: further signatures could only convict further signers. */
inline choose_quorum(into) {
  mask = 1;
  do
  :: mask < EVERYBODY -> mask++
  :: COUNT(mask) == MAJORITY -> break
  od;
  into = mask
}

inline choose_node(into) {
  into = 0;
  do
  :: into < NODES - 1 -> into++
  :: break
  od
}

/* Any next block. */
inline extend(chain) {
  term = chain.term[chain.length]; /* C3 */
  do
  :: term < TERMS -> term++
  :: term > 0 -> break
  od;
  if
  :: term == chain.term[chain.length] /* C5: of the same proposer */
  :: else ->
       choose_node(chain.proposer[term]);
       choose_quorum(chain.grants[term]);
       start_term(chain)
  fi;
  chain.length++;
  chain.term[chain.length] = term
}

inline start_term(chain) {
#ifndef LEADER_OF_ANY_LOG
  chain.startHeight[term] = chain.length; /* C7 */
  chain.startTerm[term] = chain.term[chain.length]
#else
  chain.startHeight[term] = HEIGHTS;
  chain.startTerm[term] = term - 1
#endif
}

inline copy(from, to) {
  to.length = from.length;
  to.votes = from.votes;
  for (height : 0 .. HEIGHTS) { to.term[height] = from.term[height] }
  for (height : 0 .. TERMS) {
    to.proposer[height] = from.proposer[height];
    to.grants[height] = from.grants[height];
    to.startHeight[height] = from.startHeight[height];
    to.startTerm[height] = from.startTerm[height]
  }
}

/* ------------------------------------------------------------------------------------ the verdict */

#define LAST(chain)               chain.term[chain.length]
#define IS_BEHIND(t1, h1, t2, h2) (t1 < t2 || (t1 == t2 && h1 < h2))

/* A voter elected two in one term. */
#ifndef NO_DOUBLE_GRANT
#define DOUBLE_GRANT(t) (one.grants[t] & other.grants[t])
#else
#define DOUBLE_GRANT(t) 0
#endif

/* A leader made two chains in its term: its last block on neither is an ancestor of that on the other. */
#ifndef PROPOSALS_OF_ONE_HEIGHT
#define DOUBLE_PROPOSAL(t) (1 << one.proposer[t])
#else
#define DOUBLE_PROPOSAL(t) (IN_BOTH(1, t) || IN_BOTH(2, t) || IN_BOTH(HEIGHTS, t) -> 1 << one.proposer[t] : 0)
#define IN_BOTH(h, t)      (h > shared && one.term[h] == t && other.term[h] == t)
#endif

/* A voter elected a log that is behind a block that it had voted for. Whoever votes in a term has elected in no later one
   before: an election of the vote's term or before it, or of a log that holds the block, was nobody's fault. */
#ifdef NO_STALE_GRANT
#define STALE_GRANT(earlier, later, t) 0
#elif !defined(JUSTIFICATIONS)
#define STALE_GRANT(earlier, later, t) (earlier.votes & later.grants[t])
#else
#define STALE_GRANT(earlier, later, t) (IS_WALKED(LAST(earlier), t) \
  -> (walkTerm > LAST(earlier) && !walkHolds -> earlier.votes & walkGrants : 0) \
  : earlier.votes & later.grants[t])
#endif
#ifndef JUSTIFIED_BY_ANY_TERM
#define IS_WALKED(voted, t) (walkTerm > voted && walkTerm < t) /* J1, J2 */
#else
#define IS_WALKED(voted, t) (walkTerm > 0 && walkTerm < t)
#endif

/* Where the walk ends that begins with the grants of the later chain: at any election that all shared voters of the one
   before it show, and of which not all can show another. Term 0: they show none at all. */
inline choose_walk() {
  do
  :: walkTerm < TERMS -> walkTerm++
  :: break
  od;
  if
  :: walkTerm > 0 -> choose_quorum(walkGrants)
  :: else
  fi;
#ifdef JUSTIFIED_BY_ANY_LOG
  if
  :: walkHolds = true /* J3 */
  :: true
  fi
#endif
}

/* What the blocks of one term show that the chains do not share, if both have some. */
inline judge_fork(contested) {
  inOne = false; inOther = false;
  for (height : shared + 1 .. HEIGHTS) {
    inOne = inOne || (height <= one.length && one.term[height] == contested);
    inOther = inOther || (height <= other.length && other.term[height] == contested)
  }
  if
  :: inOne && inOther && one.proposer[contested] != other.proposer[contested] ->
       named = named | DOUBLE_GRANT(contested)
  :: inOne && inOther && one.proposer[contested] == other.proposer[contested] ->
       named = named | DOUBLE_PROPOSAL(contested)
  :: else
  fi
}

inline judge(earlier, later) {
  if /* two votes for one place */
  :: LAST(earlier) == LAST(later) && earlier.length == later.length -> named = earlier.votes & later.votes
  :: else
  fi;
  term = 0; /* the first after the earlier certificate: its leader lacks the certified block */
  for (height : 1 .. later.length) {
    if
    :: term == 0 && later.term[height] > LAST(earlier) -> term = later.term[height]
    :: else
    fi
  }
  if
  :: term > 0 && IS_BEHIND(later.startTerm[term], later.startHeight[term], LAST(earlier), earlier.length) ->
       named = named | STALE_GRANT(earlier, later, term)
  :: else -> judge_fork(LAST(earlier))
  fi
}

/* Or each pair of chains would be kept as a state. */
inline forget() {
  clear(one); clear(other); shared = 0; named = 0; term = 0; mask = 0; walkTerm = 0; walkGrants = 0; walkHolds = false
}
inline clear(chain) {
  chain.length = 0; chain.votes = 0;
  for (height : 0 .. HEIGHTS) { chain.term[height] = 0 }
  for (height : 0 .. TERMS) {
    chain.proposer[height] = 0; chain.grants[height] = 0; chain.startHeight[height] = 0; chain.startTerm[height] = 0
  }
}

#define TELL(chain) \
  for (height : 1 .. chain.length) { \
    term = chain.term[height]; \
    printf("chain: block %d of term %d by node %d, elected by %d from a log of %d\n", height, term, \
      chain.proposer[term], chain.grants[term], chain.startHeight[term]) \
  } \
  printf("chain: certified by %d (bits of nodes); %d blocks shared\n", chain.votes, shared);

active proctype Auditor() {
  atomic {
    do
    :: one.length < HEIGHTS - 1 -> extend(one)
    :: break
    od;
    shared = one.length;
    copy(one, other);
    do
    :: one.length < HEIGHTS -> extend(one)
    :: one.length > shared -> break
    od;
    do
    :: other.length < HEIGHTS -> extend(other)
    :: other.length > shared -> break
    od;
    one.votes = (1 << MAJORITY) - 1; /* of whomever: nodes are alike but for their numbers */
    choose_quorum(other.votes);
    !IS_BEHIND(LAST(other), other.length, LAST(one), one.length); /* so are the two chains */
#ifdef JUSTIFICATIONS
    choose_walk();
#endif
    d_step {
      TELL(one)
      TELL(other)
      printf("chain: the walk through justifications ends in term %d, elected by %d\n", walkTerm, walkGrants);
      judge(one, other);
      somebody_is_named = (named != 0);
      assert(somebody_is_named);
      forget()
    }
  }
}
