/** A YAML file that people write, parsed strictly; what is wrong is told with its line and column. */
import { isAlias, LineCounter, type ParsedNode, parseDocument, visit } from "yaml";
import { ClientError, type ClientFaultCode } from "../client-fault.ts";
import { Misreading } from "./misreading.ts";

/** Longest file, characters. */
const LENGTH_MAX = 1_000_000;

/**
 * What `read` makes of the text. @param file its name, for people; `fault` is what it is called when it is wrong.
 * @throws ClientError `fault`, with line, column and problem.
 */
export function readYaml<T>(
  text: string,
  { file, fault }: { readonly file: string; readonly fault: ClientFaultCode },
  read: (root: ParsedNode, lines: LineCounter) => T,
): T {
  const lines = new LineCounter();
  try {
    return read(parse(text, lines), lines);
  } catch (error) {
    if (!(error instanceof Misreading)) throw error;
    const { line, col: column } = lines.linePos(error.offset);
    const { ja: problemJa, en: problem } = error.problem;
    throw new ClientError(fault, { file, line, column, problemJa, problem, cause: error });
  }
}

/** In the failsafe schema every scalar is text: `072028` keeps its zero, and `no` is no boolean. */
function parse(text: string, lineCounter: LineCounter): ParsedNode {
  if (text.length > LENGTH_MAX) throw new Misreading(0, "長すぎます", "it is too long");
  const document = parseDocument(text, { lineCounter, schema: "failsafe", prettyErrors: false });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) {
    throw new Misreading(wrong.pos[0], "YAML として読めません", `not YAML: ${wrong.message}`);
  }
  visit(document, {
    Node(_, node) {
      const isPlain = !isAlias(node) && node.anchor === undefined && node.tag === undefined;
      if (isPlain) return;
      throw new Misreading(
        node.range?.[0] ?? 0,
        "別名・アンカー・タグは使えません",
        "aliases, anchors and tags are not allowed",
      );
    },
  });
  if (document.contents === null) throw new Misreading(0, "空です", "it is empty");
  return document.contents;
}
