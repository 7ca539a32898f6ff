// `make sbom`: what each artefact is built of, as CycloneDX lists in target/sbom: the worker and the package's core as their wasm target
// has them and the demo's origin, by Cargo.lock, and what builds and tests them, by package-lock.json. Each is held to the
// format's own schema, and a crate without a licence or, where it comes from the registry, without a digest fails.

import { Enums, Models, Serialize, Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { root, target } from "./house/layout.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const CRATES = { "sekisho-edge": WASM, "sekisho-client": WASM, "sekisho-www": [] };

const folder = join(target, "sbom");
const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));

function run(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}

const key = ({ name, version }) => `${name} ${version}`;
// Of these platforms alone: of others a build has fetched nothing.
const [, host] = run("rustc", ["-vV"]).match(/^host: (.*)$/m);
const platforms = ["wasm32-unknown-unknown", host].flatMap((platform) => ["--filter-platform", platform]);
const metadata = JSON.parse(run("cargo", ["metadata", "--locked", "--format-version", "1", ...platforms]));
const described = new Map(metadata.packages.map((one) => [key(one), one]));
const digests = new Map(parse(readFileSync(join(root, "Cargo.lock"), "utf8")).package.map((one) => [key(one), one.checksum]));

/** One crate as a component. */
function component(of, type = Enums.ComponentType.Library) {
  const { name, version, license, source } = described.get(of);
  if (!license) throw new Error(`${of} tells no licence`);
  if (source && !digests.get(of)) throw new Error(`${of} has no digest in Cargo.lock`);
  const purl = `pkg:cargo/${name}@${version}`;
  const made = new Models.Component(type, name, { version, purl, bomRef: purl });
  // Before SPDX had its OR, crates wrote a slash.
  made.licenses.add(new Models.LicenseExpression(license.replaceAll("/", " OR ")));
  if (source) made.hashes.set(Enums.HashAlgorithm["SHA-256"], digests.get(of));
  return made;
}

/** The list of a crate: all that is compiled for its target, or runs while it is. */
function crate(name, target) {
  const tree = run("cargo", ["tree", "--locked", "-p", name, ...target, "-e", "normal,build", "--prefix", "none", "-f", "{p}"]);
  const built = new Map(tree.trim().split("\n").filter(Boolean).map((line) => {
    const [, crate, version] = line.match(/^(\S+) v(\S+)/);
    return [`${crate} ${version}`, undefined];
  }));
  const [head] = built.keys();
  for (const of of built.keys()) built.set(of, component(of, of === head ? Enums.ComponentType.Application : undefined));
  const ids = new Map(metadata.packages.map((one) => [one.id, key(one)]));
  for (const { id, deps } of metadata.resolve.nodes) {
    for (const { pkg } of deps) {
      const to = built.get(ids.get(pkg));
      if (to) built.get(ids.get(id))?.dependencies.add(to.bomRef);
    }
  }
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: built.get(head) }) });
  for (const [of, one] of built) if (of !== head) bom.components.add(one);
  return serializer.serialize(bom, { sortLists: true, space: 1 });
}

/** Writes a list that its schema holds good. */
async function write(name, text) {
  const { specVersion, components } = JSON.parse(text);
  const faults = await new Validation.JsonStrictValidator(specVersion).validate(text);
  if (faults) throw new Error(`${name}: ${JSON.stringify(faults)}`);
  if (!components?.length) throw new Error(`${name} lists nothing`);
  writeFileSync(join(folder, `${name}.cdx.json`), text);
  process.stdout.write(`${join(folder, name)}.cdx.json: ${components.length} components\n`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, target] of Object.entries(CRATES)) await write(name, crate(name, target));
await write("tools", run("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], join(root, "tests")));
