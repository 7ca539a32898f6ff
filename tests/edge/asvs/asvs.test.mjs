// .github/ASVS.md is held to the list of items, and every test it names to its existence.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../tools/house/layout.mjs";

const text = readFileSync(join(root, ".github/ASVS.md"), "utf8");
const rows = [...text.matchAll(/^\| (V\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \| (.+) \|$/gm)].map(
  ([, item, level, gist, state, where]) => ({ item, level, gist, state, where }),
);
/** The items of ASVS 5.0.0: how many each section of the three chapters has. */
const SECTIONS = {
  V3: [1, 3, 5, 8, 8, 1, 5], V6: [3, 12, 8, 6, 8, 4, 2, 4], V7: [3, 4, 2, 5, 3, 2],
};

test("every item stands there once, in order, with a state", () => {
  const wanted = Object.entries(SECTIONS).flatMap(([chapter, sections]) =>
    sections.flatMap((items, at) => Array.from({ length: items }, (_, item) => `${chapter}.${at + 1}.${item + 1}`)),
  );
  assert.deepEqual(rows.map(({ item }) => item), wanted);
  for (const { item, state, where } of rows) {
    assert.ok(["met", "by config", "n/a", "not met"].includes(state), `${item}: ${state}`);
    if (state === "met" || state === "by config") assert.match(where, /`[^`]+#[^`]+`|^above/, `${item} names no test`);
  }
});

test("every test that is named is there", () => {
  const named = [...text.matchAll(/`([\w./-]+\.(?:rs|mjs))#([^`]+)`/g)];
  assert.ok(named.length > 90, `only ${named.length} are named`);
  for (const [, file, name] of named) {
    assert.ok(existsSync(join(root, file)), `${file} is not there`);
    const source = readFileSync(join(root, file), "utf8");
    const declared = file.endsWith(".rs")
      ? new RegExp(`#\\[(?:\\w+::)*(?:test|wasm_bindgen_test)\\]\\n(?:#\\[.*\\]\\n)*(?:async )?fn ${name}\\(`).test(source)
      : new RegExp(`\\btest\\((?:"|\`[^\`\\n]*)${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}["\`],`).test(source);
    assert.ok(declared, `${file} has no test called ${name}`);
  }
});

const vectors = join(process.env.SEKISHO_PUBLIC_VECTORS ?? join(root, "../shared/vectors"), "asvs/asvs-5.0.0-v3-v6-v7.json");
test("items and levels are the standard's own", { skip: !existsSync(vectors) && "the public list is not there" }, () => {
  const list = JSON.parse(readFileSync(vectors, "utf8"));
  const own = (list.requirements ?? list).map(({ req_id: item, L: level }) => `${item} ${level}`);
  assert.deepEqual(rows.map(({ item, level }) => `${item} ${level}`), own);
});
