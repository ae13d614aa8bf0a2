/** Organisations owe one another, and pay what is left when everything is netted. */
import { netYenOf } from "../../../contracts/settlement/clearing.ts";
import { type Due, openYen } from "../../../contracts/settlement/dues.ts";
import { parseKey } from "../../../contracts/state/key-spaces.ts";
import { CLEARING, DUE } from "../../../contracts/state/state-records.ts";
import type { Play } from "../play.ts";
import { field, nameOf, newName, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { sumOf } from "../sum-of.ts";
import { amount, yesOrNo } from "../values.ts";

const clearing = field("clearing", "清算", nameOf("clearing"));
const organisation = field("organisation", "団体", nameOf("organisation"));

/** CLEARING_CUT. */
export const cutClearing: StepKind = action({
  words: { ja: "清算締め", en: "cut clearing" },
  says: {
    ja: "団体どうしの未払いをすべて差引きします。全団体の承諾で効力を持ちます。",
    en: "Nets everything that organisations owe one another; it binds when all accept.",
  },
  fields: { clearing: field("name", "名前", newName("clearing")), organisation },
  async orders({ clearing: name, organisation: operator }, play) {
    play.setOwner(name, operator);
    const dues = (await duesOf(play)).filter(
      ({ due }) => openYen(due) > 0 && due.clearing === null,
    );
    return [
      {
        type: "CLEARING_CUT",
        public: {
          operator: operator.id,
          clearing: name.id,
          dues: dues.map(({ debtor, creditor, cause }) => ({ debtor, creditor, cause })),
        },
      },
    ];
  },
});

/** CLEARING_ACCEPT. */
export const acceptClearing: StepKind = action({
  words: { ja: "清算承諾", en: "accept clearing" },
  says: {
    ja: "団体が差引きを承諾または拒否します。",
    en: "An organisation says yes or no to a clearing.",
  },
  fields: { clearing, organisation, accepted: optional("accepted", "承諾", yesOrNo, true) },
  async orders({ clearing: which, organisation: { id }, accepted }, play) {
    const operator = play.ownerOf(which);
    const cut = accepted ? null : await play.read(CLEARING.key(operator, which.id));
    const released = (cut?.dues ?? []).map(({ amountYen: _, ...due }) => due);
    return [
      {
        type: "CLEARING_ACCEPT",
        public: { operator, clearing: which.id, organisation: id, accepted, released },
      },
    ];
  },
});

/** CLEARING_SETTLED. */
export const settleClearing: StepKind = action({
  words: { ja: "清算完了", en: "settle clearing" },
  says: {
    ja: "団体の会計管理者が、受け取るべきものをすべて受け取ったと記録します。",
    en: "An organisation's accountant confirms that all that was owed to it is settled.",
  },
  fields: { clearing, organisation },
  async orders({ clearing: which, organisation: { id } }, play) {
    const operator = play.ownerOf(which);
    const cleared = await play.read(CLEARING.key(operator, which.id));
    const owed = (cleared?.dues ?? []).filter(({ creditor }) => creditor === id);
    return [
      {
        type: "CLEARING_SETTLED",
        public: {
          operator,
          clearing: which.id,
          organisation: id,
          dues: owed.map(({ debtor, cause }) => ({ debtor, cause })),
        },
      },
    ];
  },
});

/** DUE_WRITE_OFF. */
export const writeDueOff: StepKind = action({
  words: { ja: "債権放棄", en: "write off due" },
  says: {
    ja: "債権を持つ団体が、回収できない額を職員二人の署名で放棄します。",
    en: "A creditor gives up what it cannot collect; two officers sign. The oldest due unless a batch is told.",
  },
  fields: {
    debtor: field("from", "債務者", nameOf("organisation")),
    creditor: field("to", "債権者", nameOf("organisation")),
    amountYen: field("amount", "額", amount),
    batch: optional("batch", "精算", nameOf("batch"), null),
  },
  async orders({ debtor: { id: debtor }, creditor: { id: creditor }, amountYen, batch }, play) {
    const oldest = (await duesOf(play)).find(
      (found) => found.debtor === debtor && found.creditor === creditor && openYen(found.due) > 0,
    );
    const cause = batch?.id ?? oldest?.cause ?? "none";
    return [{ type: "DUE_WRITE_OFF", public: { debtor, creditor, cause, amountYen } }];
  },
});

/** Where an organisation stands in a clearing. */
export const expectNet: StepKind = expectation({
  words: { ja: "差引額確認", en: "expect net" },
  says: {
    ja: "清算で団体が受け取る、または支払う差引額（円）。",
    en: "What a clearing comes to for an organisation in yen: what it gets, or what it pays.",
  },
  fields: {
    clearing,
    organisation,
    getsYen: optional("gets", "受取り", amount, 0),
    paysYen: optional("pays", "支払い", amount, 0),
  },
  async compare({ clearing: which, organisation: { id }, getsYen, paysYen }, play) {
    const cut = await play.read(CLEARING.key(play.ownerOf(which), which.id));
    const own = cut?.positions.find(({ organisation: whose }) => whose === id);
    return { expected: getsYen - paysYen, found: own === undefined ? 0 : netYenOf(own) };
  },
});

/** What one organisation still owes another. */
export const expectDue: StepKind = expectation({
  words: { ja: "債務確認", en: "expect due" },
  says: {
    ja: "ある団体が別の団体にまだ支払っていない額（円）。",
    en: "What an organisation still owes another, in yen.",
  },
  fields: {
    debtor: field("from", "債務者", nameOf("organisation")),
    creditor: field("to", "債権者", nameOf("organisation")),
    amountYen: field("amount", "額", amount),
  },
  async compare({ debtor, creditor, amountYen: expected }, play) {
    const between = (await duesOf(play)).filter(
      (found) => found.debtor === debtor.id && found.creditor === creditor.id,
    );
    return { expected, found: sumOf(between.map(({ due }) => openYen(due))) };
  },
});

/** What is owed, by debtor, creditor and cause. */
export interface NamedDue {
  readonly debtor: string;
  readonly creditor: string;
  readonly cause: string;
  readonly due: Due;
}

/** Every due between organisations. */
export async function duesOf({ ledger }: Play): Promise<readonly NamedDue[]> {
  return (await ledger.records()).flatMap(([text, bytes]) => {
    const key = parseKey(text);
    if (key?.space !== DUE) return [];
    const [debtor = "", creditor = "", cause = ""] = key.id.split("/");
    return [{ debtor, creditor, cause, due: DUE.decode(bytes) }];
  });
}
