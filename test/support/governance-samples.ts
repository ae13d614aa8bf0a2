/** Valid bodies of the transactions by which members govern. */

/** Who is there, and who comes. */
interface GovernanceCase {
  readonly town: string;
  readonly other: string;
  /** Keys of the clerk and the approver of a town that is admitted. */
  readonly newcomer: readonly [Uint8Array, Uint8Array];
  readonly oldOfficer: Uint8Array;
  readonly newOfficer: Uint8Array;
  readonly newNode: { readonly publicKey: Uint8Array; readonly address: string };
}

/** The samples, by type. */
export function governanceSamples({ town, other, newcomer, ...parts }: GovernanceCase) {
  const [clerk, approver] = newcomer;
  const { oldOfficer, newOfficer, newNode } = parts;
  const organisational = (body: { readonly [field: string]: unknown }) => ({
    public: body,
    private: null,
  });
  return {
    ORGANISATION_ADMIT: organisational({
      organisation: "142051",
      kind: "municipality",
      nameJa: "藤沢市",
      nameEn: "Fujisawa",
      keys: [
        { publicKey: clerk, roles: ["clerk"] },
        { publicKey: approver, roles: ["approver", "governor"] },
      ],
    }),
    ORG_KEY_ADD: organisational({
      organisation: town,
      publicKey: newOfficer,
      roles: ["clerk", "registrar"],
    }),
    ORG_KEY_ROTATE: organisational({
      publicKey: oldOfficer,
      newPublicKey: newOfficer,
    }),
    ORG_KEY_REVOKE: organisational({ organisation: town, publicKey: oldOfficer }),
    GOVERNORS_SET: organisational({ organisations: [town, other], threshold: 2 }),
    NODE_ADMIT: organisational({
      organisation: town,
      number: 4,
      ...newNode,
      role: "voter",
      force: false,
    }),
    NODE_PROMOTE: organisational({ number: 3, force: false }),
    NODE_DEMOTE: organisational({ number: 3, force: false }),
    NODE_KEY_ROTATE: organisational({
      number: 3,
      ...newNode,
      force: false,
    }),
    NODE_REPLACE: organisational({
      number: 3,
      newNumber: 4,
      ...newNode,
      force: false,
    }),
    NODE_RETIRE: organisational({ number: 3, force: false }),
  };
}
