/**
 * Every bound of the transport, in one place. Memory for one member is at most: the queue, one
 * batch and one window on the way out; one window and one frame on the way in.
 */

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** Largest message, bytes. Holds any block; a longer frame is refused before it is allocated. */
export const FRAME_SIZE_BYTES_MAX: number = 16 * MEBIBYTE;

/** Most bytes that wait for one member, headers included. The oldest are dropped beyond. */
export const QUEUE_BYTES_MAX: number = 32 * MEBIBYTE;

/** Most messages that wait for one member. The oldest are dropped beyond. */
export const QUEUE_MESSAGES_MAX = 4096;

/** Small messages are gathered up to this size into one write; a larger one goes alone. */
export const BATCH_BYTES_MAX: number = MEBIBYTE;

/**
 * Bytes a member may send before the reader has taken them. The specification of yamux says
 * 256 KiB; both ends of our protocol start with this value instead, so **changing it is a change of
 * the protocol version**. Messages larger than the window slow down: 8 MiB, one at a time, on
 * loopback, took 26 ms each with 16 MiB, 35 ms with 4 MiB and 60 ms with 1 MiB.
 */
export const STREAM_WINDOW_BYTES: number = 16 * MEBIBYTE;

/**
 * Most bytes that wait for a socket that is full: a window, which a new stream may add before it
 * learns of it, and answers to pings and the like. A peer that does not read is cut off beyond.
 */
export const CONNECTION_WRITE_BYTES_MAX: number = STREAM_WINDOW_BYTES + MEBIBYTE;

/** yamux streams a member may have open at once: one for messages, the rest for keep-alive. */
export const STREAMS_PER_CONNECTION_MAX = 8;

/** Message streams on one connection: the living one, and a successor before the old one is gone. */
export const MESSAGE_STREAMS_PER_CONNECTION_MAX = 2;

/** Connections of members at once; each has at most two of them (one dialled by either side). */
export const CONNECTIONS_MAX = 512;

/** Handshakes of yet unknown peers at once: bounds what strangers can hold open. */
export const HANDSHAKES_PENDING_MAX = 32;

/** New connections per second from one host: a handshake costs about a millisecond of CPU. */
export const CONNECTIONS_PER_HOST_PER_SECOND_MAX = 20;

/** How long one member's messages may keep the event loop at a time, ms: then clocks, disks and the others have a turn. */
export const READING_MS_MAX = 10;
