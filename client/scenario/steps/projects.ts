/** Projects that residents support with points. */
import { heldPt, PROJECT } from "../../../contracts/projects/project.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { JsonValue } from "../../../ledger/schema.ts";
import { ClientError } from "../../client-fault.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { anyText, field, nameOf, newName, oneOfWords, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { amount, date, yesOrNo } from "../values.ts";
import { attestations, signedByCard } from "./card-status.ts";

const project = field("project", "プロジェクト", nameOf("project"));

/** PROJECT_OPEN. */
export const openProject: StepKind = action({
  words: { ja: "プロジェクト開始", en: "open project" },
  says: {
    ja: "目標と締切りのあるプロジェクトへの寄附を受け付けます。集まった額はだれでも見られます。",
    en: "Opens a project with goal and deadline to donations; what comes together is public.",
  },
  fields: {
    project: field("name", "名前", newName("project")),
    nameEn: optional("English name", "英語名", anyText, null),
    municipality: field("municipality", "自治体", nameOf("organisation")),
    goalPt: field("goal", "目標", amount),
    deadline: field("deadline", "締切り", date),
    beneficiary: field("for", "受取先", nameOf("shop")),
    refundable: optional("refundable", "返還あり", yesOrNo, true),
  },
  orders({ project: name, nameEn, municipality, beneficiary, ...terms }, play) {
    play.setOwner(name, municipality);
    return [
      {
        type: "PROJECT_OPEN",
        public: {
          ...projectName(play, name),
          nameJa: name.name,
          nameEn: nameEn ?? name.name,
          ...terms,
          beneficiary: beneficiary.id,
        },
      },
    ];
  },
});

/** DONATE. */
export const donate: StepKind = action({
  words: { ja: "寄附", en: "donate" },
  says: {
    ja: "住民がカードで、ポイントをプロジェクトに寄附します。だれの寄附かは台帳に残りません。",
    en: "A resident gives points to a project with his card; who gave is not on the ledger.",
  },
  fields: {
    resident: field("resident", "住民", nameOf("resident")),
    project,
    points: field("points", "ポイント", nameOf("points")),
    amountPt: field("amount", "数", amount),
  },
  orders({ resident, project: which, points, amountPt }, play) {
    const use = { resident, municipality: play.ownerOf(points), amountPt };
    const gift = { pointType: points.id, amountPt, donationSalt: toHex(play.cast.newSecret()) };
    return signedByCard(play, "DONATE", use, { ...projectName(play, which), ...gift });
  },
});

/** PROJECT_SETTLE. */
export const settleProject: StepKind = action({
  words: { ja: "プロジェクト精算", en: "settle project" },
  says: {
    ja: "締切りの後、目標に届けば受取先に渡し、届かなければ返還を始めます（返還のない場合は渡します）。",
    en: "After the deadline: to the beneficiary when the goal is met, else donors may have theirs back where so defined.",
  },
  fields: { project },
  async orders({ project: which }, play) {
    const { issuer, project: id } = projectName(play, which);
    const found = await play.read(PROJECT.key(issuer, id));
    const types = new Set((found?.holdings ?? []).map(({ pointType }) => pointType));
    return [
      {
        type: "PROJECT_SETTLE",
        public: {
          issuer,
          project: id,
          beneficiary: found?.beneficiary ?? id,
          pointTypes: [...types].sort((a, b) => (a < b ? -1 : 1)),
        },
      },
    ];
  },
});

/** DONATION_REFUND. */
export const refundDonation: StepKind = action({
  words: { ja: "寄附返還", en: "refund donation" },
  says: {
    ja: "目標に届かなかったとき、寄附した人がカードで取り戻します。",
    en: "The goal was missed: the donor takes his points back with his card.",
  },
  fields: { donation: field("donation", "寄附", nameOf("step")) },
  async orders({ donation }, play) {
    const { order } = play.madeBy(donation);
    const { resident } = order;
    const given = order.private as { readonly [name: string]: JsonValue } | null | undefined;
    if (order.type !== "DONATE" || resident === undefined || given == null) {
      throw new ClientError("STEP_IMPOSSIBLE", { problem: `${donation.name} is no donation` });
    }
    const { pointType: _, amountPt, ...receipt } = given;
    const { municipality } = receipt;
    const use = { resident, municipality: String(municipality), amountPt: Number(amountPt) };
    return [
      ...(await attestations(play, use)),
      { type: "DONATION_REFUND", public: {}, private: receipt, resident },
    ];
  },
});

/** Where a project stands. */
export const expectProject: StepKind = expectation({
  words: { ja: "プロジェクト確認", en: "expect project" },
  says: {
    ja: "集まった総額と、いまここにある額と、状態。",
    en: "What came together in all; what is there now and where it stands, if they are told.",
  },
  fields: {
    project,
    raisedPt: field("raised", "総額", amount),
    heldPt: optional("held", "残り", amount, null),
    status: optional(
      "status",
      "状態",
      oneOfWords([
        [{ ja: "受付中", en: "OPEN" }, "OPEN"],
        [{ ja: "支払済", en: "PAID" }, "PAID"],
        [{ ja: "返還中", en: "REFUNDING" }, "REFUNDING"],
        [{ ja: "終了", en: "LAPSED" }, "LAPSED"],
      ]),
      null,
    ),
  },
  async compare({ project: which, raisedPt, heldPt: held, status }, play) {
    const { issuer, project: id } = projectName(play, which);
    const found = await play.read(PROJECT.key(issuer, id));
    const told = (raised: number, left: number, state: string) =>
      [raised, held === null ? "" : ` (${left})`, status === null ? "" : ` ${state}`].join("");
    return {
      expected: told(raisedPt, held ?? 0, status ?? ""),
      found: found === null ? "-" : told(found.raisedPt, heldPt(found), found.status),
    };
  },
});

function projectName(play: Play, which: Named): { issuer: string; project: string } {
  return { issuer: play.ownerOf(which), project: which.id };
}
