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

/**
 * Compiles the addon for card readers where its headers are installed (Debian: libpcsclite-dev). Nothing
 * that a package brings runs at installation, so this does it, once for each version of Node.js. Without
 * it everything works but the readers, so a failure is told and not fatal.
 */
function buildCardReader() {
  const addon = join(root, "node_modules/pcsclite");
  const stamp = join(addon, "build", `.built-for-${process.versions.modules}`);
  if (!existsSync(addon) || !existsSync("/usr/include/PCSC/winscard.h")) return;
  if (existsSync(stamp)) return;
  process.stderr.write("Building the card reader addon ...\n");
  const headers = dirname(dirname(process.execPath));
  const result = spawnSync("npm", ["rebuild", "pcsclite", "--ignore-scripts=false"], {
    cwd: root,
    encoding: "utf8",
    // Where Node.js brought its headers along, node-gyp need not fetch them; elsewhere it may wait for ever.
    timeout: 180_000,
    env: existsSync(join(headers, "include/node/node.h"))
      ? { ...process.env, npm_config_nodedir: headers }
      : process.env,
  });
  if (result.status === 0) return writeFileSync(stamp, "");
  process.stderr.write(
    "Card readers cannot be used: their addon was not built. It needs make, g++ and Python (Debian: build-essential, python3). / " +
      "カードリーダーは使えません。ビルドには build-essential と python3 が必要です。\n" +
      "  npm rebuild pcsclite --ignore-scripts=false --loglevel=notice\n",
  );
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
buildCardReader();
removeOrphans(dist);
run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"], "Compiling");
