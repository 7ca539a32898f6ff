// The types as a strict TypeScript project meets them, resolved through the package's exports.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { bin } from "../tools/house/layout.mjs";
import { Projects } from "./projects.mjs";

const projects = new Projects();
after(() => projects.forget());

test("what the types promise compiles, and what they forbid does not", () => {
  const project = projects.make("types", ["types.tsx"], { "@types/react": "@types/react", csstype: "csstype" });
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--jsx", "react", "--lib", "es2022,dom,dom.iterable", "--types", ""];
  const { status, stdout } = spawnSync(join(bin, "tsc"), [...flags, "types.tsx"], { cwd: project, encoding: "utf8" });
  assert.equal(stdout.trim(), "");
  assert.equal(status, 0);
});
