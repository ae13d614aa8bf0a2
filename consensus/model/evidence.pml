/*
 * Whom two contradicting certificates convict, whoever lied and however many did.
 *
 * No behaviour is modelled here: any members may have signed anything. Two chains are made up that part at some height,
 * each as an auditor accepts it, and each with a certificate for its last block. The verdict must name somebody.
 * That it never names an honest node is the business of honest.pml.
 *
 *   C3  terms never fall along a chain                                                        ledger/chain.ts
 *   C5  a term has one proposer                                                               ledger/chain.ts
 *   C7  a term begins with its leader's certificate: grants of a quorum, for a log that ends where the block before
 *       it stands                                                                             ledger/chain.ts
 *   R2  votes of a quorum for the last block, in its own term                                 ledger/certificate.ts
 *   the verdict                                                                               ledger/blame.ts
 *
 * Bounds: -DTERMS= -DHEIGHTS= ; nodes: three, or five with -DFIVE.
 */
#ifdef FIVE
#define NODES 5
#else
#define NODES 3
#endif
#define EVERYBODY ((1 << NODES) - 1)
#define COUNT(mask) (((mask) & 1) + (((mask) >> 1) & 1) + (((mask) >> 2) & 1) + (((mask) >> 3) & 1) + (((mask) >> 4) & 1))
/* More signatures than a quorum needs could only convict more. */
#define IS_SMALLEST_QUORUM(mask) (COUNT(mask) == NODES / 2 + 1)

typedef Chain {
  byte length;
  byte term[HEIGHTS + 1];     /* of the block at a height; 0 at the genesis */
  byte proposer[TERMS + 1];   /* of a term */
  byte grants[TERMS + 1];     /* of its leader certificate: a bit a voter */
  byte before[TERMS + 1];     /* the height of the log that they were given for, and its term: */
  byte beforeTerm[TERMS + 1];
  byte votes                  /* of the certificate for the last block */
};
Chain one, other;
byte shared;                  /* up to this height they are the same, above they differ */
byte named;
byte term, mask;
hidden byte height, inOne, inOther, somebodyIsNamed;

/* Any mask from `from` on that is a quorum. */
inline choose_quorum(into) {
  mask = 1;
  do
  :: mask < EVERYBODY -> mask++
  :: IS_SMALLEST_QUORUM(mask) -> break
  od;
  into = mask
}

/* Any next block. */
inline extend(chain) {
  term = chain.term[chain.length]; /* C3 */
  do
  :: term < TERMS -> term++
  :: term > 0 -> break
  od;
  if
  :: term == chain.term[chain.length] /* C5: by the same proposer */
  :: else ->
       select_proposer(chain.proposer[term]);
       choose_quorum(chain.grants[term]);
       choose_position(chain)
  fi;
  chain.length++;
  chain.term[chain.length] = term
}

inline select_proposer(into) {
  into = 0;
  do
  :: into < NODES - 1 -> into++
  :: break
  od
}

#ifndef ANY_POSITION
inline choose_position(chain) { /* C7 */
  chain.before[term] = chain.length;
  chain.beforeTerm[term] = chain.term[chain.length]
}
#else
inline choose_position(chain) {
  chain.before[term] = HEIGHTS;
  chain.beforeTerm[term] = term - 1
}
#endif

inline clear(chain) {
  chain.length = 0; chain.votes = 0;
  for (height : 0 .. HEIGHTS) { chain.term[height] = 0 }
  for (term : 0 .. TERMS) {
    chain.proposer[term] = 0; chain.grants[term] = 0; chain.before[term] = 0; chain.beforeTerm[term] = 0
  }
}
inline forget() { clear(one); clear(other); shared = 0; named = 0; term = 0; mask = 0 }

inline copy(from, to) {
  to.length = from.length;
  for (height : 0 .. HEIGHTS) { to.term[height] = from.term[height] }
  for (term : 0 .. TERMS) {
    to.proposer[term] = from.proposer[term];
    to.grants[term] = from.grants[term];
    to.before[term] = from.before[term];
    to.beforeTerm[term] = from.beforeTerm[term]
  }
}

/* ------------------------------------------------------------------------------------ the verdict, as ledger/blame.ts */

#define LAST(chain)       chain.term[chain.length]
#define IS_BEHIND(t1, h1, t2, h2) (t1 < t2 || (t1 == t2 && h1 < h2))

#ifndef NO_DOUBLE_GRANT
#define DOUBLE_GRANT(t) (one.grants[t] & other.grants[t])
#else
#define DOUBLE_GRANT(t) 0
#endif

/* One proposer, two chains in its term: neither last block of it is an ancestor of the other, for both are above what is
   shared. */
#ifndef PROPOSALS_OF_ONE_HEIGHT
#define DOUBLE_PROPOSAL(t) (1 << one.proposer[t])
#else
#define DOUBLE_PROPOSAL(t) (MEET(1, t) || MEET(2, t) || MEET(HEIGHTS, t) -> 1 << one.proposer[t] : 0)
#define MEET(h, t) (h > shared && one.term[h] == t && other.term[h] == t)
#endif

#ifndef NO_STALE_GRANT
#define STALE_GRANT(earlier, later, t) (earlier.votes & later.grants[t])
#else
#define STALE_GRANT(earlier, later, t) 0
#endif

/* Case 2: what the two chains' blocks of one term show. `inBoth`: both have some. */
inline fork_of(contested) {
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
  /* Case 1: one place. */
  if
  :: LAST(earlier) == LAST(later) && earlier.length == later.length -> named = earlier.votes & later.votes
  :: else
  fi;
  /* Case 3: the first leader after the earlier certificate who lacks its block; else the fork is in that one's term. */
  term = 0;
  for (height : 1 .. later.length) {
    if
    :: term == 0 && later.term[height] > LAST(earlier) -> term = later.term[height]
    :: else
    fi
  }
  if
  :: term > 0 && IS_BEHIND(later.beforeTerm[term], later.before[term], LAST(earlier), earlier.length) ->
       named = named | STALE_GRANT(earlier, later, term)
  :: else -> fork_of(LAST(earlier))
  fi
}

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
    one.votes = (1 << (NODES / 2 + 1)) - 1; /* whoever they are: nodes are alike but for their names */
    choose_quorum(other.votes);
    /* So are the two chains. */
    !IS_BEHIND(LAST(other), other.length, LAST(one), one.length);
    d_step {
      judge(one, other);
      somebodyIsNamed = (named != 0);
      assert(somebodyIsNamed);
      forget() /* or each pair of chains would be kept as a state of its own */
    }
  }
}
