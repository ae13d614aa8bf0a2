/**
 * Violations to plant in a copy of the configuration, and what must report each: a code of the compiler (`TS…`)
 * or a rule of the linter. A checker that sees nothing looks like success.
 */

/** A file that breaks a rule. */
export interface PlantedViolation {
  readonly path: string;
  readonly text: string;
  /** Each of these must be reported in the file. */
  readonly reportedBy: readonly string[];
}

const FOLDERS = ["ledger", "ledger/native", "consensus", "contracts", "node", "client", "test"];

/**
 * Files that break nothing, for others to import; nothing may be reported in them. There are two in each folder,
 * since the compiler reports a forbidden file at the first import only.
 */
export const RIGHT_FILES: Readonly<Record<string, string>> = Object.fromEntries(
  FOLDERS.flatMap((folder) => [`${folder}/right.ts`, `${folder}/right-too.ts`]).map((path) => [
    path,
    "/** A number. */\nexport const right = 1;\n",
  ]),
);

const PURE = ["ledger", "consensus", "contracts"] as const;

/** Statements that no pure folder may hold. */
const IMPURE: readonly (Omit<PlantedViolation, "path"> & { readonly name: string })[] = [
  {
    name: "file-system",
    text: 'import { readFileSync } from "node:fs";\nexport const read: unknown = readFileSync;\n',
    reportedBy: ["TS2591", "noRestrictedImports"],
  },
  { name: "timer", text: "setTimeout(() => 1, 1);\nexport const a = 1;\n", reportedBy: ["TS2304"] },
  {
    name: "console",
    text: 'console.log("here");\nexport const a = 1;\n',
    reportedBy: ["TS2584", "noConsole"],
  },
  { name: "process", text: "export const a: unknown = process;\n", reportedBy: ["TS2591"] },
  { name: "buffer", text: "export const a: unknown = Buffer;\n", reportedBy: ["TS2591"] },
  { name: "fetch", text: "export const a: unknown = fetch;\n", reportedBy: ["TS2304"] },
  { name: "crypto", text: "export const a: unknown = crypto;\n", reportedBy: ["TS2304"] },
  { name: "performance", text: "export const a: unknown = performance;\n", reportedBy: ["TS2304"] },
  {
    name: "date",
    text: "export const now: number = Date.now();\n",
    reportedBy: ["noRestrictedGlobals"],
  },
  {
    name: "random",
    text: "export const dice: number = Math.random();\n",
    reportedBy: ["noJsRestrictedProperties"],
  },
  {
    name: "global-date",
    text: "export const now: number = globalThis.Date.now();\n",
    reportedBy: ["noJsRestrictedProperties"],
  },
  {
    name: "network-package",
    text: 'import { Command } from "commander";\nexport const command: unknown = Command;\n',
    reportedBy: ["noRestrictedImports"],
  },
];

/** Folder → folders that it must not import. */
const WALLS: Readonly<Record<string, readonly string[]>> = {
  ledger: ["consensus", "contracts", "node", "client", "test"],
  consensus: ["contracts", "node", "client", "test"],
  contracts: ["consensus", "node", "client", "test"],
  node: ["client", "test"],
  client: ["node", "consensus", "test"],
};

const walls: PlantedViolation[] = Object.entries(WALLS).flatMap(([folder, denied]) =>
  denied.map((other) => ({
    path: `${folder}/imports-${other}.ts`,
    text: `import { right } from "../${other}/right.ts";\nexport const a: number = right;\n`,
    reportedBy: ["TS6307", "noRestrictedImports"],
  })),
);

const impure: PlantedViolation[] = PURE.flatMap((folder) =>
  IMPURE.map(({ name, text, reportedBy }) => ({ path: `${folder}/${name}.ts`, text, reportedBy })),
);

const others: PlantedViolation[] = [
  {
    path: "consensus/imports-a-type.ts",
    text: 'import type { right } from "../node/right-too.ts";\nexport type A = typeof right;\n',
    reportedBy: ["noRestrictedImports"],
  },
  {
    path: "consensus/imports-later.ts",
    text: 'export const a: Promise<unknown> = import("../node/right-too.ts");\n',
    reportedBy: ["noRestrictedImports"],
  },
  {
    path: "node/deep/down/imports-client.ts",
    text: 'import { right } from "../../../client/right-too.ts";\nexport const a: number = right;\n',
    reportedBy: ["TS6307", "noRestrictedImports"],
  },
  {
    path: "ledger/imports-native.ts",
    text: 'import { right } from "./native/right.ts";\nexport const a: number = right;\n',
    reportedBy: ["TS6307", "noRestrictedImports"],
  },
  {
    path: "ledger/timer-beside-packages.ts",
    text: [
      'import { ed25519 } from "@noble/curves/ed25519.js";',
      'import { sha256 } from "@noble/hashes/sha2.js";',
      "export const a: unknown = [ed25519, sha256, setTimeout];\n",
    ].join("\n"),
    reportedBy: ["TS2304"],
  },
  {
    path: "ledger/native/file-system.ts",
    text: 'import { readFileSync } from "node:fs";\nexport const read: unknown = readFileSync;\n',
    reportedBy: ["noRestrictedImports"],
  },
  {
    path: "node/cycle-a.ts",
    text: 'import { b } from "./cycle-b.ts";\nexport const a = (): unknown => b;\n',
    reportedBy: ["noImportCycles"],
  },
  {
    path: "node/cycle-b.ts",
    text: 'import { a } from "./cycle-a.ts";\nexport const b = (): unknown => a;\n',
    reportedBy: ["noImportCycles"],
  },
  { path: "node/default-export.ts", text: "export default 1;\n", reportedBy: ["noDefaultExport"] },
  { path: "node/barrel.ts", text: 'export * from "./right.ts";\n', reportedBy: ["noBarrelFile"] },
  {
    path: "node/undeclared-package.ts",
    text: 'import ws from "ws";\nexport const a: unknown = ws;\n',
    reportedBy: ["noUndeclaredDependencies"],
  },
  {
    path: "node/without-extension.ts",
    text: 'import { right } from "./right";\nexport const a: number = right;\n',
    reportedBy: ["TS2835", "useImportExtensions"],
  },
  { path: "node/enumeration.ts", text: "export enum A { B }\n", reportedBy: ["TS1294"] },
  {
    path: "node/any.ts",
    text: "export function a(b: any): unknown {\n  return b;\n}\n",
    reportedBy: ["noExplicitAny"],
  },
  {
    path: "node/non-null.ts",
    text: "export const a = (b: number | null): number => b!;\n",
    reportedBy: ["noNonNullAssertion"],
  },
  {
    path: "node/unchecked-index.ts",
    text: "export const a = (b: number[]): number => b[0];\n",
    reportedBy: ["TS2322"],
  },
  {
    path: "node/floating-promise.ts",
    text: "export async function a(): Promise<number> {\n  return 1;\n}\na();\n",
    reportedBy: ["noFloatingPromises"],
  },
  { path: "node/throws-text.ts", text: 'throw "text";\n', reportedBy: ["useThrowOnlyError"] },
  {
    path: "node/environment.ts",
    text: "export const a: unknown = process.env;\n",
    reportedBy: ["noProcessEnv"],
  },
  {
    path: "node/parameters.ts",
    text: "export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): unknown => [a, b, c, d, e];\n",
    reportedBy: ["useMaxParams"],
  },
  {
    path: "node/long-file.ts",
    text: `${Array.from({ length: 401 }, (_, i) => `export const a${i} = ${i % 10};`).join("\n")}\n`,
    reportedBy: ["noExcessiveLinesPerFile"],
  },
  {
    path: "node/long-function.ts",
    text: `export function a(): void {\n${"  void 0;\n".repeat(71)}}\n`,
    reportedBy: ["noExcessiveLinesPerFunction"],
  },
  {
    path: "node/notKebab.ts",
    text: "export const a = 1;\n",
    reportedBy: ["useFilenamingConvention"],
  },
  {
    path: "test/focused.test.ts",
    text: 'import { it } from "mocha";\nit.only("a", () => {});\n',
    reportedBy: ["noFocusedTests"],
  },
];

/** All of them. */
export const PLANTED_VIOLATIONS: readonly PlantedViolation[] = [...impure, ...walls, ...others];
