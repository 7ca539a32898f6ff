// Customers open accounts, log in, log out and change their password while workerd is killed, as a power cut would. What was
// acknowledged must be there afterwards, and nothing may be half made.
//
// Every other kill comes at random. The others are aimed: they follow a request of a kind after a part of the time that such
// a request takes, and the parts sweep all of it, so that they fall between any two awaits of it.

import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { random } from "../../tools/house/random.mjs";
import { startStack } from "../../tools/stack.mjs";
import { Customer } from "../customer.mjs";
import { verify } from "./ledger.mjs";

/** The requests at which kills are aimed, in turn. */
const AIMS = ["open", "login", "logout", "password/change"];
const AT_A_TIME = 4;

/**
 * Runs until there were so many kills.
 *
 * @param {{kills: number, seed: number}} options
 * @returns {Promise<{findings: string[], report: string}>} what is wrong, and the report's text
 */
export async function soakKills({ kills, seed }) {
  const stack = await startStack({ seed: false });
  const figures = { kills: 0, aimed: 0, cut: 0, open: 0, login: 0, logout: 0, "password/change": 0 };
  const took = Object.fromEntries(AIMS.map((name) => [name, 60]));
  const watchers = new Set();
  let working = true;
  let up = Promise.resolve();

  /** Resolves when a request of that kind begins. */
  const begun = (kind) =>
    new Promise((resolve) => {
      const watch = (name) => {
        if (name !== kind) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
    });

  async function killer() {
    const draw = random(seed);
    for (; figures.kills < kills; figures.kills += 1) {
      const aimed = figures.kills % 2 === 1;
      await pause(150 + draw() * (aimed ? 350 : 1_500));
      if (aimed) {
        const at = (figures.kills - 1) / 2;
        const kind = AIMS[at % AIMS.length];
        await Promise.race([begun(kind), pause(10_000)]);
        await pause(took[kind] * ((Math.floor(at / AIMS.length) + 0.5) / Math.ceil(kills / 2 / AIMS.length)));
        figures.aimed += 1;
      }
      let lift;
      up = new Promise((resolve) => (lift = resolve));
      await stack.killWorker();
      await stack.startWorker();
      lift();
    }
    working = false;
  }

  /** Tries until the worker has answered; a cut connection acknowledged nothing. */
  async function acknowledged(kind, step) {
    for (let tries = 0; tries < 100; tries += 1) {
      await up;
      try {
        const started = performance.now();
        for (const watch of watchers) watch(kind);
        const answer = await step();
        took[kind] = 0.8 * took[kind] + 0.2 * (performance.now() - started);
        figures[kind] += 1;
        return answer;
      } catch (error) {
        // fetch's own word for a connection that was cut or refused; an answer with a wrong status is a finding.
        if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
        figures.cut += 1;
      }
    }
    throw new Error("cut off a hundred times in a row");
  }

  /** Sets another password. Where the answer was cut off, only a login tells which one is in force. */
  async function change(customer, session) {
    const [old, next] = [customer.password, `Kaze-${customer.number.slice(-4)}-to-Umi`.slice(0, 16)];
    let cookie = session.cookie;
    await acknowledged("password/change", async () => {
      const { status, body } = await customer.call("password/change", { current: old, password: next }, cookie);
      if (status === 200) {
        cookie = customer.cookie;
      } else {
        // An answer was lost: the session went on under an id that never arrived.
        const told = status === 401 || (status === 422 && body.code === "password_wrong");
        if (!told) throw new Error(`password change: ${status} ${JSON.stringify(body)}`);
        customer.password = next;
        cookie = await customer.login();
        customer.acknowledgedLogins += 1;
      }
    });
    customer.password = next;
    customer.former = old;
    // Every other session has ended.
    for (const other of customer.sessions) other.live = false;
    customer.sessions.push({ cookie, live: true });
  }

  /** One customer's day; what was acknowledged is kept in the customer. */
  async function day(index) {
    const customer = new Customer(stack.url, index);
    await acknowledged("open", () => customer.open());
    customer.sessions = [];
    customer.acknowledgedLogins = 0;
    for (let visit = 0; visit < 2; visit += 1) {
      const cookie = await acknowledged("login", () => customer.login());
      customer.acknowledgedLogins += 1;
      customer.sessions.push({ cookie, live: true });
    }
    const [ended, kept] = customer.sessions;
    const { status } = await acknowledged("logout", () => customer.call("logout", {}, ended.cookie));
    if (status === 200) ended.live = false;
    if (index % 2 === 0) await change(customer, kept);
    return customer;
  }

  const customers = [];
  const findings = [];
  const killing = killer();
  let index = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (working) {
        index += 1;
        const mine = index;
        try {
          customers.push(await day(mine));
        } catch (error) {
          findings.push(`customer ${mine}: ${error.message}`);
        }
      }
    }),
  );
  await killing;
  await stack.killWorker();
  await stack.startWorker();
  findings.push(...(await verify(stack, customers)));
  if (customers.length < kills / 10) findings.push(`only ${customers.length} customers got through`);
  const logs = findings.length > 0 ? stack.logs().slice(-4000) : "";
  await stack.stop();
  if (logs) process.stderr.write(`${logs}\n`);

  const report = `## Killed under load

${customers.length} customers, each opening an account, logging in twice, logging out once and every other one changing the password, ${AT_A_TIME} at a
time, while plain workerd (objects on the local disk) was ended with SIGKILL and started again. Half of the kills were aimed:
they fell into ${AIMS.join(", ")} after a part of the time that such a request takes, sweeping all of it. What else
awaits is killed at every await by the store's conformance suite, in \`make test\`. Seed ${seed}, ${cpus().length} cores.

| what | how often |
|---|---|
| kills | ${figures.kills + 1} |
| of them aimed into a request | ${figures.aimed} |
| answers cut off by a kill | ${figures.cut} |
| openings acknowledged | ${figures.open} |
| logins acknowledged | ${figures.login} |
| logouts acknowledged | ${figures.logout} |
| changes of a password acknowledged | ${figures["password/change"]} |

Afterwards, for each customer: the password last set opens the account and the one before does not, the person's name is the
one given, the history holds every acknowledged login, sessions not ended are live and the ended ones are not. Every account
that was made, also by an opening whose answer was cut off, has told the origin once and has sent its letter once.
${findings.length === 0 ? "Nothing acknowledged was lost and nothing was half made." : `\nFindings:\n\n${findings.map((f) => `- ${f}`).join("\n")}`}
`;
  return { findings, report };
}
