/** The rules of the house that neither compiler nor linter knows, as functions from text to what is wrong in it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { repositoryRoot } from "./files.ts";

/** A file of the tree. */
export interface SourceFile {
  /** From the top folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What is installed, built or left by runs, and other projects' test data as it came. */
const NOT_OURS = new Set(["node_modules", "dist", "coverage", "local", ".git", "testdata"]);
const TEXT_FILE = /\.(ts|mjs|json|md|yml|yaml|sh|txt)$/;

/** Every text file of the tree. */
export function sourceFiles(folder: string = repositoryRoot): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    if (!entry.isFile() || !TEXT_FILE.test(entry.name)) return [];
    return [{ path: relative(repositoryRoot, path), text: readFileSync(path, "utf8") }];
  });
}

/** A rule about lines. */
interface LineRule {
  readonly name: string;
  /** Which files the rule is for. */
  readonly files: RegExp;
  readonly isBroken: (line: string, before: string) => boolean;
}

// Written apart, so that this file keeps the rules too.
const LATER = new RegExp(`\\b(${["TO", "FIX", "XX"].join("|")})(DO|ME|X)\\b`);
const SUPPRESSION = new RegExp(`${["biome", "ignore"].join("-")}|@ts-expect-${"error"}`);
const REASON = /(: |@ts-expect-error )\S+( \S+){2,}/;
const EXPORTED = /^export (async function|function|const|class|interface|type|abstract) [^{]/;

/**
 * ECMAScript leaves the exactness of `Math.log` and its like, and of powers, to each engine (sec-function-properties-of-the-math-object);
 * letter case, normal forms and most classes of characters change with the Unicode version.
 */
const NOT_THE_SAME_EVERYWHERE = new RegExp(
  [
    /\bMath\.(?!(abs|ceil|clz32|floor|imul|max|min|round|trunc)\b)/,
    /\S \*\* \D|\D \*\* \S/,
    /\.(normalize|toUpperCase|toLowerCase|localeCompare|toLocale\w+)\(|\bIntl\b/,
    /\\p\{(?!(Cc|Surrogate)\})/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

const LINE_RULES: readonly LineRule[] = [
  { name: "no work left for later", files: /./, isBroken: (line) => LATER.test(line) },
  {
    name: "no cast to any",
    files: /\.ts$/,
    isBroken: (line) => /\bas any\b/.test(line.replace(/["`].*?["`]/g, "")),
  },
  {
    name: "no unchecked lines",
    files: /\.(ts|mjs)$/,
    isBroken: (line) => /^\s*\/\/\s*@ts-(ignore|nocheck)/.test(line),
  },
  {
    name: "a suppression carries its reason",
    files: /\.(ts|mjs)$/,
    isBroken: (line) =>
      /^\s*(\/\/|\/\*)/.test(line) &&
      SUPPRESSION.test(line) &&
      (!REASON.test(line) || line.includes("<")),
  },
  {
    name: "every export has a doc comment",
    files: /^(ledger|consensus|contracts|node|client|bench|test\/support)\/.*\.ts$/,
    isBroken: (line, before) => EXPORTED.test(line) && !before.trimEnd().endsWith("*/"),
  },
  {
    name: "nothing that engines or their tables of characters may answer differently",
    files: /^(ledger|consensus|contracts)\/.*\.ts$/,
    isBroken: (line) => NOT_THE_SAME_EVERYWHERE.test(line),
  },
  {
    name: "no paths of a machine",
    files: /./,
    isBroken: (line) => /(^|[\s"'`(=])\/(home|Users|root|work)\/[\w.]/.test(line),
  },
];

/** What is wrong in a file, as `path:line: rule`. */
export function brokenLines({ path, text }: SourceFile): string[] {
  const lines = text.split("\n");
  const rules = LINE_RULES.filter(({ files }) => files.test(path));
  return lines.flatMap((line, i) =>
    rules
      .filter(({ isBroken }) => isBroken(line, lines[i - 1] ?? ""))
      .map(({ name }) => `${path}:${i + 1}: ${name}`),
  );
}

/** Packages of package.json that are not pinned to one version. */
export function unpinnedPackages(packageJson: string): string[] {
  const packages = JSON.parse(packageJson) as { readonly [list: string]: Record<string, string> };
  return ["dependencies", "optionalDependencies", "devDependencies"]
    .flatMap((list) => Object.entries(packages[list] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${name}@${version}`);
}

/** Places of package-lock.json that name a registry: `npm ci` must work with whichever is configured. */
export function registryHosts(packageLock: string): string[] {
  return packageLock.split("\n").filter((line) => /"resolved":\s*"https?:/.test(line));
}
