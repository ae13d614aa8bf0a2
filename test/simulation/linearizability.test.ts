import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Call, isLinearizable, type SequentialModel } from "./linearizability.ts";
import { type WalletOperation, walletModel } from "./wallet-model.ts";

/** A register: a write changes it, a read (with the value that it got) does not. */
interface Access {
  readonly write?: number;
  readonly read?: number;
}

const register: SequentialModel<number, Access> = {
  initial: 0,
  apply: (state, { write, read }) => {
    if (write !== undefined) return [write];
    return read === state ? [state] : [];
  },
  key: String,
};

function call<T>(operation: T, invoked: number, returned: number | null): Call<T> {
  return { operation, invoked, returned };
}

describe("the linearizability checker", () => {
  const rows: readonly { id: string; right: boolean; calls: readonly Call<Access>[] }[] = [
    { id: "nothing", right: true, calls: [] },
    {
      id: "a read after a write sees it",
      right: true,
      calls: [call({ write: 1 }, 0, 1), call({ read: 1 }, 2, 3)],
    },
    {
      id: "a read after a write does not see what was before",
      right: false,
      calls: [call({ write: 1 }, 0, 1), call({ read: 0 }, 2, 3)],
    },
    {
      id: "a read during a write may see either",
      right: true,
      calls: [call({ write: 1 }, 0, 5), call({ read: 0 }, 1, 2), call({ read: 1 }, 3, 4)],
    },
    {
      id: "what one reader has seen, a later one cannot unsee",
      right: false,
      calls: [call({ write: 1 }, 0, 5), call({ read: 1 }, 1, 2), call({ read: 0 }, 3, 4)],
    },
    {
      id: "a write without an answer may take effect late",
      right: true,
      calls: [call({ write: 1 }, 0, null), call({ read: 0 }, 5, 6), call({ read: 1 }, 7, 8)],
    },
    {
      id: "or never",
      right: true,
      calls: [call({ write: 1 }, 0, null), call({ read: 0 }, 5, 6)],
    },
    {
      id: "but not before it was asked for",
      right: false,
      calls: [call({ read: 1 }, 0, 1), call({ write: 1 }, 2, null)],
    },
    {
      id: "two writes, and readers that disagree about their order",
      right: false,
      calls: [
        call({ write: 1 }, 0, 1),
        call({ write: 2 }, 0, 1),
        call({ read: 1 }, 2, 3),
        call({ read: 2 }, 4, 5),
      ],
    },
  ];
  for (const { id, right, calls } of rows) {
    it(`${right ? "accepts" : "refuses"}: ${id}`, () => {
      assert.equal(isLinearizable(register, calls), right);
      assert.equal(isLinearizable(register, calls.toReversed()), right, "whatever the first guess");
    });
  }

  it("accepts every history that a real register made, and none with one read changed to the future", () => {
    const step = fc.record({ write: fc.boolean(), before: fc.nat(3), after: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        let value = 0;
        const calls = steps.map(({ write, before, after }, i): Call<Access> => {
          if (write) value = i + 1;
          const operation = write ? { write: value } : { read: value };
          return call(operation, 2 * i - before, 2 * i + after);
        });
        assert.ok(isLinearizable(register, calls));
        const never = [...calls, call({ read: -1 }, 100, 101)];
        assert.ok(!isLinearizable(register, never));
      }),
    );
  });
});

describe("the model of a wallet", () => {
  const model = walletModel(100);
  const pay = (
    name: string,
    changePt: number,
    result: string | null,
    id = name,
  ): WalletOperation => {
    return { id, name, changePt, result };
  };
  const rows: readonly { id: string; right: boolean; calls: readonly Call<WalletOperation>[] }[] = [
    {
      id: "points are spent once",
      right: true,
      calls: [call(pay("a", -60, "OK"), 0, 1), call(pay("b", -60, "BALANCE_INSUFFICIENT"), 0, 1)],
    },
    {
      id: "points are spent twice",
      right: false,
      calls: [call(pay("a", -60, "OK"), 0, 1), call(pay("b", -60, "OK"), 0, 1)],
    },
    {
      id: "a payment is refused though a grant came before",
      right: false,
      calls: [
        call(pay("grant", 50, "OK"), 0, 1),
        call(pay("a", -120, "BALANCE_INSUFFICIENT"), 2, 3),
      ],
    },
    {
      id: "the same payment again gets the same answer",
      right: true,
      calls: [call(pay("a", -60, "OK"), 0, 1), call(pay("a", -60, "OK"), 2, 3)],
    },
    {
      id: "what expired happens later",
      right: false,
      calls: [call(pay("a", -60, "EXPIRED"), 0, 1), call(pay("a", -60, "OK"), 2, 3)],
    },
    {
      id: "another one under an id that is taken",
      right: true,
      calls: [call(pay("a", -60, "OK"), 0, 1), call(pay("b", -7, "DUPLICATE_ID", "a"), 2, 3)],
    },
    {
      id: "both under one id",
      right: false,
      calls: [call(pay("a", -60, "OK"), 0, 1), call(pay("b", -7, "OK", "a"), 2, 3)],
    },
    {
      id: "refused for an id that nobody took",
      right: false,
      calls: [call(pay("b", -7, "DUPLICATE_ID", "a"), 2, 3)],
    },
    {
      id: "a lost answer explains the balance",
      right: true,
      calls: [
        call(pay("a", -60, null), 0, null),
        call(pay("b", -60, "BALANCE_INSUFFICIENT"), 2, 3),
      ],
    },
  ];
  for (const { id, right, calls } of rows) {
    it(`${right ? "explains" : "cannot explain"}: ${id}`, () => {
      assert.equal(isLinearizable(model, calls), right);
    });
  }
});
