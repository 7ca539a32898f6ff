// `make sbom`: what each artefact is built of, as CycloneDX lists in target/sbom: the worker and the package's core from
// Cargo.lock, as their wasm target has it, and what builds and tests them from package-lock.json.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./house/layout.mjs";

const folder = join(target, "sbom");

function run(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/** The list of a crate, which the tool lays beside its manifest. */
function crate(name, manifest) {
  const args = ["cyclonedx", "--manifest-path", manifest, "--format", "json", "--spec-version", "1.5", "--target", "wasm32-unknown-unknown"];
  run("cargo", [...args, "--override-filename", name]);
  // It writes one for every member of the workspace; the others are dependencies of these two, or never leave this machine.
  const members = JSON.parse(run("cargo", ["metadata", "--no-deps", "--offline", "--format-version", "1"])).packages;
  for (const { manifest_path } of members) {
    const written = join(manifest_path, "..", `${name}.json`);
    if (manifest_path === join(root, manifest)) renameSync(written, join(folder, `${name}.cdx.json`));
    else rmSync(written, { force: true });
  }
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
if (spawnSync("cargo", ["cyclonedx", "--version"]).status !== 0) {
  process.stderr.write("cargo-cyclonedx is missing: cargo install --locked cargo-cyclonedx@0.5.9\n");
  process.exit(1);
}
crate("sekisho-edge", "edge/Cargo.toml");
crate("sekisho-client", "client/Cargo.toml");
writeFileSync(join(folder, "tools.cdx.json"), run("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], join(root, "tests")));
for (const name of ["sekisho-edge", "sekisho-client", "tools"]) {
  const { components } = JSON.parse(readFileSync(join(folder, `${name}.cdx.json`), "utf8"));
  process.stdout.write(`${join(folder, name)}.cdx.json: ${components.length} components\n`);
}
