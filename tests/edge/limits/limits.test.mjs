// Ten thousand requests that are malformed and ten thousand that were refused already, on workerd: how many calls of objects
// they cost is counted where the objects are called, and told by the worker's own counters.

import assert from "node:assert/strict";
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, test } from "node:test";
import { PASSWORD, person, send } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const MANY = 10_000;
const AT_A_TIME = 32;
const PROXY = "the-operators-own-proxy";
/** One address of a carrier's, behind which there are thousands. */
const CARRIER = "203.0.113.7";

/** The built worker, every call of an object counted as it arrives there. */
const counting = `
import edge, { Account as A, Name as N, Network as W } from "./edge.js";
export { Crowd } from "./edge.js";
let calls = 0;
const points = [];
const counters = { writeDataPoint: (point) => points.push(point) };
// Objects tell what was counted as well, after an alarm; they have the stand-in from when it is first asked for.
let standing = false;
const bound = (env) => Object.defineProperty({ ...env }, "COUNTERS", { get: () => (standing ? counters : undefined) });
const count = (Class) => class extends Class {
  constructor(ctx, env) { super(ctx, bound(env)); }
  fetch(request) { calls += 1; return super.fetch(request); }
};
export const Account = count(A), Name = count(N), Network = count(W);
const platform = (env) => ({ ...env, COUNTERS: counters, CLIENTS: { limit: async ({ key }) => ({ success: (asked[key] = (asked[key] ?? 0) + 1) <= 50 }) } });
const asked = {};
export default {
  fetch(request, env) {
    switch (new URL(request.url).pathname) {
      case "/.test/calls": return Response.json(calls);
      case "/.test/platform": return Response.json({ points, asked });
    }
    standing ||= request.headers.has("x-test-platform");
    return edge.fetch(request, request.headers.has("x-test-platform") ? platform(env) : env);
  },
};
`;

let origin, worker;
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_A_TIME });
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) => {
    const changed = toml.replace("client = 300 ", "client = 100 ").replace('grid = "250ms"', 'grid = "0ms"').replace('lease = "60s"', 'lease = "1s"');
    assert.equal(changed.match(/client = 100 |grid = "0ms"|lease = "1s"/g)?.length, 3);
    return changed;
  };
  worker = await startWorker(origin.url, { config, around: counting, secrets: { SEKISHO_PROXY_TOKEN: PROXY } });
});
after(async () => {
  agent.destroy();
  await worker?.stop();
  await origin?.stop();
});

const calls = async () => (await send(worker.url, { path: "/.test/calls" })).json;

/** A request as it comes through the operator's proxy. */
function ask(path, value, { address = CARRIER, cookie, headers = {} } = {}) {
  const shown = {
    "sec-fetch-site": "same-origin", "sekisho-proxy": PROXY, "sekisho-client": JSON.stringify({ address }),
    ...(cookie && { cookie }), ...(value !== undefined && { "content-type": "application/json" }), ...headers,
  };
  const body = typeof value === "string" ? value : value && JSON.stringify(value);
  return send(worker.url, { method: value === undefined ? "GET" : "POST", path, headers: shown, body, agent });
}

const login = (id, options = {}) => ask("/.sekisho/login", { id, password: options.password ?? "Wrong-42-kawa#Q" }, options);

/** Sends `one(number)` ten thousand times and answers how often each answer came. */
async function flood(one) {
  const answers = {};
  let number = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (number < MANY) {
        number += 1;
        const { status, json } = await one(number);
        const key = `${status} ${json?.code ?? ""}`.trim();
        answers[key] = (answers[key] ?? 0) + 1;
      }
    }),
  );
  return answers;
}

/** A customer with both cookies of a login. */
async function customer(address) {
  const opened = await ask("/.sekisho/open", person(), { address });
  const answer = await login(opened.json.account_number, { address, password: PASSWORD });
  assert.equal(answer.status, 200, answer.text);
  const [session, device] = answer.cookies.map((line) => line.split(";")[0]);
  return { number: opened.json.account_number, session, device };
}

test("10,000 malformed requests make no call of an object and take nobody's room", async () => {
  const before = await calls();
  const forged = Buffer.alloc(180, 7).toString("base64url");
  const shapes = [
    () => ask("/.sekisho/login", "{"),
    () => ask("/.sekisho/login", { id: 1 }),
    () => ask("/.sekisho/login", '{"id":"a","id":"b","password":"c"}'),
    () => ask("/.sekisho/login", { id: "a", password: "b", attempt: "0".repeat(82) }),
    () => ask("/.sekisho/open", { family: "x" }),
    (number) => ask("/.sekisho/login/code", { pending: String(number).padStart(96, "0"), code: "123456" }),
    () => ask("/.sekisho/passkey/login/finish", { credential: { id: "x" } }),
    () => ask("/.sekisho/login", { id: "a", password: "b" }, { headers: { "sec-fetch-site": "cross-site" } }),
    () => ask("/.sekisho/login", { id: "a", password: "b" }, { headers: { "content-type": "text/plain" } }),
    () => ask("/.sekisho/me", undefined, { cookie: `__Host-sekisho=${forged}` }),
    () => ask("/home", undefined, { cookie: `__Host-sekisho=${forged}` }),
    () => ask("/home/..;/x"),
  ];
  const answers = await flood((number) => shapes[number % shapes.length](number));
  for (const key of Object.keys(answers)) assert.match(key, /^(400|401|403|409|415|422) /, JSON.stringify(answers));
  assert.equal(await calls(), before, JSON.stringify(answers));
  assert.equal((await login("somebody")).json.code, "sign_in_failed");
});

test("10,000 tries of a name that is held make none, whether anybody has it or not", async () => {
  const { number } = await customer("198.51.100.1");
  for (const [name, address] of [[number, "198.51.100.2"], ["nobody-at-all", "198.51.100.3"]]) {
    for (let time = 0; time < 10; time += 1) assert.equal((await login(name, { address })).json.code, "sign_in_failed");
    const first = await login(name, { address });
    assert.deepEqual([first.status, first.json.code], [429, "locked"]);
    assert.ok(Number(first.headers["retry-after"]) > 800);
    const before = await calls();
    assert.deepEqual(await flood(() => login(name, { address })), { "429 locked": MANY }, name);
    assert.equal(await calls(), before, name);
  }
});

test("10,000 requests of a client that asks too often make none, and shut out nobody who has been here", async () => {
  const known = await customer(CARRIER);
  const loud = await flood((number) => login(`flood-${number}`));
  assert.ok(loud["401 sign_in_failed"] <= 100 && loud["429 rate_limited"] >= MANY - 100, JSON.stringify(loud));
  const before = await calls();
  const refused = await login("another");
  assert.deepEqual([refused.status, refused.json.code], [429, "rate_limited"]);
  const wait = Number(refused.headers["retry-after"]);
  assert.ok(wait >= 1 && wait <= 61, String(wait));
  assert.equal(refused.headers["content-type"], "application/problem+json");
  assert.deepEqual(await flood((number) => login(`flood-${number}`)), { "429 rate_limited": MANY });
  assert.equal(await calls(), before);
  // The same address: a browser that has logged in before, and a session.
  assert.equal((await login(known.number, { cookie: known.device, password: PASSWORD })).status, 200);
  assert.equal((await ask("/.sekisho/me", undefined, { cookie: known.session })).status, 200);
});

test("a client that names another address with each request gains no room, and takes nobody else's", async () => {
  const [attacker, other] = ["192.0.2.66", "192.0.2.77"];
  const answers = {};
  for (let number = 0; number < 150; number += 1) {
    const lie = `198.18.${number % 200}.1`;
    const headers = { "cf-connecting-ip": lie, "x-forwarded-for": lie, "x-real-ip": lie, "true-client-ip": lie, forwarded: `for=${lie}` };
    const { json } = await login(`rotating-${number}`, { address: attacker, headers });
    answers[json.code] = (answers[json.code] ?? 0) + 1;
  }
  assert.ok(answers.sign_in_failed <= 100 && answers.rate_limited >= 50, JSON.stringify(answers));
  // Whoever does not come by the proxy has no address to say: not that of a victim, whose room it would take.
  for (const [token, address] of [["not-the-proxys-token", other], ["", "192.0.2.88"]]) {
    for (let number = 0; number < 150; number += 1) await login(`victim-${number}`, { address, headers: { "sekisho-proxy": token } });
    assert.equal((await login("somebody-there", { address })).json.code, "sign_in_failed", token);
  }
});

test("10,000 requests with a session that is over make none", async () => {
  const gone = await customer("198.51.100.9");
  assert.equal((await ask("/.sekisho/logout", {}, { cookie: gone.session })).status, 200);
  await pause(1_100);
  assert.equal((await ask("/home", undefined, { cookie: gone.session })).status, 401, "the lease is over: the account is asked");
  const before = await calls();
  const answers = await flood((number) => ask(number % 2 ? "/home" : "/.sekisho/history", undefined, { cookie: gone.session }));
  assert.deepEqual(answers, { "401 no_session": MANY });
  assert.equal(await calls(), before);
});

test("inside the lease a page makes none", async () => {
  const { session } = await customer("198.51.100.20");
  const before = await calls();
  const end = performance.now() + 800;
  let pages = 0;
  for (; performance.now() < end; pages += 1) assert.equal((await ask("/home", undefined, { cookie: session })).status, 200);
  assert.ok(pages > 50, `${pages} pages`);
  assert.equal(await calls(), before, `${pages} pages`);
  await pause(400);
  assert.equal((await ask("/home", undefined, { cookie: session })).status, 200);
  assert.equal(await calls(), before + 1, "behind it, one");
});

test("the worker's own counters tell the same, one line in ten seconds, and a refusal has its line where there is room", async () => {
  const loud = { address: "198.51.100.66" };
  for (let number = 0; number < 100; number += 1) await login(`loud-${number}`, loud);
  await pause(10_100);
  // The floods above took the whole room of their ten seconds, each with its own kind of line. These are new ones.
  await ask("/.sekisho/health");
  assert.equal((await login("loud", loud)).json.code, "rate_limited");
  await pause(100);
  const told = { calls: 0, malformed: 0, client: 0, held: 0, session: 0, cookies: 0 };
  const lines = worker.child.log.split("\n").filter((line) => line.includes('"counts"'));
  for (const line of lines) {
    const { counts } = JSON.parse(line.slice(line.indexOf("{")));
    const add = (to, ...names) => names.forEach((name) => (told[to] += counts[name] ?? 0));
    add("calls", "object.accounts", "object.names", "object.networks");
    add("malformed", "refused.malformed");
    add("client", "limited.client");
    add("held", "limited.held");
    add("session", "limited.session");
    add("cookies", "cookie_refused");
  }
  assert.equal(told.calls, await calls());
  const [third, sixth] = [Math.floor(MANY / 3), Math.floor(MANY / 6)];
  assert.ok(told.malformed >= third && told.cookies >= sixth && told.client >= MANY, JSON.stringify(told));
  assert.ok(told.held >= 2 * MANY && told.session >= MANY, JSON.stringify(told));
  assert.match(worker.child.log, /\{"ref":"[0-9A-Z]+","refused":"rate_limited","at":"\/\.sekisho\/login"\}/);
  assert.doesNotMatch(worker.child.log, /203\.0\.113|198\.51\.100|flood-|nobody-at-all/, "nothing by which anybody is known");
});

test("the platform's counter and its Analytics Engine are used where they are bound", async () => {
  const bound = { address: "198.51.100.77", headers: { "x-test-platform": "1" } };
  for (let time = 0; time < 50; time += 1) assert.equal((await login(`bound-${time}`, bound)).status, 401);
  const before = await calls();
  for (let time = 0; time < 20; time += 1) assert.equal((await login(`bound-${time}`, bound)).json.code, "rate_limited");
  assert.equal(await calls(), before);
  await pause(10_100);
  await login("bound", bound);
  const { points, asked } = (await send(worker.url, { path: "/.test/platform" })).json;
  assert.deepEqual(Object.values(asked), [51], "once it has said no, it is not asked again");
  assert.match(Object.keys(asked)[0], /^[0-9a-f]{64}$/, "no address goes to it");
  const told = points.filter(({ indexes }) => indexes[0] === "limited.client");
  assert.deepEqual([...new Set(told.flatMap(({ blobs }) => blobs))], ["limited.client"]);
  assert.ok(told.reduce((sum, { doubles }) => sum + doubles[0], 0) >= 20);
});
