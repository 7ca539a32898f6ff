// Builds what the tools start: `node build.mjs [step ...]`, all steps but `conformance` by default.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { assets, root } from "./house/layout.mjs";

const bundler = ["run", "-q", "--profile", "tool", "-p", "sekisho-bundler", "--"];

/** The steps by name: what a person is told, and what is done. */
const STEPS = {
  // Before `edge`, so that what lies in cargo's cache afterwards is the worker itself.
  conformance: ["the store's conformance worker", () => run("cargo", [...bundler, "edge", "--features", "conformance"])],
  edge: ["the edge worker", () => run("cargo", [...bundler, "edge"])],
  client: ["the browser package's core", () => run("cargo", [...bundler, "client"])],
  package: ["the npm package", pack],
  origin: ["the demo broker's origin", () => run("cargo", ["build", "-p", "sekisho-www"])],
};

/** Runs a program in the repository with its output shown. */
function run(command, args, cwd = root) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw new Error(`${command} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}

/** Packs pkg/ as it would be published and unpacks it as an installation would: the demo uses nothing else of it. */
function pack() {
  const folder = dirname(assets);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run("npm", ["pack", "--silent", "--pack-destination", folder], join(root, "pkg"));
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  run("tar", ["-xzf", tarball], folder);
}

/**
 * Builds, telling each step.
 *
 * @param {string[]} steps names of steps
 */
export function build(steps = ["edge", "client", "package", "origin"]) {
  for (const name of steps) {
    const [words, work] = STEPS[name] ?? [];
    if (!work) throw new Error(`no build step is called ${name}; there are: ${Object.keys(STEPS).join(", ")}`);
    process.stderr.write(`==> ${words}\n`);
    work();
  }
}

if (import.meta.filename === process.argv[1]) {
  try {
    build(process.argv.length > 2 ? process.argv.slice(2) : undefined);
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
