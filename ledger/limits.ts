/**
 * Every maximum that all parties must agree on: meaning, unit, reason. Exceeding one is a fault
 * (`TOO_LARGE` for bytes and counts, `INVALID_FIELD` for values), never a crash.
 */

/** Arrays inside arrays in one encoded value: the formats here need 5. */
export const ENCODING_DEPTH_MAX = 16;
/** Items in one encoded value: as many as the largest transaction has bytes; bounds memory. */
export const ENCODING_ITEMS_MAX: number = 256 * 1024;
/** One transaction, bytes. A card-signed payment has about 1,150; a batch of grants is the largest. */
export const TRANSACTION_SIZE_BYTES_MAX: number = 256 * 1024;
/** One block, bytes: fits a transport frame with room for votes. */
export const BLOCK_SIZE_BYTES_MAX: number = 8 * 1024 * 1024;
/** Transactions in a block: bounds the time that a follower needs before it can vote. */
export const BLOCK_TRANSACTIONS_MAX = 4096;
/** Members of a network, voters and learners: bounds certificates and joint changes. */
export const MEMBERS_MAX = 64;
/** One certificate of a card or its issuer, bytes: those of JPKI are below 2 KiB. */
export const CERTIFICATE_SIZE_BYTES_MAX = 4096;
/** Trust anchors of a network: the generations of one authority. */
export const CERTIFICATE_ANCHORS_MAX = 16;
/** Organisations that govern a network: as many as can run nodes. */
export const GOVERNORS_MAX = 64;
/** Signatures on one transaction: all who govern, and the key of a new node. */
export const AUTHORISATIONS_MAX: number = GOVERNORS_MAX + 1;
/** Organisations in a genesis: all 1,741 municipalities and their partners. */
export const ORGANISATIONS_MAX = 10_000;
/** Keys of organisations in a genesis. */
export const ORGANISATION_KEYS_MAX = 10_000;
/** Keys with which an organisation joins later: a few people in each role. */
export const FIRST_KEYS_MAX = 32;
/** A genesis file, UTF-16 units: all of the above with room to spare. */
export const GENESIS_LENGTH_MAX: number = 16 * 1024 * 1024;
/** An amount of points, pt (1 pt = ¥1): nine digits fit every receipt and the bank's file. */
export const AMOUNT_PT_MAX = 999_999_999;
/** Sum of all points of one type, pt: sums of amounts stay far below 2^53. */
export const ISSUED_PT_MAX = 999_999_999_999_999;
/** Open lots of one wallet: bounds the cost of a payment. */
export const WALLET_LOTS_MAX = 256;
/** Grants in one batch: they fit into one transaction. */
export const GRANT_ITEMS_MAX = 5000;
/** Wallets that one sweep or extension lists: bounds the time that a block takes. */
export const WALLETS_LISTED_MAX = 1000;
/** `notAfterMs - createdAtMs` of a transaction that a card signs, ms. */
export const CARD_VALIDITY_MS_MAX = 120_000;
/** The same for transactions that organisations sign, ms: a second person may need the day. */
export const ORGANISATION_VALIDITY_MS_MAX = 86_400_000;
/** The same for what the governing organisations sign together, ms: each asks its own people first. */
export const GOVERNANCE_VALIDITY_MS_MAX = 604_800_000;
/** How far `createdAtMs` may be ahead of the block's timestamp, ms: a terminal's clock is not exact. */
export const CREATED_AHEAD_MS_MAX = 30_000;
/** How far a block's timestamp may be ahead of a follower's clock, ms. */
export const BLOCK_TIMESTAMP_AHEAD_MS_MAX = 5000;
/** Milliseconds since 1970 up to the end of the year 9999: what a date can be. */
export const TIMESTAMP_MS_MAX = 253_402_300_799_999;
/** Free text set by organisations (names of shops, point types), characters. */
export const NAME_LENGTH_MAX = 100;
/** A receipt, bytes: a transaction, and the proof of every change of membership. */
export const RECEIPT_SIZE_BYTES_MAX: number = 16 * 1024 * 1024;
/**
 * What justifies a grant, bytes: an election of 33 voters, or three generations of elections of three. It holds
 * grants with justifications of their own, so this bounds how deep they can be nested.
 */
export const JUSTIFICATION_SIZE_BYTES_MAX: number = 4 * 1024;
/** The control part of a block, bytes: two certificates and a membership, each of the most members. */
export const CONTROL_SIZE_BYTES_MAX: number =
  64 * 1024 + MEMBERS_MAX * JUSTIFICATION_SIZE_BYTES_MAX;
/** Changes of membership in the life of a network: bounds the proof of the last one. */
export const MEMBERSHIP_CHANGES_MAX = 4096;
