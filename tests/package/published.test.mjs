// What lies in the tarball, and whether what the package tells of itself is so.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../tools/house/layout.mjs";
import { Projects } from "./projects.mjs";

const projects = new Projects();
after(() => projects.forget());
const folder = join(projects.make("published", []), "node_modules/sekisho");
const text = (file) => readFileSync(join(folder, file), "utf8");
const about = JSON.parse(text("package.json"));

test("every file that the exports name is there, and nothing is needed besides", () => {
  const named = Object.values(about.exports).flatMap((one) => (typeof one === "string" ? [one] : Object.values(one)));
  for (const file of named) assert.ok(existsSync(join(folder, file)), file);
  assert.equal(about.dependencies, undefined);
});

test("integrity.json has the digest of each file that a page may load", () => {
  const digests = JSON.parse(text("dist/integrity.json"));
  const loaded = about.files.filter((file) => /\.(js|wasm|bin)$/.test(file));
  assert.deepEqual(Object.keys(digests).sort(), loaded.sort());
  for (const [file, digest] of Object.entries(digests)) {
    assert.equal(digest, `sha384-${createHash("sha384").update(readFileSync(join(folder, file))).digest("base64")}`, file);
  }
});

test("the table of error codes is the types' list, and that one holds the edge's and the package's own", () => {
  const types = text("index.d.ts");
  const union = types.slice(types.indexOf("export type ErrorCode")).match(/^[^;]*;/)[0];
  const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
  const table = text("README.md").match(/## Errors\n[^]*?\n## /)[0];
  assert.deepEqual([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code), codes);
  const edge = readFileSync(join(root, "edge/rules/src/refusal.rs"), "utf8");
  const own = [...readFileSync(join(root, "pkg/src/error.js"), "utf8").matchAll(/^  (\w+): "/gm)].map(([, code]) => code);
  const all = [...edge.matchAll(/\(\s*"(\w+)",\s*\d{3},/g)].map(([, code]) => code);
  assert.deepEqual([...new Set([...all, ...own, "not_ready"])].sort(), codes.toSorted());
});

test("strings.d.ts names every text of the elements with the words that are said", () => {
  const source = readFileSync(join(root, "client/src/wording.rs"), "utf8").split("#[cfg(test)]")[0];
  const texts = [...source.matchAll(/^    (\w+): "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)";/gm)].map(([, name, ja, en]) => [name, `${ja} / ${en}`.replaceAll('\\"', '"')]);
  const named = [...text("strings.d.ts").matchAll(/\/\*\* (.*) \*\/\n  (\w+)\?: string;/g)].map(([, words, name]) => [name, words]);
  assert.ok(texts.length > 80);
  assert.deepEqual(named.map(([name]) => name), [...texts.map(([name]) => name), "NoBoard"]);
  for (const [at, [name, words]] of texts.entries()) assert.ok(named[at][1].endsWith(words), name);
});
