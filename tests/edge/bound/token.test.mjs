// A channel that serves only sessions which are bound to their device, and an app whose token is bound to its key: that is enough.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { App } from "../channels/app.mjs";
import { customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

/** Past what a browser has for its registration, and the proof's clock with it. */
const GRACE = 61_000;
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
  const config = (toml) =>
    toml.replace(/origin = "http:\/\/localhost/, 'origin = "https://localhost').replace('app = "smartphone-app"', 'app = "smartphone-app"\nbound = "required"');
  worker = await startWorker(origin.url, { config, around: AROUND });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

test("past the minute a cookie alone is turned away, and a token with its key's proof is served", async () => {
  const site = worker.url.replace("http:", "https:");
  const headers = { "sekisho-app": "smartphone-app" };
  const app = new App(worker.url, "ec", site);
  const owner = await customer(worker.url);
  const login = { id: owner.number, password: owner.form.password };
  assert.equal((await owner.post("/.sekisho/login", login, headers)).status, 200);
  const exchanged = await owner.post("/.sekisho/token", {}, { dpop: app.proof("POST", "/.sekisho/token") });
  assert.equal(exchanged.status, 200, exchanged.text);
  const token = exchanged.json.access_token;
  assert.equal((await owner.post("/.sekisho/login", login, headers)).status, 200, "and once more, for the cookie");
  assert.equal((await owner.get("/home")).status, 200);
  await owner.get(`/ahead?${GRACE}`);
  const late = (method, path) => ({ proof: app.proof(method, path, token, { iat: Math.floor((Date.now() + GRACE) / 1000) }) });
  const turned = await owner.get("/home");
  assert.deepEqual([turned.status, turned.json.code], [403, "device_unbound"]);
  assert.equal((await owner.get("/.sekisho/me")).json.code, "device_unbound");
  const page = await app.send("GET", "/home", token, late("GET", "/home"));
  assert.equal(page.status, 200, page.text);
  assert.equal((await app.send("GET", "/.sekisho/me", token, late("GET", "/.sekisho/me"))).json.number, owner.number);
  const unproved = await app.send("GET", "/home", token, { proof: new App(worker.url, "ec", site).proof("GET", "/home", token, { iat: Math.floor((Date.now() + GRACE) / 1000) }) });
  assert.deepEqual([unproved.status, unproved.json.code], [401, "proof_refused"], "by another key it is nothing");
});
