// A hundred sessions are ended at once while requests flow under them as fast as twelve connections go, each with the newest cookie
// that the gate has handed out: half of them by themselves, a quarter by another device of their customer's, a quarter by the broker's
// staff. The origin's own log judges: nothing of a session arrives later than a lease after its end was acknowledged.

import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PASSWORD, Visitor, customer, send } from "../visitor.mjs";
import { startWorker } from "../worker.mjs";

const [SESSIONS, ACCOUNTS, LEASE, LOOPS] = [100, 4, 5_000, 12];
/** Requests a second, let through until the last end, below which it shows nothing of a gate under load. */
const RATE = 1_000;

/** An origin that notes when a request of which session arrived, by the number in its path. */
async function startOrigin() {
  const arrivals = [];
  const server = http.createServer((request, response) => {
    const [, session] = request.url.match(/^\/home\/(\d+)$/) ?? [];
    if (session !== undefined) arrivals.push({ session: Number(session), at: performance.now() });
    request.resume().on("end", () => response.writeHead(request.method === "POST" ? 202 : 200, { "content-length": 2 }).end("{}"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  return { arrivals, stop, url: `http://127.0.0.1:${server.address().port}` };
}

test("a session that was ended is served no longer than its lease", async (context) => {
  const origin = await startOrigin();
  const worker = await startWorker(origin.url, {
    config: (toml) =>
      toml
        .replace('lease = "60s"', `lease = "${LEASE}ms"`)
        .replace(/^limit = 10( +# live)/m, "limit = 100$1")
        .replace("memory = 19456", "memory = 7168")
        .replace("passes = 2", "passes = 1"),
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: LOOPS });
  try {
    const owners = await Promise.all(Array.from({ length: ACCOUNTS }, () => customer(worker.url)));
    const sessions = [];
    while (sessions.length < SESSIONS) {
      const more = owners.map(async ({ number }) => {
        const visitor = new Visitor(worker.url);
        const login = await visitor.post("/.sekisho/login", { id: number, password: PASSWORD });
        assert.equal(login.status, 200, login.text);
        return visitor;
      });
      sessions.push(...(await Promise.all(more)));
    }

    let [flowing, next] = [true, 0];
    const counts = {};
    const served = [];
    const ride = async () => {
      while (flowing) {
        const index = (next += 1) % SESSIONS;
        const visitor = sessions[index];
        const headers = { cookie: `__Host-sekisho=${visitor.carried ?? visitor.cookie}`, "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin" };
        const { status, cookies } = await send(worker.url, { path: `/home/${index}`, headers, agent });
        counts[status] = (counts[status] ?? 0) + 1;
        if (status === 200) served.push(performance.now());
        for (const line of cookies) visitor.carried = line.match(/^__Host-sekisho=([^;]*)/)[1];
      }
    };
    const started = performance.now();
    const riding = Promise.all(Array.from({ length: LOOPS }, ride));
    // What is waited for is the time itself; a request that fails ends the waiting.
    const passed = (until) => Promise.race([riding, pause(until - performance.now())]);
    // Until leases have been renewed under load, so that cookies of every age are about.
    await passed(started + LEASE + 1_000);
    const end = async (path, headers, body = {}) => {
      const all = { "sec-fetch-site": "same-origin", "content-type": "application/json", ...headers };
      const { status, text } = await send(worker.url, { method: "POST", path, headers: all, body: JSON.stringify(body) });
      assert.equal(status, 200, `${path}: ${text}`);
      return performance.now();
    };
    // Each account's sessions come in turn: the first one's are ended by staff, the second one's by its customer at another device.
    const [byStaff, byOwner] = [
      end("/.sekisho/ops/sessions/end", { authorization: `Bearer ${worker.secrets.SEKISHO_OPS_TOKEN}` }, { name: owners[0].number }),
      end("/.sekisho/sessions/end", { cookie: `__Host-sekisho=${owners[1].cookie}` }),
    ];
    const itself = ({ carried }) => end("/.sekisho/logout", { cookie: `__Host-sekisho=${carried}` });
    const ends = await Promise.all(sessions.map((visitor, index) => [byStaff, byOwner][index % ACCOUNTS] ?? itself(visitor)));
    const last = Math.max(...ends);
    await passed(last + LEASE + 1_500);
    flowing = false;
    await riding;

    const late = origin.arrivals.map(({ session, at }) => at - ends[session]);
    const rate = (served.filter((at) => at <= last).length * 1_000) / (last - started);
    context.diagnostic(`${Math.round(rate)} requests/s let through until the last end; answers ${JSON.stringify(counts)}; the last one served ${Math.round(Math.max(...late))} ms after its end`);
    assert.ok(rate >= RATE, `void: ${Math.round(rate)} requests/s were let through, and ${RATE} are claimed; is the machine busy with something else?`);
    assert.ok(Math.max(...late) < LEASE, `a request was served ${Math.max(...late)} ms after its session's end was acknowledged`);
    assert.ok(counts[200] > SESSIONS * 20 && counts[401] > SESSIONS * 5, JSON.stringify(counts));
    assert.deepEqual(Object.keys(counts), ["200", "401"]);
    assert.equal(new Set(origin.arrivals.map(({ session }) => session)).size, SESSIONS);
  } finally {
    agent.destroy();
    await worker.stop();
    await origin.stop();
  }
});
