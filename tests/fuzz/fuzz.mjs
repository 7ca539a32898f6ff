// `make fuzz`: every target for FUZZ_SECONDS (600 by default), coverage-guided, then a dated report in tests/reports/.
// FUZZ_ONLY names the targets to run, apart by commas. What a target finds lies in tests/fuzz/artifacts/.
//
// The instrumentation is LLVM's own and needs no nightly compiler. Before a fuzzer's silence counts, the passkey targets
// are built once more with a fault planted in each, and must find it.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keep, lay } from "./seeds.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const seconds = Number(process.env.FUZZ_SECONDS ?? 600);
const host = "x86_64-unknown-linux-gnu";
const flags = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
  "--cfg=fuzzing",
];

/** Builds every target and returns the folder of the programs. */
function build(target, extra = []) {
  const env = { ...process.env, RUSTFLAGS: [...flags, ...extra].join(" "), CARGO_TARGET_DIR: target };
  execFileSync("cargo", ["build", "--release", "--locked", "--target", host], { cwd: here, env, stdio: "inherit" });
  return join(target, host, "release");
}

function fuzz(program, folders, limit, artifacts) {
  mkdirSync(artifacts, { recursive: true });
  const run = spawnSync(
    program,
    [...folders, `-max_total_time=${limit}`, `-artifact_prefix=${artifacts}/`, "-print_final_stats=1", "-timeout=20", "-rss_limit_mb=2048", "-malloc_limit_mb=256"],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  return { ok: run.status === 0, status: run.status ?? run.signal, log: `${run.stdout}${run.stderr}` };
}

const sources = readdirSync(join(here, "targets"));
const only = process.env.FUZZ_ONLY?.split(",");
const names = sources.map((file) => file.replace(/\.rs$/, "")).filter((name) => !only || only.includes(name));
const planted = names.filter((name) => readFileSync(join(here, "targets", `${name}.rs`), "utf8").includes("cfg!(planted)"));
const failed = [];
const complain = (name, log) => {
  failed.push(name);
  process.stdout.write(`${log.split("\n").slice(-60).join("\n")}\n`);
};

const found = {};
if (planted.length > 0) {
  const programs = build(join(here, "target", "planted"), ["--cfg=planted"]);
  for (const name of planted) {
    const scratch = join(here, "target", "planted", "corpus", name);
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    const { log } = fuzz(join(programs, name), [scratch, lay(name)], 300, join(scratch, "../found"));
    const after = /stat::number_of_executed_units:\s*(\d+)/.exec(log)?.[1] ?? "?";
    const met = log.includes("the planted fault");
    found[name] = met ? `after ${after} runs` : "**not found**";
    process.stdout.write(`${name}: planted fault ${found[name]}\n`);
    if (!met) complain(name, log);
  }
}

const programs = build(join(here, "target"));
const rows = [];
for (const name of names) {
  const corpus = join(here, "corpus", name);
  mkdirSync(corpus, { recursive: true });
  const seeds = lay(name);
  const { ok, status, log } = fuzz(join(programs, name), [corpus, seeds], seconds, join(here, "artifacts", name));
  const last = [...log.matchAll(/^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)/gm)].at(-1) ?? [];
  const regions = /INFO: Loaded \d+ PC tables \((\d+) PCs\)/.exec(log)?.[1] ?? "?";
  const runs = /stat::number_of_executed_units:\s*(\d+)/.exec(log)?.[1] ?? last[1] ?? "0";
  const smallest = join(here, "target", "smallest", name);
  rmSync(smallest, { recursive: true, force: true });
  mkdirSync(smallest, { recursive: true });
  execFileSync(join(programs, name), ["-merge=1", smallest, seeds, corpus], { stdio: "ignore" });
  const inputs = keep(name, smallest);
  rows.push(`| ${name} | ${runs} | ${last[2] ?? "?"} of ${regions} | ${inputs} | ${found[name] ?? "none planted"} | ${ok ? "none" : `**exit ${status}**`} |`);
  process.stdout.write(`${rows.at(-1)}\n`);
  if (!ok) complain(name, log);
}

const now = new Date().toISOString();
const report = join(here, "../reports", `${now.slice(0, 10)}-fuzz.md`);
mkdirSync(join(here, "../reports"), { recursive: true });
const head = `# Fuzzing, ${now.slice(0, 16)}Z\n\n${seconds} s a target. Edges are LLVM's, over the target and everything it links.\n\n`;
const columns = "| target | runs | edges covered | inputs kept | the fault planted in it | findings |\n|---|---|---|---|---|---|\n";
writeFileSync(report, `${head}${columns}${rows.join("\n")}\n`);
const bad = new Set(failed).size;
process.stdout.write(`\n${names.length - bad} passed, ${bad} failed\n`);
process.exitCode = bad === 0 ? 0 : 1;
