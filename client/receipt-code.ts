/**
 * What a customer takes home of a payment as a QR code: the network, and the transaction's number in it. A whole receipt has some two
 * kilobytes, which make a code that no phone reads off a counter's screen; with the number any node of the network gives the receipt,
 * and the genesis with that id checks it (receipt get, receipt verify).
 *
 *     MYKEY:R1:<network's id, 64 hexadecimal digits>:<transaction's id, 32>      capitals, as a QR code has them smallest
 */
import { fromHex, toHex } from "../ledger/bytes.ts";
import { ClientError } from "./client-fault.ts";

/** A transaction in its network. */
export interface ReceiptCode {
  readonly networkId: Uint8Array;
  /** Hexadecimal. */
  readonly id: string;
}

/** The text in the QR code. */
export function encodeReceiptCode({ networkId, id }: ReceiptCode): string {
  return `MYKEY:R1:${toHex(networkId)}:${id}`.toUpperCase();
}

/** @throws ClientError `NOT_A_PAYMENT` when it is another text. */
export function decodeReceiptCode(text: string): ReceiptCode {
  const parts = /^MYKEY:R1:([0-9A-F]{64}):([0-9A-F]{32})$/.exec(text.trim().toUpperCase());
  const [, network = "", id = ""] = parts ?? [];
  if (parts === null) throw new ClientError("NOT_A_PAYMENT", { text });
  return { networkId: fromHex(network.toLowerCase()), id: id.toLowerCase() };
}
