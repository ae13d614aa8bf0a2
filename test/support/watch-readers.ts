/** Process: tells which readers have a card and which are in use, a line at each change; connects to none. See pcsc-stack.ts. */
import { CardReaders } from "../../client/card/pcsc/card-readers.ts";

const readers = await CardReaders.open();
let told = "";
setInterval(() => {
  const now = JSON.stringify(readers.list());
  if (now !== told) process.stdout.write(`${now}\n`);
  told = now;
}, 20);
