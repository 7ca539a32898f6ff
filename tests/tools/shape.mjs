// The size of rooms and the walls between them, held by a check: a file tells one thing in at most 400 lines, a folder
// has at most 9 files, and only two places may name the platform. A module's head `x.rs` beside its folder `x/` counts
// there, and a sibling that holds only tests counts with the file it tests.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { root } from "./house/layout.mjs";

const LINES = 400;
const FILES = 9;
const SOURCES = new Set([".rs", ".mjs", ".js", ".ts", ".css", ".html", ".sh", ".toml", ".py"]);

/** Who alone may name a crate in its sources. */
const WALLS = [
  { crate: /\bworker::/, allowed: /^edge\/src\/cloudflare\//, within: /^(edge|client)\/.*\.rs$/ },
  { crate: /\bweb_sys::/, allowed: /^(client\/src\/browser|edge\/src\/cloudflare)\//, within: /^(edge|client)\/.*\.rs$/ },
];

const complaints = [];
const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
const files = String(listed).split("\0").filter((file) => file && existsSync(join(root, file)));

const folders = new Map();
for (const file of files) {
  if (!SOURCES.has(extname(file))) continue;
  const folder = dirname(file);
  const head = file.endsWith(".rs") && existsSync(join(root, file.slice(0, -".rs".length)));
  const sibling = /(^|[/_])tests\.rs$/.test(file);
  // The top level is fixed by the design, a folder of data or pictures is as large as its data.
  if (folder !== "." && !head && !sibling) folders.set(folder, (folders.get(folder) ?? 0) + 1);
  const text = readFileSync(join(root, file), "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > LINES) complaints.push(`${file} has ${lines} lines, more than ${LINES}`);
  for (const { crate, allowed, within } of WALLS) {
    const found = within.test(file) && !allowed.test(file) && text.match(crate);
    if (found) complaints.push(`${file} names ${found[0]}, which belongs in ${allowed.source}`);
  }
}
for (const [folder, count] of folders) {
  if (count > FILES) complaints.push(`${folder} has ${count} source files, more than ${FILES}`);
}

for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
process.stdout.write(`${files.length} files, ${folders.size} folders, ${complaints.length} complaints\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
