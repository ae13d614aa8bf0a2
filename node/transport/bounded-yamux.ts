/**
 * yamux with the bounds it lacks. Left to itself it gathers a data frame of any announced length
 * (up to 4 GiB) before it looks at the window, and answers pings and data of a peer that never
 * reads without end. Both can only be done by a member, and both would take this node's memory.
 * It also answers every message by granting the few bytes that were read of a window of megabytes.
 */
import { yamux } from "@chainsafe/libp2p-yamux";
import { StreamState, type YamuxStream } from "@chainsafe/libp2p-yamux/stream";
import type { MessageStream, StreamMuxerFactory } from "@libp2p/interface";
import {
  CONNECTION_WRITE_BYTES_MAX,
  STREAM_WINDOW_BYTES,
  STREAMS_PER_CONNECTION_MAX,
} from "./limits.ts";
import { YamuxFrameError, YamuxFrameGuard } from "./yamux-frame-guard.ts";

/**
 * The stream multiplexer of the transport, for libp2p's `streamMuxers`. A connection that goes
 * beyond a bound is aborted: with a `YamuxFrameError`, or libp2p's `StreamBufferError`.
 */
export function boundedYamux(): () => StreamMuxerFactory {
  const create = yamux({
    // Connections are watched by libp2p's connection monitor, which also ends dead ones.
    enableKeepAlive: false,
    maxInboundStreams: STREAMS_PER_CONNECTION_MAX,
    maxOutboundStreams: STREAMS_PER_CONNECTION_MAX,
    streamOptions: {
      initialStreamWindowSize: STREAM_WINDOW_BYTES,
      maxStreamWindowSize: STREAM_WINDOW_BYTES,
      // A paused stream keeps what is under way: never more than the window.
      maxReadBufferLength: STREAM_WINDOW_BYTES,
    },
  });
  return () => {
    const factory = create();
    const createUnbounded = factory.createStreamMuxer.bind(factory);
    factory.createStreamMuxer = (connection) => {
      connection.maxWriteBufferLength = CONNECTION_WRITE_BYTES_MAX;
      guardFrames(connection);
      const muxer = createUnbounded(connection);
      const takeStream = muxer.onRemoteStream.bind(muxer);
      muxer.onRemoteStream = (stream) => {
        grantByHalves(stream);
        takeStream(stream);
      };
      return muxer;
    };
    return factory;
  };
}

/** Watches what arrives; runs before yamux does, because it listens first. */
function guardFrames(connection: MessageStream): void {
  const guard = new YamuxFrameGuard(STREAM_WINDOW_BYTES);
  connection.addEventListener("message", ({ data }) => {
    try {
      guard.check(data instanceof Uint8Array ? [data] : data);
    } catch (error) {
      if (!(error instanceof YamuxFrameError)) throw error;
      connection.abort(error);
    }
  });
}

/** The sender gets room back when half of the window is read: a grant costs both nodes as much as a message. */
function grantByHalves(stream: YamuxStream): void {
  const takeData = stream.handleData.bind(stream);
  const grant = stream.sendWindowUpdate.bind(stream);
  let readBytes = 0;
  stream.handleData = (frame) => {
    readBytes += frame.header.length;
    takeData(frame);
  };
  stream.sendWindowUpdate = () => {
    if (readBytes < STREAM_WINDOW_BYTES / 2 || stream.state === StreamState.Paused) return;
    readBytes = 0;
    grant();
  };
}
