// What bounds a session over the real store: an absolute end that no request puts off, a number of sessions, staff's word.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const END = 600_000;

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) =>
    toml
      .replace('timeout = "180m"', `timeout = "${END}ms"`)
      .replace('renewal_window = "5m"', `renewal_window = "${END - 1}ms"`)
      .replace('absolute = "24h"', `absolute = "${END}ms"`)
      .replace(/^limit = 10( +# live)/m, "limit = 2$1");
  worker = await startWorker(origin.url, { config });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const remaining = ({ headers }) => Number(headers["sekisho-session"].match(/^remaining=(\d+), /)[1]);

/** The same account on another device. */
async function elsewhere({ number }) {
  const other = new Visitor(worker.url);
  assert.equal((await other.post("/.sekisho/login", { id: number, password: PASSWORD })).status, 200);
  return other;
}

test("inside the window a request asks the account, and the absolute end stays where it is", async () => {
  const visitor = await customer(worker.url);
  const first = remaining(await visitor.navigate("/home"));
  const end = Date.now() + first;
  for (let left = first; left > first - 40; left = remaining(await visitor.navigate("/home"))) {
    assert.ok(left <= first && left <= END, `${left} after ${first}`);
  }
  const extended = await visitor.post("/.sekisho/session/extend", {});
  assert.ok(extended.json.remaining_ms < first, "the extension put the absolute end off");
  assert.ok(Math.abs(Date.now() + extended.json.remaining_ms - end) < 1_000);
});

test("a third session ends the first; the list and the history tell", async () => {
  const first = await customer(worker.url);
  const second = await elsewhere(first);
  const third = await elsewhere(first);
  assert.equal((await first.get("/home")).json.code, "no_session");
  assert.equal((await second.get("/home")).status, 200);
  const { sessions, limit, at_limit: policy } = (await third.get("/.sekisho/sessions")).json;
  assert.deepEqual([sessions.length, limit, policy], [2, 2, "oldest"]);
  const { entries } = (await third.get("/.sekisho/history")).json;
  assert.equal(entries.filter(({ method, outcome }) => method === "session_limit" && outcome === "ended").length, 1);
});

test("all: every device is logged out at once, this one too and its cookie with it; a stranger's goes on", async () => {
  const here = await customer(worker.url);
  const there = await elsewhere(here);
  const bystander = await customer(worker.url);
  const copied = here.cookie;
  const forged = await here.post("/.sekisho/sessions/end", { id: "all" }, { "sec-fetch-site": "cross-site", origin: "https://evil.example" });
  assert.deepEqual([forged.status, forged.json.code], [403, "cross_site"]);
  assert.equal((await there.get("/.sekisho/session")).status, 200);
  const ended = await here.post("/.sekisho/sessions/end", { id: "all" });
  assert.deepEqual([ended.status, ended.json, ended.headers["clear-site-data"]], [200, {}, '"cache"']);
  assert.ok(ended.cookies.some((line) => /^__Host-sekisho=;.*Max-Age=0/.test(line)), ended.cookies.join("\n"));
  assert.equal(here.cookie, undefined);
  for (const gone of [there, Object.assign(new Visitor(worker.url), { cookie: copied })]) {
    const asked = await gone.get("/.sekisho/session");
    assert.deepEqual([asked.status, asked.json.code], [401, "no_session"]);
    assert.equal((await gone.get("/home")).status, 401, "inside the window the account is asked");
  }
  assert.equal((await bystander.get("/home")).status, 200);
});

test("staff's word ends every session of one customer", async () => {
  const visitor = await customer(worker.url);
  const bystander = await customer(worker.url);
  const end = (authorization) => visitor.post("/.sekisho/ops/sessions/end", { name: visitor.number }, { authorization });
  assert.equal((await end("Bearer not-the-token-of-staff")).status, 401);
  assert.equal((await visitor.get("/home")).status, 200);
  const ended = await end(`Bearer ${worker.secrets.SEKISHO_OPS_TOKEN}`);
  assert.deepEqual([ended.status, ended.json], [200, { found: true }]);
  assert.equal((await visitor.get("/home")).json.code, "no_session");
  assert.equal((await bystander.get("/home")).status, 200);
});
