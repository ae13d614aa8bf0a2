// Leadership passes on: the leader stops taking proposals, brings the other's log up to its own,
// and tells it to campaign at once (Raft thesis, 3.10). What does not succeed within an election
// timeout is given up.
import type { Core } from "./core.ts";
import { formatId } from "./describe.ts";
import type { Message } from "./messages.ts";
import type { Progress } from "./progress.ts";
import { sendAppend } from "./replication.ts";
import { NO_NODE, type NodeId } from "./types.ts";

/** Begins to pass leadership to the node that the message names as its sender. */
export function handleTransfer(core: Core, message: Message, progress: Progress): void {
  const { leadership } = core;
  const transferee = message.from;
  const me = formatId(core.id);
  const inTerm = `${me} [term ${core.term}]`;
  if (progress.isLearner) {
    core.logger?.("DEBUG", `${me} is learner. Ignored transferring leadership`);
    return;
  }
  const previous = leadership.transferee;
  if (previous === transferee) {
    core.logger?.(
      "INFO",
      `${inTerm} transfer leadership to ${formatId(transferee)} is in progress, ` +
        `ignores request to same node ${formatId(transferee)}`,
    );
    return;
  }
  if (previous !== NO_NODE) {
    leadership.transferee = NO_NODE;
    core.logger?.(
      "INFO",
      `${inTerm} abort previous transferring leadership to ${formatId(previous)}`,
    );
  }
  if (transferee === core.id) {
    core.logger?.("DEBUG", `${me} is already leader. Ignored transferring leadership to self`);
    return;
  }
  core.logger?.("INFO", `${inTerm} starts to transfer leadership to ${formatId(transferee)}`);
  begin(core, transferee, progress);
}

function begin(core: Core, transferee: NodeId, progress: Progress): void {
  core.electionElapsed = 0;
  core.leadership.transferee = transferee;
  if (progress.match !== core.log.lastIndex()) {
    sendAppend(core, transferee);
    return;
  }
  core.send({ type: "MsgTimeoutNow", to: transferee });
  core.logger?.(
    "INFO",
    `${formatId(core.id)} sends MsgTimeoutNow to ${formatId(transferee)} immediately as ` +
      `${formatId(transferee)} already has up-to-date log`,
  );
}

/** Tells the transferee to campaign as soon as its log is as long as the leader's. */
export function continueTransfer(core: Core, from: NodeId, progress: Progress): void {
  const isTransferee = from === core.leadership.transferee;
  if (!isTransferee || progress.match !== core.log.lastIndex()) return;
  core.logger?.(
    "INFO",
    `${formatId(core.id)} sent MsgTimeoutNow to ${formatId(from)} after received MsgAppResp`,
  );
  core.send({ type: "MsgTimeoutNow", to: from });
}
