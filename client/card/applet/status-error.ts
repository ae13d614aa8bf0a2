/** Ends a command with a status word and no data. Never leaves the applet. */
export class StatusError extends Error {
  readonly statusWord: number;

  constructor(statusWord: number) {
    super(`status word ${statusWord.toString(16)}`);
    this.name = "StatusError";
    this.statusWord = statusWord;
  }
}
