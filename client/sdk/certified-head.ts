/** The end of a node's chain, proven: not what the node says of it, but what a quorum signed. */
import { type BlockHeader, decodeBlock, decodeCertificate } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { verifyCertificate } from "../../ledger/certificate.ts";
import { decodeProof } from "../../ledger/evidence.ts";
import { type Genesis, genesisMembership, networkIdOf } from "../../ledger/genesis.ts";
import { verifyMembershipProof } from "../../ledger/membership-proof.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import type { LedgerClient } from "./ledger-client.ts";

/**
 * Header of the highest block that the node has applied and can prove final, with the genesis alone.
 * @throws ClientError `WRONG_CERTIFICATE` when the proof does not hold; as `askNode`.
 */
export async function certifiedHead(node: LedgerClient, genesis: Genesis): Promise<BlockHeader> {
  const [certificateBytes, proofBytes] = [await node.certificate(), await node.evidence()];
  const certificate = understood(node, () => decodeCertificate(certificateBytes));
  const blockBytes = await node.block(certificate.height);
  return understood(node, () => {
    const block = decodeBlock(blockBytes);
    if (!equalBytes(block.hash, certificate.blockHash)) throw new Error("of another block");
    const signatures = { networkId: networkIdOf(genesis), verify: verifySignature };
    const founding = { membership: genesisMembership(genesis), provenHeight: 0 };
    const { memberships } = decodeProof(proofBytes);
    const later = verifyMembershipProof(founding, memberships, signatures);
    const inForce = [founding, ...later].findLast(
      ({ provenHeight }) => provenHeight < certificate.height,
    );
    verifyCertificate(certificate, { ...signatures, membership: (inForce ?? founding).membership });
    return block.header;
  });
}

function understood<T>({ url }: LedgerClient, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ClientError("WRONG_CERTIFICATE", { node: url, problem: messageOf(cause), cause });
  }
}
