/** The transactions that set a municipality up, in their order, each under a name that says what it is about. */
import { transactionType } from "../../contracts/registry.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import type { Town } from "./town-file.ts";

/** One transaction. */
export interface TownStep {
  /** Names its file: `point-type-define-health`. */
  readonly name: string;
  readonly draft: Draft;
}

/**
 * What the clerk and the approver sign. @throws ClientError `SET_UP_MALFORMED` when two budgets are for the same purpose, or
 * a value is none of the ledger's.
 */
export function stepsOf({ municipality, pointTypes, budgets, merchants }: Town): TownStep[] {
  const issuer = municipality.id;
  const steps = [
    step("ISSUER_OPEN", issuer, { issuer }),
    ...pointTypes.map((terms) =>
      step("POINT_TYPE_DEFINE", terms.pointType, {
        issuer,
        ...terms,
        expiryRule: { ...terms.expiryRule },
      }),
    ),
    ...budgets.map((budget) =>
      step("BUDGET_APPROPRIATE", `${budget.fiscalYear}-${budget.category.toLowerCase()}`, {
        issuer,
        ...budget,
      }),
    ),
    ...merchants.map((merchant) =>
      step("MERCHANT_REGISTER", merchant.merchant, { issuer, ...merchant }),
    ),
  ];
  const twice = steps.find(({ name }, i) => steps.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) {
    throw new ClientError("SET_UP_MALFORMED", {
      problemJa: `二度書かれています：${twice.name}`,
      problem: `it is there twice: ${twice.name}`,
    });
  }
  return steps;
}

/** How the consortium takes the municipality in, with the keys of its officers (signed by those who govern). */
export function admissionOf({ municipality, officers }: Town): Draft {
  const { id: organisation, ...names } = municipality;
  const keys = officers.map(({ publicKey, roles }) => ({ publicKey, roles }));
  const body = { organisation, kind: "municipality", ...names, keys };
  return {
    type: "ORGANISATION_ADMIT",
    public: inSchema("ORGANISATION_ADMIT", body),
    private: null,
  };
}

function step(type: string, about: string, body: JsonValue): TownStep {
  const name = `${type.toLowerCase().replaceAll("_", "-")}-${about}`;
  return { name, draft: { type, public: inSchema(type, body), private: null } };
}

/** The body as the type's own schema writes it. */
function inSchema(type: string, body: JsonValue): JsonValue {
  const schema = transactionType(type)?.public;
  if (schema === undefined) throw new TypeError(`no type ${type}`);
  try {
    return schema.toJson(schema.fromJson(body));
  } catch (cause) {
    if (!(cause instanceof LedgerFault)) throw cause;
    throw new ClientError("SET_UP_MALFORMED", { type, ...cause.facts, cause });
  }
}
