/** Process: a software card on a virtual reader that leaves in the middle of a command. See pcsc-stack.ts. */
import { emulateCard } from "../../client/card/vpcd/emulate-card.ts";
import { openCardFile } from "../../client/local-card/card-file.ts";

const [, , file = "", port = "", atCommand = ""] = process.argv;
const card = openCardFile(file);
const { ended } = await emulateCard(
  {
    atr: card.atr,
    powerOn: () => card.powerOn(),
    powerOff: () => card.powerOff(),
    warmReset: () => card.warmReset(),
    process: (apdu) => {
      if (Buffer.from(apdu).toString("hex").startsWith(atCommand)) throw new Error("it leaves");
      return card.process(apdu);
    },
  },
  { host: "127.0.0.1", port: Number(port) },
);
await ended.catch(() => undefined);
