// `make test`: every part in order, the runners' own output shown, and at the end a line per part with what it ran and how
// long it took. A part that runs no test fails: a suite that was not found must not look like one that passed.
//
//   node tests/tools/test.mjs              everything
//   node tests/tools/test.mjs edge         only some parts

import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./house/layout.mjs";

const deny = ["--", "-D", "warnings"];
const wasm = ["--target", "wasm32-unknown-unknown"];
const tool = ["--profile", "tool", "-p", "sekisho-bundler", "--features", "test-runner"];
const native = ["--workspace", "--exclude", "sekisho-bundler", "--features", "sekisho-edge/memory"];
const expand = { WASM_BINDGEN_USE_JS_SYS: "1" };
const inChromium = {
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: join(target, "tool/wasm-test-runner"),
  CHROMEDRIVER: "/usr/bin/chromedriver",
};

/** Node's runner over the test files of a folder. Without a file it would go looking for tests by itself. */
function nodeTest(folder) {
  const files = globSync(`tests/${folder}/**/*.test.mjs`, { cwd: root });
  return ["node", "--test", "--test-reporter=spec", ...(files.length > 0 ? files : [`tests/${folder}/no.test.mjs`])];
}

/** The parts: name, and the commands it consists of. `counts` reads from the output how many tests ran. */
const PARTS = [
  part("shape", ["node", "tests/tools/shape.mjs"]),
  part("format", ["cargo", "fmt", "--all", "--check"]),
  part(
    "lints",
    ["cargo", "clippy", ...native, "--all-targets", ...deny],
    ["cargo", "clippy", ...tool, "--all-targets", ...deny],
    ["cargo", "clippy", ...wasm, "-p", "sekisho-client", "--all-targets", ...deny],
    ["cargo", "clippy", ...wasm, "-p", "sekisho-client", "--all-targets", "--features", "matchers,manage", ...deny],
    // The form that is weighed beside them.
    ["cargo", "clippy", ...wasm, "-p", "sekisho-client", "--no-default-features", ...deny],
    { command: ["cargo", "clippy", ...wasm, "-p", "sekisho-edge", ...deny], env: expand },
    { command: ["cargo", "clippy", ...wasm, "-p", "sekisho-edge", "--features", "conformance", ...deny], env: expand },
  ),
  part("native tests", ["cargo", "test", ...native], ["cargo", "test", ...tool, "--bin", "sekisho-bundler"]).counting(rust),
  part(
    "browser core",
    ["cargo", "build", ...tool, "--bins"],
    { command: ["cargo", "test", ...wasm, "-p", "sekisho-client", "--tests"], env: inChromium },
    { command: ["cargo", "test", ...wasm, "-p", "sekisho-webauthn", "--test", "web_crypto"], env: inChromium },
  ).counting(rust),
  part("builds", ["node", "tests/tools/build.mjs", "conformance", "edge", "client", "package", "origin"]),
  part("budgets", ["cargo", "run", "-q", "--profile", "tool", "-p", "sekisho-bundler", "--", "budgets"]),
  part("edge over HTTP", nodeTest("edge")).counting(node),
  part("browser journeys", nodeTest("browser")).counting(node),
  part("package", nodeTest("package")).counting(node),
  part("attacks", nodeTest("attack")).counting(node),
  part("supply chain", ["node", "tests/tools/audit.mjs"], ["node", "tests/tools/sbom.mjs"]),
];

function part(name, ...commands) {
  const normal = commands.map((one) => (Array.isArray(one) ? { command: one } : one));
  return { name, commands: normal, counting: (counts) => ({ name, commands: normal, counts }) };
}

/** Tests that cargo's runners report. */
function rust(output) {
  return sum(output, /^test result: \w+\. (\d+) passed; \d+ failed/gm);
}

/** Tests that node's runner reports: those that passed, so that a suite of skipped tests counts for nothing. */
function node(output) {
  return sum(output, /^(?:ℹ|#) pass (\d+)$/gm);
}

function sum(output, pattern) {
  const escapes = /\u001b\[[0-9;]*m/g;
  return [...output.replace(escapes, "").matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

/** Runs one command, showing and keeping its output. */
function run({ command: [program, ...args], env = {} }) {
  process.stdout.write(`\n$ ${[program, ...args].join(" ")}\n`);
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (stream) => (chunk) => {
      output += chunk;
      stream.write(chunk);
    };
    child.stdout.on("data", keep(process.stdout));
    child.stderr.on("data", keep(process.stderr));
    child.on("error", (error) => resolve({ ok: false, output: `${program} could not be started: ${error.message}` }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/** Runs one part; its first failing command ends it. */
async function carryOut({ name, commands, counts }) {
  const started = performance.now();
  let ok = true;
  let output = "";
  for (const command of commands) {
    const result = await run(command);
    output += result.output;
    ok = result.ok;
    if (!ok) break;
  }
  const tests = counts?.(output);
  const seconds = Math.round((performance.now() - started) / 1000);
  const verdict = !ok ? "FAILED" : tests === 0 ? "RAN NO TEST" : "ok";
  return { name, verdict, tests, seconds };
}

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? PARTS : PARTS.filter(({ name }) => wanted.some((word) => name.includes(word)));
if (chosen.length === 0) {
  process.stderr.write(`no part is called ${wanted.join(" ")}; there are: ${PARTS.map((p) => p.name).join(", ")}\n`);
  process.exit(1);
}
const results = [];
for (const one of chosen) results.push(await carryOut(one));

process.stdout.write("\n");
for (const { name, verdict, tests, seconds } of results) {
  const count = tests === undefined ? "" : `${tests} tests`;
  process.stdout.write(`${name.padEnd(18)} ${verdict.padEnd(12)} ${count.padStart(10)} ${String(seconds).padStart(6)} s\n`);
}
const failed = results.filter(({ verdict }) => verdict !== "ok").length;
process.stdout.write(failed === 0 ? "every part passed\n" : `${failed} of ${results.length} parts did not pass\n`);
process.exitCode = failed === 0 ? 0 : 1;
