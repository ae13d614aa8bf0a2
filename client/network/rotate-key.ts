/**
 * The next key of a node that has its disk, in three steps: the node is started again with both keys, governance
 * decides, and the node changes over by itself when the block is there that says so.
 */
import { rmSync } from "node:fs";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { newSeed, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { keyFileText, readKeyFile, writeNewFile } from "../files.ts";
import type { NetworkMembership } from "../sdk/answers.ts";
import { type PartlySigned, readPartlySigned } from "../sdk/countersign.ts";
import { officer, signDraft } from "../sdk/transaction-builder.ts";
import { NodeFileEditor } from "./node-file.ts";

/** What was made. */
export interface KeyRotation {
  readonly keyFile: string;
  readonly transactionFile: string;
  /** Signed with the next key. */
  readonly transaction: PartlySigned;
}

/** Which network the node is in, and what it is there. */
export interface RotationContext {
  readonly genesis: Genesis;
  readonly membership: NetworkMembership;
  /** Where the others dial the node from now on; null: where they do today. */
  readonly address: string | null;
}

/**
 * Makes a node's next key beside its node.json, names it there, and drafts NODE_KEY_ROTATE. Asked again before
 * the key is in force, it drafts the same change again.
 * @throws LedgerFault `UNKNOWN_NODE` when the node is no member.
 */
export async function rotateKey(
  nodeFile: string,
  { genesis, membership, address }: RotationContext,
): Promise<KeyRotation> {
  const editor = new NodeFileEditor(nodeFile);
  const { nodeNumber: number } = editor.keys;
  const member = membership.inForce.find((node) => node.number === number);
  const wished = membership.wished.find((node) => node.number === number);
  if (member === undefined || wished === undefined) {
    const nodes = membership.wished.map((node) => node.number).join(", ");
    throw new LedgerFault("UNKNOWN_NODE", { number, nodes });
  }
  const keyFile = nextKeyFileOf(editor, member.publicKey);
  const signer = readKeyFile(keyFile);
  const publicKey = toHex(signer.publicKey);
  const fields = { number, publicKey, address: address ?? wished.address, force: false };
  const draft = { type: "NODE_KEY_ROTATE", public: fields, private: null };
  const networkId = networkIdOf(genesis);
  const { bytes } = await signDraft(draft, [officer(signer)], { networkId, nowMs: Date.now() });
  const transactionFile = editor.pathOf("node-key-rotate.transaction");
  // The draft of an earlier time, which was not decided or has expired.
  rmSync(transactionFile, { force: true });
  writeNewFile(transactionFile, bytes);
  return { keyFile, transactionFile, transaction: readPartlySigned(bytes, networkId) };
}

/** The file of the next key: the one that waits, or else a new one, named in the node's file. */
function nextKeyFileOf(editor: NodeFileEditor, inForce: Uint8Array): string {
  const { keyFile, nextKeyFile } = editor.keys;
  const waits =
    nextKeyFile !== null && !equalBytes(readKeyFile(editor.pathOf(nextKeyFile)).publicKey, inForce);
  if (waits) return editor.pathOf(nextKeyFile);
  const seed = newSeed();
  const made = `node-${toHex(signerOfSeed(seed).publicKey).slice(0, 8)}.key`;
  writeNewFile(editor.pathOf(made), keyFileText(seed), "secret");
  editor.setKeys(nextKeyFile ?? keyFile, made);
  return editor.pathOf(made);
}
