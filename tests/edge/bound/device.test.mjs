// Sessions bound to a key of the browser's, over HTTP on the real runtime. The worker's clock goes ahead at a word.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { register } from "../passkeys/ceremonies.mjs";
import { PASSWORD, person } from "../visitor.mjs";
import { claims, RecordingOrigin, startWorker } from "../worker.mjs";
import { Browser, challengeOf, newKey, proof } from "./browser.mjs";

const [SESSION, BOUND] = ["__Host-sekisho", "__Host-sekisho-bound"];
const [LEASE, LIFE] = [60_000, 300_000];

const AROUND = `
import edge from "./edge.js";
export * from "./edge.js";
const real = Date.now;
let ahead = 0;
Date.now = () => real.call(Date) + ahead;
export default {
  fetch(request, env, context) {
    const { pathname, search } = new URL(request.url);
    if (pathname !== "/ahead") return edge.fetch(request, env, context);
    ahead += Number(search.slice(1));
    return new Response();
  },
};`;

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  // What the address bar shows is https; here nothing stands before the worker.
  const config = (toml) =>
    toml.replace(/origin = "http:\/\/localhost/, 'origin = "https://localhost').replace("mobile = true", 'mobile = true\nbound = "required"');
  worker = await startWorker(origin.url, { config, around: AROUND });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const pass = (time) => new Browser(worker.url).get(`/ahead?${time}`);

async function loggedIn() {
  const browser = new Browser(worker.url);
  const opened = await browser.post("/.sekisho/open", person({ password: PASSWORD }));
  browser.account = { id: opened.json.account_number, password: PASSWORD };
  const login = await browser.post("/.sekisho/login", browser.account);
  assert.equal(login.status, 200, login.text);
  return { browser, login };
}

async function bound(alg) {
  const { browser, login } = await loggedIn();
  const registered = await browser.register(login, newKey(alg));
  assert.equal(registered.status, 200, registered.text);
  assert.ok(browser.jar.has(BOUND));
  return browser;
}

const passes = async (browser) => (await browser.navigate("/home")).status === 200;
const refused = async (browser) => (await browser.navigate("/home")).headers.location === "/login?return=/home";

test("either kind of key binds, and the application is told", async () => {
  for (const alg of ["ES256", "RS256"]) {
    const browser = await bound(alg);
    assert.ok(await passes(browser));
    assert.equal((await claims(origin.last, worker.url)).device_bound, true);
    await pass(LIFE);
    assert.ok(await refused(browser), "its time is over");
    const renewed = await browser.renew();
    assert.deepEqual([renewed.status, renewed.json.session_identifier], [200, browser.instructions.session_identifier], alg);
    assert.ok(await passes(browser));
    assert.equal((await browser.get("/.sekisho/sessions")).json.sessions[0].bound, true);
  }
});

test("a stolen cookie: both copied, inside the lease, and past the bound cookie's life", async () => {
  const browser = await bound();
  const [both, alone] = [browser.copy(), browser.copy([SESSION])];
  assert.ok(await refused(alone), "the session's alone, inside the lease");
  assert.equal((await alone.get("/.sekisho/me")).json.code, "no_session");
  assert.ok(await passes(both), "both");
  await pass(LIFE);
  assert.ok(await refused(both), "both, past the life of the bound one");
  assert.equal((await both.get("/.sekisho/me")).json.code, "no_session");
  Object.assign(both, { instructions: browser.instructions, key: newKey() });
  assert.equal((await both.renew()).status, 400, "and with a key of the thief's own");
  assert.equal((await browser.renew()).status, 200);
  assert.ok(await passes(browser));
  assert.ok(await refused(both));
});

test("a cookie that was copied before the binding ends with its lease", async () => {
  const { browser, login } = await loggedIn();
  const thief = browser.copy();
  assert.equal((await browser.register(login)).status, 200);
  assert.ok(await passes(thief));
  await pass(LEASE);
  assert.ok(await passes(browser));
  assert.ok(await refused(thief));
  for (const path of ["/.sekisho/me", "/.sekisho/session"]) assert.equal((await thief.get(path)).json.code, "no_session");
});

test("a signature renews once, and of a hundred side by side each challenge counts once", async () => {
  const browser = await bound();
  const challenges = await Promise.all(Array.from({ length: 4 }, async () => challengeOf(await browser.refresh())));
  const proofs = challenges.map((challenge) => proof(browser.key, challenge));
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => browser.copy().byItself("/.sekisho/bound/refresh", {
    "sec-secure-session-id": browser.instructions.session_identifier, "secure-session-response": `"${proofs[at % 4]}"`,
  })));
  assert.deepEqual([200, 403].map((status) => answers.filter((answer) => answer.status === status).length), [4, 96]);
  const { login } = await loggedIn();
  const twin = new Browser(worker.url);
  twin.jar = new Map(browser.jar);
  assert.equal((await twin.register(login)).status, 409, "another session's offer");
});

test("a fresh proof carries a binding on, and offers one where there is none", async () => {
  const site = worker.url.replace("http:", "https:");
  const prove = async (browser) => {
    const authenticator = new Authenticator(site);
    assert.equal((await register(browser, authenticator)).status, 201);
    const { publicKey } = (await browser.post("/.sekisho/passkey/step-up/begin", {})).json;
    const answer = await browser.post("/.sekisho/passkey/step-up/finish", { credential: authenticator.authenticate(publicKey) });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  const already = await bound();
  const before = already.jar.get(SESSION);
  assert.equal((await prove(already)).headers["secure-session-registration"], undefined);
  assert.notEqual(already.jar.get(SESSION), before);
  assert.ok(await passes(already));
  assert.ok(await refused(already.copy([SESSION])), "the new id is bound as the old one was");
  await pass(LIFE);
  assert.equal((await already.renew()).status, 200);
  assert.ok(await passes(already));

  const { browser, login } = await loggedIn();
  const raised = await prove(browser);
  assert.equal((await browser.register(login)).status, 409, "the first offer was to the old id");
  assert.equal((await browser.register(raised)).status, 200);
  assert.ok(await refused(browser.copy([SESSION])));
  assert.ok(await passes(browser));
});

test("what is no more is told so, and never 401", async () => {
  const browser = await bound();
  const copy = browser.copy();
  Object.assign(copy, { instructions: browser.instructions, key: browser.key });
  const out = await browser.post("/.sekisho/logout", {});
  assert.ok(out.cookies.some((line) => line.startsWith(`${BOUND}=;`)));
  for (const one of [browser, copy]) {
    const answer = await one.renew();
    assert.deepEqual([answer.status, answer.json.continue, answer.headers["cache-control"]], [200, false, "no-store"]);
  }
  for (const headers of [{}, { "sec-secure-session-id": "" }, { "sec-secure-session-id": '"' }, { "sec-secure-session-id": "x".repeat(5000) }]) {
    assert.equal((await copy.byItself("/.sekisho/bound/refresh", headers)).status, 400);
    assert.equal((await copy.byItself("/.sekisho/bound/register", headers)).status, 400);
  }
  assert.equal((await copy.get("/.sekisho/bound/refresh")).status, 405);
});

test("a page opened by another site is opened again by ours", async () => {
  const browser = await bound();
  await pass(LIFE);
  const away = await browser.navigate("/home?x=%22", { "sec-fetch-site": "cross-site" });
  assert.equal(away.status, 401);
  assert.match(away.text, /<meta http-equiv="refresh" content="0;url=\/home\?x=%22">/);
  assert.equal((await browser.renew()).status, 200);
  assert.equal((await browser.navigate("/home?x=%22", { "sec-fetch-site": "cross-site" })).status, 200);
});

test("a channel that requires it serves who is not bound for a minute, and who is as before", async () => {
  const phone = { "user-agent": "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36", "sec-ch-ua-mobile": "?1" };
  const enter = async () => {
    const browser = new Browser(worker.url, phone);
    const opened = await browser.post("/.sekisho/open", person({ password: PASSWORD }));
    const login = await browser.post("/.sekisho/login", { id: opened.json.account_number, password: PASSWORD });
    assert.equal(login.status, 200, login.text);
    return { browser, login };
  };
  const [slow, quick] = [await enter(), await enter()];
  assert.equal((await quick.browser.register(quick.login)).status, 200);
  for (const { browser } of [slow, quick]) assert.ok(await passes(browser), "at first both");
  await pass(60_000);
  assert.ok(await passes(quick.browser));
  const page = await slow.browser.navigate("/home");
  assert.equal(page.status, 403);
  assert.match(page.text, /端末に結び付けた[^]*bound to their device/);
  for (const path of ["/api/balance", "/.sekisho/me"]) {
    const answer = await slow.browser.get(path);
    assert.deepEqual([answer.status, answer.json.code], [403, "device_unbound"], path);
  }
  assert.equal((await slow.browser.register(slow.login)).status, 200);
  assert.ok(await passes(slow.browser), "as soon as it has registered");
});
