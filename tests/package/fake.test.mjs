// The fake edge of `sekisho/testing` beside the true one: the same calls, and the same statuses, shapes and codes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FakeEdge } from "../../pkg/testing/index.js";
import { STATUS } from "../../pkg/testing/state.js";
import { ROUTES } from "../../pkg/testing/routes.js";
import { Authenticator } from "../edge/authenticator.mjs";
import { RecordingOrigin, startWorker } from "../edge/worker.mjs";
import { seal } from "../edge/sealed/hpke.mjs";
import { PASSWORD, Visitor, person } from "../edge/visitor.mjs";
import { root } from "../tools/house/layout.mjs";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** The fake as a visitor of the true one is asked. */
class Guest {
  constructor(edge) {
    this.edge = edge;
  }

  async #ask(path, init) {
    const answer = await this.edge.fetch(path, init);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), json: await answer.json() };
  }

  get(path) {
    return this.#ask(path);
  }

  post(path, value, headers = {}) {
    const body = typeof value === "string" ? value : JSON.stringify(value);
    return this.#ask(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  }
}

/** A value's shape: names and kinds, the members of a list by its first. What may be null is not told apart from it. */
const MAY_BE_NULL = new Set(["last_login", "last_used", "icon", "name", "symbols"]);
function shape(value) {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const members = Object.entries(value).filter(([name, member]) => member !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, MAY_BE_NULL.has(name) ? "?" : shape(member)]));
}

/** Status, type, shape and code; a page cannot tell more. */
function told({ status, headers, json }) {
  const [kind] = headers["content-type"].split(";");
  // What an authenticator is asked differs in what it leaves out; the browser reads it, not the page.
  const seen = json.publicKey ? { ...json, publicKey: { challenge: "", rpId: json.publicKey.rpId ?? json.publicKey.rp?.id } } : json;
  return { status, kind, code: json.code, shape: shape(seen), session: headers["sekisho-session"]?.replace(/remaining=\d+/, "remaining=n") };
}

/** Both, side by side. */
class Pair {
  constructor(options) {
    this.edge = new FakeEdge({ second_factor: "always", ...options });
    this.sides = [new Visitor(worker.url), new Guest(this.edge)];
    this.asked = new Set();
  }

  /** Calls `ask` on each side and compares; answers both answers. */
  async same(what, ask) {
    const answers = [];
    for (const [at, side] of this.sides.entries()) answers.push(await ask(side, at));
    assert.deepEqual(told(answers[1]), told(answers[0]), what);
    return answers;
  }

  post(path, value, headers) {
    return this.same(`POST ${path} ${JSON.stringify(value)}`, (side, at) => side.post(path, typeof value === "function" ? value(at) : value, headers));
  }

  get(path) {
    return this.same(`GET ${path}`, (side) => side.get(path));
  }
}

/** An account at the true edge; at the fake any is there. The demo's config asks for a code only once an address is confirmed. */
async function loggedIn(options) {
  const pair = new Pair({ second_factor: "off", ...options });
  const opened = await pair.post("/.sekisho/open", person());
  const ids = opened.map(({ json }) => json.account_number);
  await pair.post("/.sekisho/login", (at) => ({ id: ids[at], password: PASSWORD }));
  return { pair, ids };
}

test("without a session, every endpoint answers alike, whatever comes", async () => {
  const pair = new Pair();
  await pair.get("/.sekisho/site");
  for (const path of Object.keys(ROUTES)) {
    if (ROUTES[path].method === "GET") {
      if (path !== "/.sekisho/site") await pair.get(path);
      continue;
    }
    for (const body of [{ unheard_of: true }, "{", null]) await pair.post(path, body);
    await pair.post(path, {}, { "content-type": "text/plain" });
    await pair.get(path);
    if (Object.keys(ROUTES[path].needs ?? {}).length === 0 && !/attempt|begin$/.test(path)) await pair.post(path, {});
  }
  await pair.get("/.sekisho/no-such-endpoint");
});

test("an opening, a login and what follows within a session", async () => {
  const { pair, ids } = await loggedIn();
  await pair.get("/.sekisho/session");
  await pair.post("/.sekisho/session/extend", {});
  await pair.post("/.sekisho/login", (at) => ({ id: ids[at], password: PASSWORD, return: "/history?x=1" }));
  await pair.post("/.sekisho/address/begin", {});
  await pair.post("/.sekisho/address/confirm", { code: "000000" });
  await pair.post("/.sekisho/password/change", { current: PASSWORD, password: "Kumo-73-minato#R" });
  await pair.get("/.sekisho/passkeys");
  await pair.post("/.sekisho/logout", {});
  await pair.get("/.sekisho/session");
  await pair.post("/.sekisho/session/extend", {});
});

test("what was sealed is taken once, and under an attempt that was handed out", async () => {
  const pair = new Pair({ second_factor: "off" });
  const attempts = (await pair.post("/.sekisho/attempt", {})).map(({ json }) => json);
  for (const { attempt, key } of attempts) assert.match(attempt + key, /^[\w-]+$/);
  const sealed = (at, path) => ({ password: seal(PASSWORD, attempts[at].key, { attempt: attempts[at].attempt, path }), attempt: attempts[at].attempt });
  const form = person();
  await pair.post("/.sekisho/open", (at) => ({ ...form, ...sealed(at, "/.sekisho/open") }));
  await pair.post("/.sekisho/open", (at) => ({ ...form, ...sealed(at, "/.sekisho/open") }));
  const more = (await pair.post("/.sekisho/attempt", {})).map(({ json }) => json.attempt);
  await pair.post("/.sekisho/open", (at) => ({ ...form, password: "00", attempt: more[at] }));
});

test("passkeys: registered, listed, named, used, removed", async () => {
  const { pair, ids } = await loggedIn();
  const devices = pair.sides.map(() => new Authenticator(worker.url));
  const ceremony = async (what, asked, act, more = () => ({})) => {
    const begun = await pair.post(`/.sekisho/passkey/${what}/begin`, asked);
    const credentials = begun.map(({ json }, at) => devices[at][act](json.publicKey));
    return pair.post(`/.sekisho/passkey/${what}/finish`, (at) => ({ credential: credentials[at], ...more(at) }));
  };
  const made = await ceremony("register", {}, "register", () => ({ name: "鍵" }));
  await pair.get("/.sekisho/passkeys");
  await pair.post("/.sekisho/passkeys/rename", (at) => ({ id: made[at].json.id, name: "私の鍵" }));
  await ceremony("step-up", {}, "authenticate");
  await pair.post("/.sekisho/passkeys/rename", { id: "AAAA", name: "x" });
  await pair.post("/.sekisho/passkeys/delete", { id: "AAAA" });
  await ceremony("confirm", (at) => ({ operation: "delete_passkey", id: made[at].json.id }), "authenticate");
  await ceremony("register", {}, "register");
  await pair.post("/.sekisho/logout", {});
  await ceremony("login", {}, "authenticate");
  await ceremony("login", (at) => ({ id: ids[at] }), "authenticate", (at) => ({ id: ids[at] }));
});

/** The code in the last letter to `mail`, once it has arrived at the mail API that the origin stands for. */
async function mailed(mail, before = "") {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise(setImmediate)) {
    const letters = origin.requests.filter(({ body }) => body.includes(mail)).map(({ body }) => body.match(/(?<!\d)\d{6}(?!\d)/)?.[0]);
    const code = letters.filter(Boolean).at(-1);
    if (code && code !== before) return code;
  }
  throw new Error("no code was mailed");
}

test("a code to confirm the address, and then after every password", async () => {
  const form = person();
  const pair = new Pair({ second_factor: "off" });
  const ids = (await pair.post("/.sekisho/open", form)).map(({ json }) => json.account_number);
  await pair.post("/.sekisho/login", (at) => ({ id: ids[at], password: PASSWORD }));
  await pair.post("/.sekisho/address/begin", {});
  const first = await mailed(form.mail);
  await pair.post("/.sekisho/address/confirm", (at) => ({ code: at === 0 ? first : "123456" }));

  const asking = new Pair({ second_factor: "always" });
  const asked = await asking.post("/.sekisho/login", (at) => ({ id: ids[at], password: PASSWORD }));
  assert.equal(asked[0].status, 202, asked[0].text);
  const pending = asked.map(({ json }) => json.pending);
  const second = await mailed(form.mail, first);
  const wrong = await asking.post("/.sekisho/login/code", (at) => ({ pending: pending[at], code: at === 0 && second === "000000" ? "000001" : "000000" }));
  assert.equal(wrong[1].json.left, wrong[0].json.left);
  await asking.post("/.sekisho/login/code", (at) => ({ pending: pending[at], code: at === 0 ? second : "１２３ ４５６" }));
  await asking.post("/.sekisho/login/code", (at) => ({ pending: pending[at], code: "123456" }));
  await asking.post("/.sekisho/login/code/resend", (at) => ({ pending: pending[at] }));
});

test("a scenario's answer is the edge's own in the same case", async () => {
  const { pair, ids } = await loggedIn();
  const played = (scenario, path, body) => {
    pair.edge.play(scenario);
    return pair.post(path, body);
  };
  const form = person();
  const [true_, fake] = await played("opening_refused", "/.sekisho/open", { ...form, birthday: "2001-02-29" });
  assert.deepEqual(fake.json.fields, true_.json.fields);
  await played("password_wrong", "/.sekisho/password/change", { current: "Wrong#2026-pass", password: "Kumo-73-minato#R" });
  const refused = await played("password_refused", "/.sekisho/password/change", { current: PASSWORD, password: "Password123" });
  const refusing = refused.map(({ json }) => json.complaints.filter(({ severity }) => severity === "refuse"));
  assert.deepEqual(refusing[1], refusing[0]);
  for (let tries = 0; tries < 10; tries += 1) await played("sign_in_failed", "/.sekisho/login", (at) => ({ id: ids[at], password: "Wrong#2026-pass" }));
  await played("locked", "/.sekisho/login", (at) => ({ id: ids[at], password: PASSWORD }));
});

test("scenarios: each refuses once, with what the edge tells besides, and the session idles out by the clock given", async () => {
  let now = 1_000_000;
  const edge = new FakeEdge({ now: () => now, signedIn: true });
  const guest = new Guest(edge);
  edge.play("locked");
  const held = await guest.post("/.sekisho/login", { id: "1", password: "x" });
  assert.deepEqual([held.status, held.json.code, held.json.until], [429, "locked", now + 900_000]);
  assert.equal((await guest.post("/.sekisho/login", { id: "1", password: "x" })).status, 200);
  edge.refuse("/.sekisho/login", "network", { always: true });
  await assert.rejects(guest.post("/.sekisho/login", { id: "1", password: "x" }), TypeError);
  edge.clear();
  assert.equal((await guest.post("/.sekisho/login", { id: "1", password: "x" })).status, 200);

  now += 10_800_000 - 300_001;
  assert.equal((await guest.post("/.sekisho/session/extend", {})).json.remaining_ms, 300_001, "too early");
  now += 1;
  assert.equal((await guest.get("/.sekisho/session")).json.remaining_ms, 300_000, "a question extends nothing");
  assert.equal((await guest.post("/.sekisho/session/extend", {})).json.remaining_ms, 10_800_000);
  edge.remaining(1_000);
  now += 1_000;
  assert.equal((await guest.get("/.sekisho/session")).json.code, "session_idle");
  assert.throws(() => edge.play("no such"), TypeError);
  assert.throws(() => edge.refuse("/.sekisho/login", "no_such"), TypeError);
});

test("the fake's table of codes is the edge's, status by status", () => {
  const source = readFileSync(join(root, "edge/rules/src/refusal.rs"), "utf8");
  const true_ = [...source.matchAll(/\(\s*"(\w+)",\s*(\d{3}),/g)].map(([, code, status]) => [code, Number(status)]).sort();
  assert.ok(true_.length > 25);
  assert.deepEqual(Object.entries(STATUS).sort(), true_);
});
