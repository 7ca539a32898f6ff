// Passkeys by operation: a route that asks how surely and how lately, and changes of how one logs in.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { customer } from "../visitor.mjs";
import { RecordingOrigin, claims, startWorker } from "../worker.mjs";
import { register, signIn } from "./ceremonies.mjs";

const ROUTES = `
[[routes]]
path = "/withdraw"
proof = "passkey"
age = "10m"

[[routes]]
path = "/limits"
amr = ["pwd", "hwk", "user"]

[[routes]]
path = "/mail"
amr = ["pwd"]
`;
const changes = (policy) => (toml) => {
  assert.match(toml, /^account_change = "optional"/m);
  return toml.replace(/^account_change = "optional"/m, `account_change = "${policy}"`) + ROUTES;
};

let origin, usual, strict;
before(async () => {
  origin = await new RecordingOrigin().start();
  usual = await startWorker(origin.url, { config: changes("default-on") });
  strict = await startWorker(origin.url, { config: changes("required") });
});
after(async () => {
  await usual?.stop();
  await strict?.stop();
  await origin?.stop();
});

/** A fresh proof by passkey within the visitor's session. */
async function prove(visitor, authenticator) {
  const { publicKey } = (await visitor.post("/.sekisho/passkey/step-up/begin", {})).json;
  const answer = await visitor.post("/.sekisho/passkey/step-up/finish", { credential: authenticator.authenticate(publicKey) });
  assert.equal(answer.status, 200, answer.text);
  visitor.cookie = answer.cookies[0].match(/^__Host-sekisho=([^;]*)/)[1];
}

const page = { "sec-fetch-mode": "navigate", accept: "text/html" };
const other = (answer) => answer.json.code;

test("a route that asks for a passkey lets no password login through, and lets it through once a passkey has signed", async () => {
  const owner = await customer(usual.url);
  const authenticator = new Authenticator(usual.url);
  await register(owner, authenticator);
  const before = origin.forwarded.length;
  for (const path of ["/withdraw", "/withdraw/1?x=1", "/WithDraw"]) {
    const shown = await owner.get(path, page);
    assert.deepEqual([shown.status, shown.headers.location], [303, `/confirm?return=${path.replace("?", "%3F").replace("=", "%3D")}&need=passkey`]);
    const fetched = await owner.get(path, { "sec-fetch-mode": "cors", accept: "application/json" });
    assert.deepEqual([fetched.status, other(fetched)], [401, "insufficient_user_authentication"]);
    assert.match(fetched.headers["www-authenticate"], /acr_values="urn:sekisho:acr:phishing-resistant", max_age="600"/);
    const posted = await owner.post(path, { amount: 1 });
    assert.deepEqual([posted.status, other(posted)], [401, "insufficient_user_authentication"]);
  }
  assert.equal(origin.forwarded.length, before, "nothing of it reached the origin");
  await prove(owner, authenticator);
  assert.equal((await owner.get("/withdraw", page)).status, 200);
  assert.equal((await signIn(usual.url, authenticator)).visitor.cookie !== undefined, true);
});

test("a route that names its amr is opened by just these: a passkey shows no password, and a password no passkey", async () => {
  const owner = await customer(usual.url);
  const authenticator = new Authenticator(usual.url);
  await register(owner, authenticator);
  const leads = async (visitor, path) => (await visitor.get(path, page)).headers.location;
  assert.equal((await owner.get("/mail", page)).status, 200);
  assert.equal(await leads(owner, "/limits"), "/confirm?return=/limits&need=both");
  const fetched = await owner.get("/limits", { "sec-fetch-mode": "cors", accept: "application/json" });
  assert.match(fetched.headers["www-authenticate"], /acr_values="urn:sekisho:acr:phishing-resistant"$/);
  await prove(owner, authenticator);
  assert.equal((await owner.get("/limits", page)).status, 200);
  assert.deepEqual((await claims(origin.last, usual.url)).amr, ["pwd", "hwk", "user"]);
  const { visitor: byPasskey } = await signIn(usual.url, authenticator);
  assert.equal(await leads(byPasskey, "/mail"), "/confirm?return=/mail&need=login");
  assert.equal(await leads(byPasskey, "/limits"), "/confirm?return=/limits&need=both");
});

test("default-on: once a passkey has shown that it works, a password proves no change of how one logs in", async () => {
  const owner = await customer(usual.url);
  const [first, second] = [new Authenticator(usual.url), new Authenticator(usual.url)];
  await register(owner, first);
  // Made and never used: a password login still suffices, else a passkey that does not work would shut its owner out.
  assert.equal((await owner.post("/.sekisho/sessions/end", {})).status, 200);
  const { visitor: byPasskey } = await signIn(usual.url, first);
  const change = { current: owner.form.password, password: "Fuyu-77-taki%Z" };
  assert.equal(other(await owner.post("/.sekisho/sessions/end", {})), "insufficient_user_authentication");
  assert.equal(other(await owner.post("/.sekisho/passkey/register/begin", {})), "insufficient_user_authentication");
  assert.equal(other(await owner.post("/.sekisho/password/change", change)), "insufficient_user_authentication");
  assert.equal((await register(byPasskey, second)).status, 201);
  await prove(owner, first);
  assert.equal((await owner.post("/.sekisho/password/change", change)).status, 200);
});

test("required: from the first passkey on, nothing but a passkey proves a change", async () => {
  const owner = await customer(strict.url);
  const authenticator = new Authenticator(strict.url);
  assert.equal((await owner.post("/.sekisho/sessions/end", {})).status, 200, "who has none cannot be asked for one");
  const { json: made } = await register(owner, authenticator);
  const deleted = () => owner.post("/.sekisho/passkeys/delete", { id: made.id });
  assert.equal(other(await deleted()), "insufficient_user_authentication");
  await prove(owner, authenticator);
  assert.equal((await deleted()).status, 200);
});
