// Known holes and licences of what we build on: `cargo deny` and `npm audit`, where the tool and the network are there.
// Where they are not, one line says so; a hole that was found fails.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./house/layout.mjs";

const say = (line) => process.stdout.write(`${line}\n`);
const run = (command, args, cwd = root) => spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });

function npm() {
  const { stdout } = run("npm", ["audit", "--json", "--omit=dev"], join(root, "tests"));
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    report = {};
  }
  if (!report.metadata) {
    say("npm audit: not run, the registry gave no report");
    return true;
  }
  const { high = 0, critical = 0, total = 0 } = report.metadata.vulnerabilities;
  say(`npm audit: ${total} known holes, ${high} high, ${critical} critical`);
  for (const [name, hole] of Object.entries(report.vulnerabilities)) say(`  ${name}: ${hole.severity} (${hole.range})`);
  return high + critical === 0;
}

function cargo() {
  if (run("cargo", ["deny", "--version"]).status !== 0) {
    say("cargo deny: not run, it is not installed (cargo install --locked cargo-deny)");
    return true;
  }
  const offline = run("cargo", ["deny", "--config", ".deny.toml", "check", "bans", "licenses", "sources"]);
  say(offline.stderr.trim());
  const advisories = run("cargo", ["deny", "--config", ".deny.toml", "check", "advisories"]);
  if (/failed to fetch advisory database/.test(advisories.stderr)) {
    say("cargo deny check advisories: not run, the advisory database cannot be fetched from here");
    return offline.status === 0;
  }
  say(advisories.stderr.trim());
  return offline.status === 0 && advisories.status === 0;
}

const [crates, packages] = [cargo(), npm()];
process.exitCode = crates && packages ? 0 : 1;
