// Makes a checkout ready to run: installs what package-lock.json names, compiles what changed.
// Plain JavaScript, because it runs before anything is installed. The first step of every npm script.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");

/** Runs a command; its output is shown only when it fails, unless `verbose`. */
function run(command, args, what) {
  process.stderr.write(`${what} ...\n`);
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}${result.error ?? ""}\n`);
  process.stderr.write(`${what}: failed (${command} ${args.join(" ")})\n`);
  process.exit(1);
}

/** Installs when node_modules is missing or older than the lock file says. */
function install() {
  const stamp = join(root, "node_modules", ".installed-lock");
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  run("npm", ["ci", "--ignore-scripts", "--loglevel=error"], "Installing packages");
  writeFileSync(stamp, lock);
}

/** The compiler leaves the output of deleted sources behind, and mocha would run it: remove it. */
function removeOrphans(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) removeOrphans(path);
    else if (!existsSync(sourceOf(path))) rmSync(path);
  }
}

function sourceOf(output) {
  return output.replace(dist, root).replace(/(\.d\.ts|\.js\.map|\.js)$/, ".ts");
}

install();
removeOrphans(dist);
run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"], "Compiling");
