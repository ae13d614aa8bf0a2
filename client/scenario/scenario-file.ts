/** A scenario as it is written: who takes part, and what they do. Read strictly, with the place of what is wrong. */
import { type ParsedNode, visit } from "yaml";
import type { Wording } from "../../contracts/declaration.ts";
import { ORGANISATION_KINDS } from "../../ledger/genesis.ts";
import { Misreading } from "./misreading.ts";
import { Names } from "./names.ts";
import {
  anyText,
  entriesOf,
  field,
  listOf,
  mapping,
  offsetOf,
  oneOfWords,
  optional,
  type Reader,
  scalar,
  textOf,
} from "./reader.ts";
import type { Asked, Perform, StepKind } from "./step-kind.ts";
import { STEP_KINDS } from "./step-kinds.ts";
import { faultCode, municipalityCode, shortId } from "./values.ts";
import { readYaml } from "./yaml-file.ts";

/** An organisation that takes part. */
export interface Participant {
  readonly id: string;
  readonly kind: (typeof ORGANISATION_KINDS)[number];
  readonly nameJa: string;
  readonly nameEn: string;
}

/** A step as it is written. */
export interface Step {
  /** From 1. */
  readonly line: number;
  readonly kind: StepKind;
  /** The values that it is written with, in one line. */
  readonly summary: string;
  readonly asked: Asked;
  readonly perform: Perform;
}

/** A scenario. */
export interface Scenario {
  readonly title: Wording;
  /** The requirements that it shows: `R-072`. */
  readonly requirements: readonly string[];
  readonly organisations: readonly Participant[];
  readonly names: Names;
  readonly steps: readonly Step[];
}

const requirement = scalar(
  { ja: "要件の番号（R-072）", en: "a requirement such as R-072" },
  (text) => (/^R-[0-9]{3}$/.test(text) ? text : null),
);

const KIND_WORDS = {
  municipality: "市区町村",
  prefecture: "都道府県",
  company: "会社",
  street: "商店街",
  state: "国",
} as const satisfies Record<Participant["kind"], string>;

const participant: Reader<Participant> = {
  means: { ja: "団体", en: "an organisation" },
  read(node, names) {
    const { name, nameEn, kind, id } = participantEntries.read(node, names);
    const idReader = kind === "municipality" || kind === "prefecture" ? municipalityCode : shortId;
    const ledgerId = idReader.read(id, names);
    const nameJa = textOf(name);
    names.define("organisation", nameJa, offsetOf(name), ledgerId);
    return { id: ledgerId, kind, nameJa, nameEn };
  },
};

/** As it stands: what it may be depends on another entry. */
const asWritten: Reader<ParsedNode> = { means: anyText.means, read: (node) => node };

const participantEntries = mapping({
  name: field("name", "名前", asWritten),
  nameEn: field("English name", "英語名", anyText),
  kind: optional(
    "kind",
    "種類",
    oneOfWords(
      ORGANISATION_KINDS.map((kind) => [{ ja: KIND_WORDS[kind], en: kind }, kind] as const),
    ),
    "municipality" as const,
  ),
  id: field("code", "番号", asWritten),
});

const resident: Reader<string> = {
  means: { ja: "住民の名前", en: "the name of a resident" },
  read: (node, names) => names.define("resident", textOf(node), offsetOf(node)).name,
};

const scenarioEntries = mapping({
  title: field(
    "scenario",
    "シナリオ",
    mapping({ ja: field("ja", "日本語", anyText), en: field("en", "英語", anyText) }),
  ),
  requirements: optional("requirements", "要件", listOf(requirement), []),
  organisations: field("organisations", "団体", listOf(participant)),
  residents: optional("residents", "住民", listOf(resident), []),
  steps: field("steps", "手順", listOf(asWritten)),
});

/**
 * Reads a scenario. @param file its name, for people.
 * @throws ClientError `SCENARIO_MALFORMED` with line, column and what is wrong.
 */
export function readScenario(text: string, file: string): Scenario {
  return readYaml(text, { file, fault: "SCENARIO_MALFORMED" }, (root, lines) => {
    const names = new Names();
    const { steps: nodes, ...head } = scenarioEntries.read(root, names);
    const steps = nodes.map((node) => ({
      line: lines.linePos(offsetOf(node)).line,
      ...readStep(node, names),
    }));
    const [first] = nodes;
    if (first !== undefined) assertDatedFromTheStart(steps, offsetOf(first));
    return { ...head, names, steps };
  });
}

/** With dates, nothing happens before the first of them. */
function assertDatedFromTheStart(steps: readonly Step[], offset: number): void {
  const isDated = steps.some(({ kind }) => kind.family === "clock");
  if (!isDated || steps[0]?.kind.family === "clock") return;
  throw new Misreading(
    offset,
    "日付を使うシナリオは日付から始めてください",
    "a scenario with dates begins with one",
  );
}

const STEP = {
  ja: "手順（例「付与: {…}」）",
  en: "the entries of a step, such as grant: {…}",
};
const REFUSED: Wording = { ja: "拒否", en: "refused" };
const AS: Wording = { ja: "呼び名", en: "as" };
const NOTE: Wording = { ja: "説明", en: "note" };

/** A step: one word of a kind, and what may stand beside it. */
function readStep(node: ParsedNode, names: Names): Omit<Step, "line"> {
  const written = entriesOf(node, STEP);
  const beside = { result: "OK", as: null as Asked["as"] };
  let found: { kind: StepKind; value: ParsedNode } | null = null;
  for (const { key, offset, value } of written) {
    const kind = STEP_KINDS.find(({ words }) => isWord(key, words));
    if (kind !== undefined && found === null) found = { kind, value };
    else if (isWord(key, REFUSED)) beside.result = faultCode.read(value, names);
    else if (isWord(key, AS)) beside.as = names.define("step", textOf(value), offsetOf(value));
    else if (isWord(key, NOTE)) textOf(value);
    else throw strange(key, offset);
  }
  if (found === null)
    throw new Misreading(offsetOf(node), "手順の言葉がありません", "no step here");
  const { kind, value } = found;
  if (kind.family !== "action" && (beside.result !== "OK" || beside.as !== null)) {
    throw new Misreading(
      offsetOf(node),
      `「${kind.words.ja}」には拒否も呼び名もありません`,
      `"${kind.words.en}" makes no transaction that is refused or named`,
    );
  }
  return { kind, summary: summaryOf(value), asked: beside, perform: kind.read(value, names) };
}

function strange(key: string, offset: number): Misreading {
  return new Misreading(
    offset,
    `「${key}」という手順はありません、または一つの項目に手順が二つあります`,
    `there is no step "${key}", or one item holds two steps`,
  );
}

function isWord(key: string, { ja, en }: Wording): boolean {
  return key === ja || key === en;
}

/** The scalars of a node in their order, keys left out. */
function summaryOf(node: ParsedNode): string {
  const values: string[] = [];
  visit(node, {
    Scalar(key, { value }) {
      if (key !== "key") values.push(String(value));
    },
  });
  return values.join(" ");
}
