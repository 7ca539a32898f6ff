// What a site may say of passkeys: what they mean to passwords, what becomes of a copied one, who else may use them; and
// what an owner does within a session.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Authenticator } from "../authenticator.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";
import { Visitor, customer } from "../visitor.mjs";
import { register, signIn } from "./ceremonies.mjs";

let origin, site, strict;
const saying = (changes) => (toml) =>
  Object.entries(changes).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name} = .*$`, "m");
    assert.match(text, line);
    return text.replace(line, `${name} = ${value}`);
  }, toml);

before(async () => {
  origin = await new RecordingOrigin().start();
  site = await startWorker(origin.url, {
    config: saying({ policy: '"default-on"', clone: '"notice"', related_origins: '["https://other.example"]', fresh: '"1s"' }),
  });
  strict = await startWorker(origin.url, { config: saying({ policy: '"required"' }) });
});
after(async () => {
  await site?.stop();
  await strict?.stop();
  await origin?.stop();
});

const login = async (url, { number, form }) =>
  (await new Visitor(url).post("/.sekisho/login", { id: number, password: form.password })).status;
const only = (visitor, on) => visitor.post("/.sekisho/passkeys/only", { on });

/** Waits until a letter to `owner` says `words`; answers how many do. */
async function told(owner, words) {
  const letters = () => origin.requests.filter(({ body }) => body.includes(owner.form.mail) && body.includes(words)).length;
  for (let tries = 0; letters() === 0 && tries < 400; tries += 1) await pause(25);
  return letters();
}

test("default-on: passwords end when a passkey has shown that it works, not before, and the owner may have them back", async () => {
  const owner = await customer(site.url);
  const authenticator = new Authenticator(site.url);
  await register(owner, authenticator);
  assert.equal(await login(site.url, owner), 200, "a passkey that was never used shuts nobody out");
  const { visitor } = await signIn(site.url, authenticator);
  assert.equal(await login(site.url, owner), 401);
  assert.equal(await told(owner, "パスワードでのログインを停止しました"), 1);
  assert.equal((await visitor.get("/.sekisho/me")).json.passkey_only, true);
  assert.equal((await only(visitor, false)).status, 200);
  assert.equal(await login(site.url, owner), 200);
  await signIn(site.url, authenticator);
  assert.equal(await login(site.url, owner), 200, "the owner's word stands");
});

test("required: nobody has passwords back, and the last passkey that works stays", async () => {
  assert.equal((await new Visitor(strict.url).get("/.sekisho/site")).json.passkey.policy, "required");
  const owner = await customer(strict.url);
  const [first, second] = [new Authenticator(strict.url), new Authenticator(strict.url)];
  const { json: made } = await register(owner, first);
  await register(owner, second, { conditional: true });
  const { visitor } = await signIn(strict.url, first);
  assert.equal(await login(strict.url, owner), 401);
  assert.equal((await only(visitor, false)).json.code, "passkey_required");
  assert.equal((await visitor.post("/.sekisho/passkeys/delete", { id: made.id })).json.code, "last_factor");
  await signIn(strict.url, second);
  assert.equal((await visitor.post("/.sekisho/passkeys/delete", { id: made.id })).status, 200);
});

test("notice: a counter that goes back is let in, told by mail, and marked in the history", async () => {
  const owner = await customer(site.url);
  const authenticator = new Authenticator(site.url);
  await register(owner, authenticator);
  authenticator.count = 10;
  await signIn(site.url, authenticator);
  authenticator.count = 4;
  const { answer, visitor } = await signIn(site.url, authenticator);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(await told(owner, "複製された可能性のあるパスキーが利用されました"), 1);
  const { entries } = (await visitor.get("/.sekisho/history")).json;
  assert.deepEqual(entries.slice(0, 2).map(({ method, outcome }) => [method, outcome]), [["passkey_suspected", "success"], ["passkey", "success"]]);
});

test("an upgrade takes a passkey that was made without asking; a registration does not", async () => {
  const owner = await customer(site.url);
  const silent = new Authenticator(site.url);
  silent.flags = 0x00; // neither present nor verified
  const asked = await register(owner, silent);
  assert.equal(asked.json.code, "malformed", asked.text);
  const made = await register(owner, silent, { conditional: true });
  assert.equal(made.status, 201, made.text);
  silent.flags = 0x05;
  assert.equal((await signIn(site.url, silent)).answer.status, 200);
});

test("a removal signed by a passkey is carried out long after the login, once, and only as it was shown", async () => {
  const owner = await customer(site.url);
  const [keeper, lost] = [new Authenticator(site.url), new Authenticator(site.url)];
  await register(owner, keeper);
  const { json: made } = await register(owner, lost, { name: "失くした電話" });
  await pause(1_100);
  assert.equal((await owner.post("/.sekisho/passkeys/delete", { id: made.id })).json.code, "insufficient_user_authentication");
  const begin = (body) => owner.post("/.sekisho/passkey/confirm/begin", body);
  const finish = (credential) => owner.post("/.sekisho/passkey/confirm/finish", { credential });
  assert.equal((await begin({ operation: "close_account", id: made.id })).status, 400);
  assert.equal((await begin({ operation: "delete_passkey", id: "AAAA" })).json.code, "passkey_unknown");
  const english = await begin({ operation: "delete_passkey", id: made.id, lang: "en" });
  assert.equal(english.json.text, 'Delete the passkey "失くした電話".');
  const stale = keeper.authenticate(english.json.publicKey);
  const { text, publicKey } = (await begin({ operation: "delete_passkey", id: made.id })).json;
  assert.equal(text, "パスキー「失くした電話」を削除します。");
  assert.equal(publicKey.challenge.length, 43, "a SHA-256");
  assert.equal((await finish(stale)).json.code, "sign_in_failed", "another sentence was signed");
  const again = (await begin({ operation: "delete_passkey", id: made.id })).json.publicKey;
  const credential = keeper.authenticate(again);
  const answers = await Promise.all(Array.from({ length: 6 }, () => finish(credential)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409]);
  const { passkeys, rp_id: rpId, user } = (await owner.get("/.sekisho/passkeys")).json;
  assert.deepEqual(passkeys.map(({ id }) => id), [keeper.id.toString("base64url")]);
  assert.deepEqual([rpId, user.id, user.name], ["localhost", keeper.userHandle, owner.number]);
  assert.equal(await told(owner, "パスキーが削除されました"), 1);
  assert.equal((await signIn(site.url, lost)).answer.json.code, "passkey_unknown");
});

test("a new name is told by mail; a provider that is known names its passkey", async () => {
  const owner = await customer(site.url);
  const authenticator = new Authenticator(site.url);
  authenticator.aaguid = Buffer.from("ea9b8d664d011d213ce4b6b48cb575d4", "hex");
  const { json: made } = await register(owner, authenticator);
  assert.equal(made.name, "Google Password Manager (Chrome / Windows)");
  assert.equal((await owner.post("/.sekisho/passkeys/rename", { id: made.id, name: "居間のPC" })).status, 200);
  assert.equal((await owner.post("/.sekisho/passkeys/rename", { id: made.id, name: "居間のPC" })).status, 200);
  assert.equal(await told(owner, "パスキーの名前が変更されました"), 1);
});

test("a related origin is published and may sign; any other may not", async () => {
  const { json, headers } = await new Visitor(site.url).get("/.well-known/webauthn");
  assert.deepEqual(json, { origins: [site.url, "https://other.example"] });
  assert.match(headers["content-type"], /^application\/json/);
  const owner = await customer(site.url);
  const authenticator = new Authenticator(site.url);
  await register(owner, authenticator);
  for (const [from, status] of [["https://other.example", 200], ["https://sub.other.example", 401], ["https://other.example:444", 401]]) {
    authenticator.origin = from;
    assert.equal((await signIn(site.url, authenticator)).answer.status, status, from);
  }
});
