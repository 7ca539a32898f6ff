// `make soak`: customers open accounts, log in and log out while workerd is killed at random, as a power cut would. What
// was acknowledged must be there afterwards, and nothing may be half made. Writes a dated report into tests/reports/.
//
//   CUSTOMERS=50 SEED=1   how many customers; the seed of the moments of the kills (default: today's)

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { artefact, root } from "../tools/house/layout.mjs";
import { random } from "../tools/house/random.mjs";
import { startStack } from "../tools/stack.mjs";
import { Customer } from "./customer.mjs";
import { verify } from "./ledger.mjs";

const count = Number(process.env.CUSTOMERS || 50);
const seed = Number(process.env.SEED || Math.floor(Date.now() / 86_400_000));

const stack = await startStack({ seed: false });
const figures = { kills: 0, cut: 0, opened: 0, logins: 0, logouts: 0 };
let working = true;
let up = Promise.resolve();

/** Kills the worker at random moments and starts it again over what is on the disk. */
async function killer() {
  const draw = random(seed);
  while (working) {
    await pause(150 + draw() * 1_500);
    let lift;
    up = new Promise((resolve) => (lift = resolve));
    await stack.killWorker();
    figures.kills += 1;
    await stack.startWorker();
    lift();
  }
}

/** Tries until the worker has answered; a cut connection acknowledged nothing. */
async function acknowledged(step) {
  for (let tries = 0; tries < 100; tries += 1) {
    await up;
    try {
      return await step();
    } catch (error) {
      // fetch's own word for a connection that was cut or refused; an answer with a wrong status is a finding.
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      figures.cut += 1;
    }
  }
  throw new Error("cut off a hundred times in a row");
}

/** One customer's day; what was acknowledged is kept in the customer. */
async function day(index) {
  const customer = new Customer(stack.url, index);
  await acknowledged(() => customer.open());
  figures.opened += 1;
  customer.sessions = [];
  customer.acknowledgedLogins = 0;
  for (let visit = 0; visit < 2; visit += 1) {
    const cookie = await acknowledged(() => customer.login());
    customer.acknowledgedLogins += 1;
    figures.logins += 1;
    customer.sessions.push({ cookie, live: true });
  }
  const [ended] = customer.sessions;
  const { status } = await acknowledged(() => customer.call("logout", {}, ended.cookie));
  if (status === 200) {
    ended.live = false;
    figures.logouts += 1;
  }
  return customer;
}

const customers = [];
const findings = [];
const queue = Array.from({ length: count }, (_, index) => index + 1);
const killing = killer();
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      try {
        customers.push(await day(index));
      } catch (error) {
        findings.push(`customer ${index}: ${error.message}`);
      }
    }
  }),
);
working = false;
await killing;
await stack.killWorker();
figures.kills += 1;
await stack.startWorker();
findings.push(...(await verify(stack, customers)));
if (figures.kills < 5) findings.push(`only ${figures.kills} kills: the run was too short to prove anything`);
if (customers.length < count) findings.push(`only ${customers.length} of ${count} customers got through`);
const logs = stack.logs();
await stack.stop();

const today = new Date().toISOString().slice(0, 10);
const report = `# Killed at random, ${today}

${count} customers, each opening an account, logging in twice and logging out once, four at a time, while plain workerd
(objects on the local disk) was ended with SIGKILL at random moments and started again. Seed ${seed}, ${cpus().length} cores.

| what | how often |
|---|---|
| kills | ${figures.kills} |
| answers cut off by a kill | ${figures.cut} |
| openings acknowledged | ${figures.opened} |
| logins acknowledged | ${figures.logins} |
| logouts acknowledged | ${figures.logouts} |

Afterwards, for each customer: the password opens the account, the person's name is the one given, the history holds every
acknowledged login, sessions not logged out are live and the logged-out one is not. Every account that was made, also by an
opening whose answer was cut off, has told the origin once and has sent its letter once.

${findings.length === 0 ? "Nothing acknowledged was lost and nothing was half made." : `Findings:\n\n${findings.map((f) => `- ${f}`).join("\n")}`}
`;
const folder = join(root, "tests/reports");
mkdirSync(folder, { recursive: true });
const file = join(folder, `${today}-kill.md`);
writeFileSync(file, report);
process.stdout.write(`${report}\n${file} (worker: ${artefact("edge")})\n`);
if (findings.length > 0) process.stderr.write(`${logs.slice(-4000)}\n`);
process.exit(findings.length === 0 ? 0 : 1);
