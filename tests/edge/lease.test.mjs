// Inside the renewal window every request asks the account. The window here is as long as the session, so each one does:
// what the account says holds at once, and what it cannot say lets nobody through.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RecordingOrigin, startWorker } from "./worker.mjs";
import { PASSWORD, Visitor, customer } from "./visitor.mjs";

const TIMEOUT = 600_000;

/** The built worker, whose account objects can be made to hang and to go on. */
const AROUND = `
import worker, { Account as Built } from "./edge.js";
export { Name } from "./edge.js";
let hanging = false;
export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/hang" || pathname === "/go-on") {
      hanging = pathname === "/hang";
      return new Response();
    }
    return worker.fetch(request, env, context);
  },
};
export class Account extends Built {
  async fetch(request) {
    if (hanging) await new Promise((resolve) => setTimeout(resolve, 60_000));
    return super.fetch(request);
  }
}
`;

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) =>
    toml
      .replace('timeout = "180m"', `timeout = "${TIMEOUT}ms"`)
      .replace('renewal_window = "5m"', `renewal_window = "${TIMEOUT - 1}ms"`)
      .replace('object_call = "5s"', 'object_call = "500ms"');
  worker = await startWorker(origin.url, { config, around: AROUND });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const remaining = ({ headers }) => Number(headers["sekisho-session"].match(/^remaining=(\d+), /)[1]);

/** Asks how long the session lasts, which extends nothing, until some of it has visibly gone by. */
async function used(visitor) {
  for (;;) {
    const { json } = await visitor.get("/.sekisho/session");
    if (json.remaining_ms < TIMEOUT - 50) return json.remaining_ms;
  }
}

test("a page and an extension set the deadline anew; a background request and a look at the session do not", async () => {
  const visitor = await customer(worker.url);
  const left = await used(visitor);
  const background = await visitor.get("/home", { "sekisho-background": "?1" });
  assert.equal(background.status, 200);
  assert.ok(remaining(background) <= left, "a background request extended the session");
  const page = await visitor.navigate("/home");
  assert.ok(remaining(page) > left, "a page did not extend the session");
  const again = await used(visitor);
  const extended = await visitor.post("/.sekisho/session/extend", {});
  assert.ok(extended.json.remaining_ms > again, "the extension did not extend the session");
  const { timeout_ms: timeout, window_ms: window } = extended.json;
  assert.deepEqual({ timeout, window }, { timeout: TIMEOUT, window: TIMEOUT - 1 });
});

test("a session ended elsewhere is over at the next request, on pages and for scripts", async () => {
  const visitor = await customer(worker.url);
  const twin = new Visitor(worker.url);
  twin.cookie = visitor.cookie;
  assert.equal((await twin.navigate("/home")).status, 200);
  await visitor.post("/.sekisho/logout", {});
  const before = origin.forwarded.length;
  const page = await twin.navigate("/home");
  assert.equal(page.status, 303);
  const script = await twin.get("/home");
  assert.deepEqual([script.status, script.json.code], [401, "no_session"]);
  assert.equal(origin.forwarded.length, before, "nothing reached the origin");
  const open = await twin.navigate("/security");
  assert.equal(open.status, 200, "a public page is an anonymous visit");
});

test("an account that cannot be asked: 503, the cookie stays, and the session lives on when it can be again", async () => {
  const visitor = await customer(worker.url);
  const { cookie } = visitor;
  await visitor.get("/hang");
  const before = origin.forwarded.length;
  const script = await visitor.get("/home");
  assert.deepEqual([script.status, script.json.code], [503, "unavailable"]);
  const page = await visitor.navigate("/home");
  assert.equal(page.status, 503);
  assert.match(page.headers["content-type"], /^text\/html/);
  for (const path of ["/.sekisho/session", "/.sekisho/me"]) assert.equal((await visitor.get(path)).status, 503, path);
  const logout = await visitor.post("/.sekisho/logout", {});
  assert.equal(logout.status, 503, "a logout that did not happen is not acknowledged");
  assert.equal(visitor.cookie, cookie);
  assert.equal(origin.forwarded.length, before, "nothing reached the origin");
  await visitor.get("/go-on");
  assert.equal((await visitor.navigate("/home")).status, 200);
});

test("requests side by side around a renewal all pass, and one cookie follows the other", async () => {
  const visitor = await customer(worker.url);
  const answers = await Promise.all(Array.from({ length: 12 }, () => visitor.get("/home")));
  for (const answer of answers) {
    assert.equal(answer.status, 200);
    assert.equal(answer.cookies.length, 1, "each carries its lease");
  }
  assert.equal((await visitor.get("/.sekisho/me")).json.number, visitor.number);
});

/** A request that the origin holds: what it will be answered, and what answers it. */
async function held(visitor) {
  const asked = new Promise((resolve) => {
    origin.answer = (_, response) => resolve(response);
  });
  const answered = visitor.get("/home");
  const response = await asked;
  origin.answer = (_, other) => other.end("the origin");
  return { answered, response };
}

test("an answer that a new id has overtaken hands out no cookie: it would sign the customer out", async () => {
  const visitor = await customer(worker.url);
  const poll = new Visitor(worker.url);
  poll.cookie = visitor.cookie;
  const { answered, response } = await held(poll);
  const changed = await visitor.post("/.sekisho/password/change", { current: PASSWORD, password: "Kaede-77-mori#Z" });
  assert.deepEqual([changed.status, changed.cookies.length], [200, 1], changed.text);
  response.end("the origin, overtaken");
  const overtaken = await answered;
  assert.equal(overtaken.text, "the origin, overtaken");
  assert.deepEqual(overtaken.cookies, []);
  assert.equal((await visitor.get("/home")).status, 200);
});

test("an answer that comes late hands out its cookie where the account knows the session under that id still, and else none", async () => {
  for (const ends of [false, true]) {
    const visitor = await customer(worker.url);
    const other = new Visitor(worker.url);
    const { answered, response } = await held(visitor);
    // What another isolate does, this one has not heard of; so what ends the session is told to the account alone.
    assert.equal((await other.post("/.sekisho/login", { id: visitor.number, password: PASSWORD })).status, 200);
    if (ends) assert.equal((await other.post("/.sekisho/sessions/end", {})).status, 200);
    // Late is late by the gate's own clock.
    const began = Date.now();
    while (Date.now() - began < 400) assert.equal((await other.get("/home")).cookies.length, 1, "what is prompt renews");
    response.end("the origin, late");
    const late = await answered;
    assert.deepEqual([late.text, late.cookies.length], ["the origin, late", ends ? 0 : 1]);
    assert.equal((await visitor.get("/home")).status, ends ? 401 : 200);
  }
});

test("a cookie of the application's that is not ASCII does not hide the session: what is said to have ended has", async () => {
  const visitor = await customer(worker.url);
  const odd = Buffer.from(`x=日本; __Host-sekisho=${visitor.cookie}; y=é`).toString("latin1");
  const kept = visitor.cookie;
  assert.equal((await visitor.get("/.sekisho/me", { cookie: odd })).status, 200);
  assert.equal((await visitor.get("/home", { cookie: odd })).status, 200);
  assert.equal((await visitor.post("/.sekisho/logout", {}, { cookie: odd })).status, 200);
  const thief = new Visitor(worker.url);
  thief.cookie = kept;
  assert.equal((await thief.get("/home")).status, 401, "the old cookie, whoever kept it");
});
