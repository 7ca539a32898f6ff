// A login by passkey under a login id: who has one, who has none and who does not exist are asked alike.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";
import { Visitor, customer } from "../visitor.mjs";
import { register, signIn } from "./ceremonies.mjs";

const GRID = 250;
let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const begin = async (id) => {
  const started = performance.now();
  const answer = await new Visitor(worker.url).post("/.sekisho/passkey/login/begin", { id });
  return { ...answer, took: performance.now() - started };
};

test("the account's own passkeys answer, also where the device tells no user handle", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  const { json } = await begin(owner.number);
  assert.deepEqual(json.publicKey.allowCredentials, [
    { type: "public-key", id: authenticator.id.toString("base64url"), transports: ["internal"] },
  ]);
  const mute = (credential) => ({ ...credential, response: { ...credential.response, userHandle: undefined } });
  for (const change of [undefined, mute]) {
    const { answer, visitor } = await signIn(worker.url, authenticator, { id: owner.number, change });
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await visitor.get("/.sekisho/me")).json.number, owner.number);
  }
});

test("a name without passkeys and one that nobody has are asked for one that does not exist, always the same", async () => {
  const without = await customer(worker.url);
  const shape = ({ status, json }) => [status, Object.keys(json.publicKey).sort(), json.publicKey.allowCredentials.length];
  const known = await customer(worker.url);
  await register(known, new Authenticator(worker.url));
  const wanted = shape(await begin(known.number));
  const lengths = new Set();
  for (const id of [without.number, "00000000", "nobody-at-all", "", "x".repeat(300), "日本語"]) {
    const [first, second] = [await begin(id), await begin(id)];
    assert.deepEqual(shape(first), wanted, id);
    const [made, again] = [first, second].map(({ json }) => json.publicKey.allowCredentials[0]);
    assert.deepEqual(made, again, `${id}: another id each time betrays it`);
    assert.ok(made.transports.includes("internal") && made.id.length >= 22, JSON.stringify(made));
    lengths.add(made.id.length);
    for (const { took } of [first, second]) assert.ok(took >= GRID - 5, `${id}: answered after ${took} ms, off the grid`);
  }
  assert.ok((await begin(known.number)).took >= GRID - 5, "a known name waits for the grid as well");
  // Every other one is of the most frequent length: a handful could be alike by chance.
  const more = await Promise.all(Array.from({ length: 24 }, (_, at) => begin(`nobody-${at}`)));
  for (const { json } of more) lengths.add(json.publicKey.allowCredentials[0].id.length);
  assert.ok(lengths.size > 1, "all made-up ids have one length, which real ones have not");
});

test("under a login id nothing tells an unknown passkey from one that does not prove itself", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  const spoilt = (credential) => ({ ...credential, response: { ...credential.response, signature: "MEUCIQ" } });
  const plain = ({ answer: { status, json, cookies } }) => ({ status, json: { ...json, ref: "" }, cookies });
  const stranger = new Authenticator(worker.url);
  const other = await customer(worker.url);
  await register(other, stranger);
  const wrong = plain(await signIn(worker.url, authenticator, { id: owner.number, change: spoilt }));
  assert.equal(wrong.json.code, "sign_in_failed");
  assert.deepEqual(plain(await signIn(worker.url, authenticator, { id: "00000000" })), wrong, "a name that nobody has");
  assert.deepEqual(plain(await signIn(worker.url, stranger, { id: owner.number })), wrong, "another customer's passkey");
});

test("whoever knocks under a login id does not fill its owner's history", async () => {
  const owner = await customer(worker.url);
  await Promise.all(Array.from({ length: 14 }, () => signIn(worker.url, new Authenticator(worker.url), { id: owner.number })));
  const { entries } = (await owner.get("/.sekisho/history")).json;
  assert.equal(entries.filter(({ method }) => method === "passkey").length, 10, "login.attempts, within login.hold");
});

test("a challenge is for the login id it was made for, or for none", async () => {
  const owner = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  await register(owner, authenticator);
  const finish = (body) => new Visitor(worker.url).post("/.sekisho/passkey/login/finish", body);
  const named = (await begin(owner.number)).json.publicKey;
  const none = (await new Visitor(worker.url).post("/.sekisho/passkey/login/begin", {})).json.publicKey;
  assert.equal((await finish({ credential: authenticator.authenticate(named) })).json.code, "challenge_gone");
  assert.equal((await finish({ credential: authenticator.authenticate(none), id: owner.number })).json.code, "challenge_gone");
  assert.equal((await finish({ credential: authenticator.authenticate(named), id: "00000000" })).json.code, "challenge_gone");
  assert.equal((await finish({ credential: authenticator.authenticate(named), id: owner.number })).status, 200);
});
