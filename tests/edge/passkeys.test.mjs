// Passkeys with a software authenticator: registered, used, listed, removed; and every way in which they must not work.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Authenticator } from "./authenticator.mjs";
import { register, signIn as signInAt } from "./passkeys/ceremonies.mjs";
import { RecordingOrigin, startWorker } from "./worker.mjs";
import { Visitor, customer } from "./visitor.mjs";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const signIn = (authenticator, change) => signInAt(worker.url, authenticator, { change });

for (const algorithm of ["ES256", "EdDSA", "RS256"]) {
  test(`${algorithm}: registered once, signs in without a number or a code, and a response is good once`, async () => {
    const owner = await customer(worker.url);
    const authenticator = new Authenticator(worker.url, algorithm);
    const made = await register(owner, authenticator, { name: "仕事用PC" });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.json.name, "仕事用PC");
    const { visitor, credential, answer } = await signIn(authenticator);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.amr, ["hwk", "user"]);
    assert.equal(answer.json.first, false);
    assert.equal((await visitor.get("/.sekisho/me")).json.number, owner.number);
    const replay = await new Visitor(worker.url).post("/.sekisho/passkey/login/finish", { credential });
    assert.equal(replay.status, 409, replay.text);
    assert.equal(replay.json.code, "challenge_gone");
    assert.deepEqual(replay.cookies, []);
  });
}

test("of one response sent eight times at once, one opens a session", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  const visitor = new Visitor(worker.url);
  const begun = await visitor.post("/.sekisho/passkey/login/begin", {});
  const credential = authenticator.authenticate(begun.json.publicKey);
  const finish = () => new Visitor(worker.url).post("/.sekisho/passkey/login/finish", { credential });
  const statuses = (await Promise.all(Array.from({ length: 8 }, finish))).map((answer) => answer.status);
  assert.deepEqual(statuses.sort(), [200, ...Array(7).fill(409)]);
});

test("what was not signed as it must be opens nothing", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  const flip = (text) => (text[10] === "A" ? `${text.slice(0, 10)}B${text.slice(11)}` : `${text.slice(0, 10)}A${text.slice(11)}`);
  const edit = (part) => (credential) => ({ ...credential, response: { ...credential.response, ...part(credential.response) } });
  const changes = {
    "another signature": edit(({ signature }) => ({ signature: flip(signature) })),
    "another authenticator's data": edit(({ authenticatorData }) => ({ authenticatorData: flip(authenticatorData) })),
    "a made-up user handle": edit(() => ({ userHandle: Buffer.alloc(25, 7).toString("base64url") })),
    "no user handle": edit(() => ({ userHandle: undefined })),
    "another credential's id": (credential) => ({ ...credential, id: "AAAA", rawId: "AAAA" }),
    "another type": (credential) => ({ ...credential, type: "password" }),
  };
  for (const [what, change] of Object.entries(changes)) {
    const { answer, visitor } = await signIn(authenticator, change);
    assert.ok([400, 401, 404].includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
    assert.equal(visitor.cookie, undefined, what);
  }
  const elsewhere = new Authenticator("https://look-alike.example");
  Object.assign(elsewhere, { pair: authenticator.pair, id: authenticator.id, userHandle: authenticator.userHandle, count: 100 });
  assert.equal((await signIn(elsewhere)).answer.status, 401, "signed on another domain");
  assert.equal((await signIn(authenticator)).answer.status, 200, "and the true one still does");
});

test("a challenge that was never issued, and one of another purpose, are gone", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  const options = (await owner.post("/.sekisho/passkey/register/begin", {})).json.publicKey;
  for (const challenge of ["AAAA", Buffer.alloc(41).toString("base64url"), options.challenge]) {
    const credential = authenticator.authenticate({ challenge, rpId: "localhost" });
    const answer = await new Visitor(worker.url).post("/.sekisho/passkey/login/finish", { credential });
    assert.ok([401, 409].includes(answer.status), answer.text);
    assert.deepEqual(answer.cookies, []);
  }
});

test("a registration needs its session, its challenge and its first time", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  assert.equal((await new Visitor(worker.url).post("/.sekisho/passkey/register/begin", {})).status, 401);
  const begun = await owner.post("/.sekisho/passkey/register/begin", {});
  const { rp, user, challenge, excludeCredentials: excluded } = begun.json.publicKey;
  assert.equal(rp.id, "localhost");
  assert.equal(user.name, owner.number);
  assert.deepEqual(excluded ?? [], []);
  const credential = authenticator.register(begun.json.publicKey);
  const other = await customer(worker.url);
  assert.equal((await other.post("/.sekisho/passkey/register/finish", { credential })).status, 409, "another's challenge");
  assert.equal((await owner.post("/.sekisho/passkey/register/finish", { credential })).status, 201);
  assert.equal((await owner.post("/.sekisho/passkey/register/finish", { credential })).status, 409, "a replay");
  const again = await owner.post("/.sekisho/passkey/register/begin", {});
  assert.notEqual(again.json.publicKey.challenge, challenge);
  assert.deepEqual(again.json.publicKey.excludeCredentials.map((one) => one.id), [credential.id]);
  const twice = authenticator.register(again.json.publicKey);
  const answer = await owner.post("/.sekisho/passkey/register/finish", { credential: twice });
  assert.equal(answer.json.code, "passkey_exists");
});

test("the list, a new name, and a removal that ends the passkey for good", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  const { json: made } = await register(owner, authenticator);
  assert.ok(made.name.length > 0, "it has a name although none was given");
  const renamed = await owner.post("/.sekisho/passkeys/rename", { id: made.id, name: "寝室のタブレット" });
  assert.equal(renamed.status, 200, renamed.text);
  await signIn(authenticator);
  const { passkeys } = (await owner.get("/.sekisho/passkeys")).json;
  assert.equal(passkeys.length, 1);
  assert.equal(passkeys[0].name, "寝室のタブレット");
  assert.ok(passkeys[0].last_used >= passkeys[0].created);
  const stranger = await customer(worker.url);
  assert.equal((await stranger.post("/.sekisho/passkeys/delete", { id: made.id })).status, 404, "another's passkey");
  assert.equal((await owner.post("/.sekisho/passkeys/delete", { id: made.id })).status, 200);
  const gone = (await signIn(authenticator)).answer;
  assert.deepEqual([gone.status, gone.json.code, gone.cookies], [404, "passkey_unknown", []], "so that the browser forgets it");
  assert.deepEqual((await owner.get("/.sekisho/passkeys")).json.passkeys, []);
});

test("a fresh proof by passkey carries the session on under a new id, once", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  assert.equal((await owner.post("/.sekisho/passkey/step-up/begin", {})).json.code, "passkey_unknown");
  await register(owner, authenticator);
  const thief = new Visitor(worker.url);
  thief.cookie = owner.cookie;
  const begun = await owner.post("/.sekisho/passkey/step-up/begin", {});
  assert.deepEqual(begun.json.publicKey.allowCredentials.map(({ id }) => id), [authenticator.id.toString("base64url")]);
  const credential = authenticator.authenticate(begun.json.publicKey);
  const finish = (visitor) => visitor.post("/.sekisho/passkey/step-up/finish", { credential });
  const answers = await Promise.all(Array.from({ length: 6 }, () => finish(Object.assign(new Visitor(worker.url), { cookie: owner.cookie }))));
  const [raised, ...none] = answers.filter(({ status }) => status === 200);
  assert.deepEqual(none, [], "one proof raised more than one session");
  assert.deepEqual([...raised.json.amr].sort(), ["hwk", "pwd", "user"]);
  assert.equal((await thief.get("/.sekisho/session")).status, 401, "the id before is worth nothing");
  owner.cookie = raised.cookies[0].match(/^__Host-sekisho=([^;]*)/)[1];
  assert.equal((await finish(owner)).json.code, "challenge_gone", "a replay");
  await owner.get("/home");
  const [, claims] = origin.last.headers["sekisho-assertion"].split(".");
  assert.equal(JSON.parse(Buffer.from(claims, "base64url")).acr, "urn:sekisho:acr:phishing-resistant");

  // Another's passkey proves nothing here, nor does a sign-in's challenge.
  const stranger = new Authenticator(worker.url);
  await register(await customer(worker.url), stranger);
  const again = (await owner.post("/.sekisho/passkey/step-up/begin", {})).json.publicKey;
  const foreign = await owner.post("/.sekisho/passkey/step-up/finish", { credential: stranger.authenticate(again) });
  assert.equal(foreign.json.code, "sign_in_failed");
  const login = (await owner.post("/.sekisho/passkey/login/begin", {})).json.publicKey;
  const crossed = await owner.post("/.sekisho/passkey/step-up/finish", { credential: authenticator.authenticate(login) });
  assert.equal(crossed.json.code, "challenge_gone");
});

test("a counter that goes back is turned down, and the owner hears of it", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  authenticator.count = 10;
  assert.equal((await signIn(authenticator)).answer.status, 200);
  authenticator.count = 4;
  const { answer, visitor } = await signIn(authenticator);
  assert.deepEqual([answer.json.code, visitor.cookie], ["sign_in_failed", undefined]);
  const told = () => origin.requests.some(({ body }) => body.includes(owner.form.mail) && body.includes("複製された可能性"));
  for (let tries = 0; !told() && tries < 400; tries += 1) await pause(25);
  assert.ok(told(), "no letter");
  authenticator.count = 11;
  assert.equal((await signIn(authenticator)).answer.status, 200, "the true one goes on");
});

test("who logs in by passkey alone is not opened by the right password, which looks like a wrong one", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  const { json: made } = await register(owner, authenticator);
  const only = (visitor, on) => visitor.post("/.sekisho/passkeys/only", { on });
  assert.equal((await only(owner, true)).json.code, "insufficient_user_authentication", "a password's session cannot");
  const { visitor } = await signIn(authenticator);
  assert.equal((await only(visitor, true)).status, 200);
  assert.equal((await visitor.get("/.sekisho/me")).json.passkey_only, true);
  const login = async (password) => {
    const { status, json, cookies } = await new Visitor(worker.url).post("/.sekisho/login", { id: owner.number, password });
    return { status, json: { ...json, ref: "" }, cookies };
  };
  assert.deepEqual(await login(owner.form.password), await login("Wrong#2026-pass"));
  assert.equal((await login(owner.form.password)).json.code, "sign_in_failed");
  assert.equal((await visitor.post("/.sekisho/passkeys/delete", { id: made.id })).json.code, "last_factor");
  assert.equal((await only(visitor, false)).status, 200);
  assert.equal((await login(owner.form.password)).status, 200);
});
