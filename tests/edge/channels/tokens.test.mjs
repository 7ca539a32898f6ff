// An app that is no browser, on the real worker: a token that is good for whoever has the app's key, with a proof for each
// request (DPoP, RFC 9449), the signature checked by the platform's own WebCrypto inside the account's object.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RecordingOrigin, claims, startWorker } from "../worker.mjs";
import { customer, send } from "../visitor.mjs";
import { App } from "./app.mjs";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** An app of a customer who has just logged in with it. */
async function possessed(kind) {
  const owner = await customer(worker.url);
  const app = new App(worker.url, kind);
  const page = await owner.post("/.sekisho/token", {}, { dpop: app.proof("POST", "/.sekisho/token") });
  assert.deepEqual([page.status, page.json.code], [403, "channel_limited"], "a page's session stays in its cookie");
  const login = { id: owner.number, password: owner.form.password };
  assert.equal((await owner.post("/.sekisho/login", login, { "sekisho-app": "smartphone-app" })).status, 200);
  const cookie = owner.cookie;
  const answer = await owner.post("/.sekisho/token", {}, { dpop: app.proof("POST", "/.sekisho/token") });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.token_type, "DPoP");
  assert.equal(owner.cookie, undefined);
  return { app, owner, cookie, token: answer.json.access_token };
}

test("a token with a proof speaks for the customer, to pages and to the edge, by either algorithm", async () => {
  for (const kind of ["ec", "rsa"]) {
    const { app, owner, token } = await possessed(kind);
    for (const [method, body] of [["GET"], ["POST", '{"amount":1}'], ["DELETE"]]) {
      const answer = await app.send(method, "/api/orders?x=1", token, { body });
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.cookies, []);
      assert.match(answer.headers["sekisho-session"], /^remaining=\d+, window=300000, timeout=10800000$/);
      const { headers } = origin.last;
      assert.deepEqual([headers.authorization, headers.dpop], [undefined, undefined], "they stay at the edge");
      assert.equal(origin.last.body, body ?? "");
      assert.equal((await claims(origin.last, worker.url)).sub, owner.number);
    }
    assert.equal((await app.send("GET", "/.sekisho/me", token)).json.number, owner.number);
    const extended = await app.send("POST", "/.sekisho/session/extend", token, { body: "{}" });
    assert.deepEqual([extended.status, extended.json.access_token, extended.cookies], [200, token, []]);
    assert.equal((await app.send("POST", "/.sekisho/logout", token, { body: "{}" })).status, 200);
    assert.equal((await app.send("GET", "/api/orders", token)).status, 401, "at once");
  }
});

test("without the key, with a used proof or one for another request, nothing reaches the origin", async () => {
  const { app, token, cookie } = await possessed();
  const used = app.proof("GET", "/home", token);
  assert.equal((await app.send("GET", "/home", token, { proof: used })).status, 200);
  const before = origin.forwarded.length;
  const other = new App(worker.url);
  for (const [proof, method = "GET"] of [
    [used], [""], ["a.b.c"], [other.proof("GET", "/home", token)], [app.proof("GET", "/home")], [app.proof("GET", "/homes", token)],
    [app.proof("GET", "/home", token), "POST"], [app.proof("GET", "/home", token, { iat: Math.floor(Date.now() / 1000) - 62 })],
    [app.proof("GET", "/home", `${token}x`)], [`${app.proof("GET", "/home", token)}A`],
  ]) {
    const answer = await app.send(method, "/home", token, { proof });
    assert.deepEqual([answer.status, answer.json.code], [401, "proof_refused"], proof);
    assert.equal(answer.headers["www-authenticate"], 'DPoP error="invalid_dpop_proof", algs="ES256 RS256"');
  }
  for (const bad of [token.slice(1), `${token}A`, token.replace(/.$/, (last) => (last === "A" ? "B" : "A")), "x"]) {
    const answer = await app.send("GET", "/home", bad);
    assert.deepEqual([answer.status, answer.headers["www-authenticate"]], [401, 'DPoP error="invalid_token", algs="ES256 RS256"'], bad);
  }
  // As a bearer, as a cookie, and beside the cookie that was exchanged it is nothing either.
  for (const headers of [{ authorization: `Bearer ${token}` }, { authorization: "", cookie: `__Host-sekisho=${token}` }]) {
    assert.equal((await app.send("GET", "/home", token, { headers })).status, 401);
  }
  const session = await send(worker.url, { path: "/.sekisho/session", headers: { cookie: `__Host-sekisho=${cookie}` } });
  assert.equal(session.json.code, "no_session");
  assert.equal(origin.forwarded.length, before);
});

test("of twenty requests with one proof at once one passes", async () => {
  const { app, token } = await possessed();
  const proof = app.proof("GET", "/home", token);
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.send("GET", "/home", token, { proof })));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 401).length, 19);
});

test("an application's own DPoP passes on public pages as it came", async () => {
  const headers = { authorization: "DPoP theirs", dpop: "their.own.proof" };
  assert.equal((await send(worker.url, { path: "/security", headers })).status, 200);
  assert.deepEqual([origin.last.headers.authorization, origin.last.headers.dpop], ["DPoP theirs", "their.own.proof"]);
  assert.equal((await send(worker.url, { path: "/home", headers })).status, 401);
});
