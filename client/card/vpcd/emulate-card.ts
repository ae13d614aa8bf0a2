import { connect, type Socket } from "node:net";
import { ClientError } from "../../client-fault.ts";
import { messageOf } from "../../files.ts";
import type { SoftwareCard } from "../software-card.ts";
import { encodeVpcdMessage, VPCD_CONTROL, VpcdDecoder } from "./vpcd-message.ts";

/** Where pcscd's virtual reader listens. */
export interface VpcdAddress {
  readonly host: string;
  readonly port: number;
}

/** What a virtual reader does with a card: all of it is in `SoftwareCard`. */
export type VirtualCard = Pick<
  SoftwareCard,
  "atr" | "powerOn" | "powerOff" | "warmReset" | "process"
>;

/** A card that lies on a virtual reader. */
export interface EmulatedCard {
  /** Resolves when it was taken off, by us or by the end of pcscd; rejects when the card itself failed. */
  readonly ended: Promise<void>;
  /** Takes it off. */
  remove(): void;
}

/**
 * Puts the card on the virtual reader at that address: any PC/SC program can use it until it is removed.
 * @throws ClientError `VPCD_UNREACHABLE`.
 */
export async function emulateCard(card: VirtualCard, address: VpcdAddress): Promise<EmulatedCard> {
  const socket = await dial(address);
  const decoder = new VpcdDecoder();
  let failure: unknown;
  socket.on("data", (bytes) => {
    try {
      for (const message of decoder.push(bytes)) {
        const answer = answerOf(card, message);
        if (answer) socket.write(encodeVpcdMessage(answer));
      }
    } catch (error) {
      failure = error;
      socket.destroy();
    }
  });
  const ended = new Promise<void>((resolve, reject) => {
    socket.once("close", () => {
      card.powerOff();
      if (failure === undefined) resolve();
      else reject(failure);
    });
  });
  // A reset connection is the reader's end as much as a closed one; "close" follows.
  socket.on("error", () => undefined);
  return { ended, remove: () => socket.destroy() };
}

/** What the card says to a message, or undefined where the protocol wants silence. */
function answerOf(card: VirtualCard, message: Uint8Array): Uint8Array | undefined {
  if (message.length > 1) return card.process(message);
  switch (message[0]) {
    case VPCD_CONTROL.POWER_OFF:
      card.powerOff();
      return undefined;
    case VPCD_CONTROL.POWER_ON:
      card.powerOn();
      return undefined;
    case VPCD_CONTROL.RESET:
      card.powerOn();
      card.warmReset();
      return undefined;
    case VPCD_CONTROL.GET_ATR:
      return card.atr;
    default:
      return undefined;
  }
}

function dial({ host, port }: VpcdAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => {
      socket.off("error", refused);
      resolve(socket);
    });
    const refused = (error: Error) => {
      const problem = messageOf(error);
      reject(new ClientError("VPCD_UNREACHABLE", { host, port, problem, cause: error }));
    };
    socket.once("error", refused);
  });
}
