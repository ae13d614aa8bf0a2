/**
 * noise that writes once for each of our writes. Left to itself it hands the socket the two bytes of a
 * length, the header, the payload and the tag one by one: for each a system call, a packet, and often a
 * wake-up of the node at the other end.
 */
import { noise } from "@chainsafe/libp2p-noise";
import type { ConnectionEncrypter, MessageStream } from "@libp2p/interface";

/** The encryption of the transport, for libp2p's `connectionEncrypters`. */
export function gatheredNoise(): (
  ...components: Parameters<ReturnType<typeof noise>>
) => ConnectionEncrypter {
  const create = noise();
  return (components) => {
    const encrypter = create(components);
    for (const direction of ["secureInbound", "secureOutbound"] as const) {
      const secure = encrypter[direction].bind(encrypter);
      encrypter[direction] = (connection, options) => {
        gatherParts(connection);
        return secure(connection, options);
      };
    }
    return encrypter;
  };
}

/** What is sent in several parts goes to the socket as one; the copy costs less than a second write. */
function gatherParts(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  connection.send = (data) => send(data.subarray());
}
