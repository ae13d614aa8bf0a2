/**
 * A candidate asks for votes once it cannot forget its term any more. The core lets requests go at once, for its own vote
 * counts only when it is durable; but the votes of others may be a majority without it. A node that leads so, sends a
 * block and loses power comes back without the term, may be elected in it again by the same votes, and make another
 * block in the place of the one that it had sent.
 */
import type { Message } from "../../consensus/messages.ts";
import { LOCAL_APPEND_THREAD } from "../../consensus/types.ts";

/** The messages with all requests for votes behind the write that makes the candidate's own term durable. */
export function requestsBehindWrite(messages: readonly Message[]): Message[] {
  const requests = messages.filter(({ type }) => type === "MsgVote");
  return messages
    .filter(({ type }) => type !== "MsgVote")
    .map((message) =>
      message.to === LOCAL_APPEND_THREAD
        ? { ...message, responses: [...message.responses, ...requests] }
        : message,
    );
}
