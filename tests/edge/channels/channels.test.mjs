// Channels on the real worker: by what a login is told, how long its session lasts, and an app that may only read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signed } from "./app.mjs";
import { RecordingOrigin, claims, startWorker } from "../worker.mjs";
import { Visitor, customer } from "../visitor.mjs";

const kakeibo = () => signed("kakeibo", worker.secrets, "POST", "/.sekisho/login");
const MINE = `[[channels]]
name = "fx"
ja = "FX"
en = "FX"
path = "/fx"
timeout = "30m"
renewal_window = "2m"

# What a path demands`;

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url, { config: (toml) => toml.replace("# What a path demands", MINE) });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** A browser, or an app, that has just logged in to `owner`'s account with these headers. */
async function loggedIn(owner, headers, agent) {
  const visitor = new Visitor(worker.url);
  if (agent) visitor.agent = agent;
  const login = await visitor.post("/.sekisho/login", { id: owner.number, password: owner.form.password }, headers);
  assert.equal(login.status, 200, login.text);
  return visitor;
}

test("a login is told by app, page and client, and its session keeps what it was told by", async () => {
  const owner = await customer(worker.url);
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile/15E148 Safari/604.1";
  for (const [headers, agent, wanted] of [
    [{}, undefined, "pc-main"],
    [{}, phone, "smartphone-site"],
    [{ "sekisho-app": "smartphone-app" }, phone, "smartphone-app"],
    [{ referer: `${worker.url}/fx/login` }, undefined, "fx"],
    [{ referer: `${worker.url}/login?return=/fx/rates` }, undefined, "fx"],
    [kakeibo(), undefined, "kakeibo"],
  ]) {
    const visitor = await loggedIn(owner, headers, agent);
    const { json } = await visitor.get("/.sekisho/session", { "sekisho-app": "smartphone-app" });
    assert.equal(json.channel, wanted);
    assert.equal(json.timeout_ms, wanted === "fx" ? 1_800_000 : 10_800_000);
    const page = await visitor.navigate(wanted === "kakeibo" ? "/api/balance" : "/home");
    assert.equal(page.status, 200);
    assert.match(page.headers["sekisho-session"], wanted === "fx" ? /window=120000, timeout=1800000$/ : /window=300000, timeout=10800000$/);
    assert.equal((await claims(origin.last, worker.url)).channel, wanted);
  }
  const anonymous = new Visitor(worker.url);
  await anonymous.navigate("/", { "sekisho-app": "smartphone-app" });
  assert.equal((await claims(origin.last, worker.url)).channel, "smartphone-app");
  assert.ok(!("sekisho-app" in origin.last.headers), "the token stays at the edge");
});

test("an account book's session reads what is named, and no header and no cookie makes it more", async () => {
  const owner = await customer(worker.url);
  const book = await loggedIn(owner, kakeibo());
  assert.equal((await book.get("/api/balance")).status, 200);
  assert.equal((await claims(origin.last, worker.url)).sub, owner.number);
  const before = origin.forwarded.length;
  for (const [method, path] of [["GET", "/home"], ["GET", "/api/balances"], ["GET", "/API/balance"], ["POST", "/api/balance"], ["POST", "/orders"]]) {
    for (const headers of [{}, kakeibo(), { "sekisho-app": "smartphone-app" }]) {
      const answer = method === "GET" ? await book.get(path, headers) : await book.post(path, {}, headers);
      assert.deepEqual([answer.status, answer.json?.code], [403, "channel_limited"], `${method} ${path}`);
    }
  }
  assert.equal(origin.forwarded.length, before, "the origin sees none of it");
  for (const path of ["passkey/step-up/begin", "password/change", "address/begin", "sessions/end"]) {
    assert.equal((await book.post(`/.sekisho/${path}`, path === "password/change" ? { password: "x" } : {})).json.code, "channel_limited", path);
  }
  assert.equal((await book.get("/.sekisho/me")).json.code, "channel_limited");
  // On a public page it is nobody's.
  assert.equal((await book.navigate("/security")).status, 200);
  assert.ok(!("sub" in (await claims(origin.last, worker.url))));
  const page = await book.navigate("/home");
  assert.equal(page.status, 403);
  assert.match(page.text, /受付番号/);
  assert.equal((await owner.navigate("/home")).status, 200, "the owner's own goes on");
});
