// `make fuzz`: every target for FUZZ_SECONDS (600 by default), coverage-guided, then a dated report in tests/reports/.
// The instrumentation is LLVM's own and needs no nightly compiler. What a target finds lies in tests/fuzz/artifacts/.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const seconds = Number(process.env.FUZZ_SECONDS ?? 600);
const target = "x86_64-unknown-linux-gnu";
const flags = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
  "--cfg=fuzzing",
];

const environment = { ...process.env, RUSTFLAGS: flags.join(" "), CARGO_TARGET_DIR: join(here, "target") };
execFileSync("cargo", ["build", "--release", "--locked", "--target", target], { cwd: here, env: environment, stdio: "inherit" });

const names = readdirSync(join(here, "targets")).map((file) => file.replace(/\.rs$/, ""));
const rows = [];
let found = 0;
for (const name of names) {
  const corpus = join(here, "corpus", name);
  const seeds = join(here, "seeds", name);
  const artifacts = join(here, "artifacts", name);
  for (const folder of [corpus, artifacts]) mkdirSync(folder, { recursive: true });
  const run = spawnSync(
    join(here, "target", target, "release", name),
    [corpus, seeds, `-max_total_time=${seconds}`, `-artifact_prefix=${artifacts}/`, "-print_final_stats=1", "-timeout=20", "-rss_limit_mb=2048"],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const log = `${run.stdout}${run.stderr}`;
  const last = [...log.matchAll(/^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)/gm)].at(-1) ?? [];
  const regions = /INFO: Loaded \d+ PC tables \((\d+) PCs\)/.exec(log)?.[1] ?? "?";
  const runs = /stat::number_of_executed_units:\s*(\d+)/.exec(log)?.[1] ?? last[1] ?? "0";
  const ok = run.status === 0;
  if (!ok) found += 1;
  rows.push(`| ${name} | ${runs} | ${last[2] ?? "?"} of ${regions} | ${ok ? "none" : `**exit ${run.status}**`} |`);
  process.stdout.write(`${rows.at(-1)}\n`);
  if (!ok) process.stdout.write(`${log.split("\n").slice(-60).join("\n")}\n`);
}

const now = new Date().toISOString();
const report = join(here, "../reports", `${now.slice(0, 10)}-fuzz.md`);
mkdirSync(join(here, "../reports"), { recursive: true });
const head = `# Fuzzing, ${now.slice(0, 16)}Z\n\n${seconds} s a target. Edges are LLVM's, over the target and everything it links.\n\n`;
writeFileSync(report, `${head}| target | runs | edges covered | findings |\n|---|---|---|---|\n${rows.join("\n")}\n`);
process.stdout.write(`\n${names.length - found} passed, ${found} failed\n`);
process.exitCode = found === 0 ? 0 : 1;
