// Builds what the tools start: `node build.mjs [step ...]`, all steps but `conformance` by default.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assets, root } from "./house/layout.mjs";

const bundler = ["run", "-q", "--profile", "tool", "-p", "sekisho-bundler", "--"];

/** What of the package a page may load. */
const LOADED = ["index.js", "react.js", "dist/sekisho.js", "dist/sekisho_bg.wasm", "dist/sekisho_rules_bg.wasm", "dist/passwords.bin"];

/** The steps by name: what a person is told, and what is done. */
const STEPS = {
  // Before `edge`, so that what lies in cargo's cache afterwards is the worker itself.
  conformance: ["the store's conformance worker", () => run("cargo", [...bundler, "edge", "--features", "conformance"])],
  edge: ["the edge worker", () => run("cargo", [...bundler, "edge"])],
  client: ["the browser package's core", client],
  package: ["the npm package", pack],
  origin: ["the demo broker's origin", () => run("cargo", ["build", "-p", "sekisho-www"])],
};

/** Runs a program in the repository with its output shown. */
function run(command, args, cwd = root) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw new Error(`${command} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`);
}

/** Builds pkg/dist, and names beside it the digest of every file that a page may load. */
function client() {
  run("cargo", [...bundler, "client"]);
  const digest = (file) => `sha384-${createHash("sha384").update(readFileSync(join(root, "pkg", file))).digest("base64")}`;
  writeFileSync(join(root, "pkg/dist/integrity.json"), `${JSON.stringify(Object.fromEntries(LOADED.map((file) => [file, digest(file)])), null, 2)}\n`);
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
