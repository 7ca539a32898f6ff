// `make soak`: half an hour of traffic and the worker's memory over it; a hundred kills under load; the time of failed logins.
// Writes a dated report into tests/reports/.
//
//   MINUTES=30 KILLS=100 ROUNDS=500   how long, how many; 0 leaves a part out
//   SEED=1                            what is drawn (default: today's)

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { artefact, root } from "../../tools/house/layout.mjs";
import { soakKills } from "./kills.mjs";
import { soakMemory } from "./memory.mjs";
import { soakTiming } from "./timing.mjs";

const number = (name, fallback) => Number(process.env[name] || fallback);
const seed = number("SEED", Math.floor(Date.now() / 86_400_000));
const parts = [
  [number("ROUNDS", 500), (rounds) => soakTiming({ rounds, seed })],
  [number("KILLS", 100), (kills) => soakKills({ kills, seed })],
  [number("MINUTES", 30), (minutes) => soakMemory({ minutes, seed })],
].filter(([much]) => much > 0);

const findings = [];
const today = new Date().toISOString().slice(0, 10);
let report = `# Soak, ${today}\n`;
const folder = join(root, "tests/reports");
mkdirSync(folder, { recursive: true });
const file = join(folder, `${today}-soak.md`);
for (const [much, soak] of parts) {
  const part = await soak(much);
  findings.push(...part.findings);
  report += `\n${part.report}`;
  writeFileSync(file, report);
  process.stdout.write(`${part.report}\n`);
}
process.stdout.write(`${file} (worker: ${artefact("edge")})\n`);
for (const finding of findings) process.stderr.write(`${finding}\n`);
process.exit(findings.length === 0 ? 0 : 1);
