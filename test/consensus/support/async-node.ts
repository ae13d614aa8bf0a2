import assert from "node:assert/strict";
import type { Config } from "../../../consensus/config.ts";
import { type Message, type MessageFields, makeMessage } from "../../../consensus/messages.ts";
import { Solo } from "./solo.ts";

/** A node whose local threads work when the test says so. */
export class AsyncNode {
  readonly solo: Solo;
  /** Writes that are not done. */
  readonly appendWork: Message[] = [];
  /** Entries that are not applied. */
  readonly applyWork: Message[] = [];

  constructor(config: Partial<Config> = {}) {
    this.solo = new Solo({ config: { ...config, asyncStorageWrites: true } });
  }

  /** Hands out the work and answers what may leave at once. */
  ready(): readonly Message[] {
    const { raw } = this.solo;
    const sent: Message[] = [];
    while (raw.hasReady()) {
      for (const message of raw.ready().messages) {
        if (message.type === "MsgStorageAppend") this.appendWork.push(message);
        else if (message.type === "MsgStorageApply") this.applyWork.push(message);
        else sent.push(message);
      }
    }
    return sent;
  }

  /** Steps a message and answers what may leave at once. */
  receive(fields: MessageFields): readonly Message[] {
    this.solo.raw.step(makeMessage({ to: 1, ...fields }));
    return this.ready();
  }

  /**
   * Finishes the oldest write; answers what may leave now. What is for the node itself is stepped.
   */
  finishAppend(): readonly Message[] {
    const work = this.appendWork.shift();
    assert.ok(work, "nothing is being written");
    const { term, vote, commit } = work;
    if (term !== 0) this.solo.storage.setHardState({ term, vote, commit });
    this.solo.storage.append(work.entries);
    return this.#answer(work);
  }

  /** Finishes the oldest application; answers what may leave now. */
  finishApply(): readonly Message[] {
    const work = this.applyWork.shift();
    assert.ok(work, "nothing is being applied");
    return this.#answer(work);
  }

  #answer({ responses }: Message): readonly Message[] {
    for (const response of responses) {
      if (response.to === 1) this.solo.raw.step(response);
    }
    return [...responses.filter(({ to }) => to !== 1), ...this.ready()];
  }
}
