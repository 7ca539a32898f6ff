// Sealed passwords against the running house: what opens, what a replay does, and keys that change meanwhile.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, test } from "node:test";
import { root } from "../../tools/house/layout.mjs";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { startStack } from "../../tools/stack.mjs";
import { PASSWORD, Visitor, person, send } from "../visitor.mjs";
import { openBase, seal, sealedLogin } from "./hpke.mjs";

const LOGIN = "/.sekisho/login";
const WRONG = "Wrong#2026-pass";
const secrets = freshSecrets();

let stack;
before(async () => (stack = await startStack({ seed: false, secrets })));
after(() => stack?.stop());

/** Opens an account and answers its number. */
async function open(visitor = new Visitor(stack.url)) {
  const { attempt, key } = (await visitor.post("/.sekisho/attempt", {})).json;
  const password = seal(PASSWORD, key, { attempt, path: "/.sekisho/open" });
  const form = person({ password, attempt });
  const opened = await visitor.post("/.sekisho/open", form);
  assert.equal(opened.status, 201, opened.text);
  return { number: opened.json.account_number, form };
}

const login = (body) => new Visitor(stack.url).post(LOGIN, body);
const codes = (answers) => Object.entries(Object.groupBy(answers, ({ status, json }) => json.code ?? status)).map(([code, all]) => [code, all.length]).sort();

test("the second implementation passes the vectors of RFC 9180", () => {
  const { vectors } = JSON.parse(readFileSync(join(root, "tests/vectors/hpke.json"), "utf8"));
  for (const vector of vectors) {
    const part = (name) => Buffer.from(vector[name], "hex");
    const sealed = Buffer.concat([part("enc"), part("ct")]);
    assert.deepEqual(openBase(part("skRm"), part("info"), part("aad"), sealed), part("pt"));
  }
});

test("an account is opened, entered and given another password, all sealed; a replay of each is refused", async () => {
  const visitor = new Visitor(stack.url);
  const { number, form } = await open(visitor);
  const again = await visitor.post("/.sekisho/open", form);
  assert.deepEqual([again.status, again.json.code], [409, "attempt_gone"]);

  const body = await sealedLogin(visitor, number, PASSWORD);
  const entered = await visitor.post(LOGIN, body);
  assert.equal(entered.status, 200, entered.text);
  assert.equal((await login(body)).json.code, "attempt_gone");

  const { attempt, key } = (await visitor.post("/.sekisho/attempt", {})).json;
  const path = "/.sekisho/password/change";
  const sealed = (field, text) => seal(text, key, { attempt, path, field });
  const change = { current: sealed("current", PASSWORD), password: sealed("password", "Kumo-73-minato#R"), attempt };
  const changed = await visitor.post(path, change);
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await visitor.post(path, change)).json.code, "attempt_gone");
  assert.equal((await login(await sealedLogin(visitor, number, PASSWORD))).json.code, "attempt_gone", "asked for within a session");
  assert.equal((await login({ id: number, password: "Kumo-73-minato#R" })).status, 200);
});

test("of a hundred replays at once one is counted, for a name that is there and for one that is not", async () => {
  const { number } = await open();
  for (const [id, password, first] of [[number, PASSWORD, "200"], [number, WRONG, "sign_in_failed"], ["99999999", WRONG, "sign_in_failed"]]) {
    const body = await sealedLogin(new Visitor(stack.url), id, password);
    const answers = await Promise.all(Array.from({ length: 100 }, () => login(body)));
    assert.deepEqual(codes(answers), [[first, 1], ["attempt_gone", 99]].sort(), id);
  }
  // Ten wrong ones would have held the name.
  const fresh = await login(await sealedLogin(new Visitor(stack.url), number, PASSWORD));
  assert.equal(fresh.status, 200, fresh.text);
});

test("what was sealed for another name, attempt or field does not open", async () => {
  const { number } = await open();
  const visitor = new Visitor(stack.url);
  const body = await sealedLogin(visitor, number, PASSWORD);
  const other = await sealedLogin(visitor, number, PASSWORD);
  const { attempt, key } = (await visitor.post("/.sekisho/attempt", {})).json;
  const field = { id: number, password: seal(PASSWORD, key, { attempt, path: LOGIN, id: number, field: "current" }), attempt };
  for (const odd of [{ ...body, id: "99999999" }, { ...body, attempt: other.attempt }, field]) {
    const answer = await login(odd);
    assert.deepEqual([answer.status, answer.json.code], [422, "seal_broken"]);
  }
  for (const password of [body.password.slice(2), `${body.password}00`, PASSWORD]) {
    assert.equal((await login({ ...body, password })).json.code, "malformed");
  }
  assert.equal((await login(body)).status, 200);
});

test("a plain password is counted in the log, and nothing of it or of its owner is", async () => {
  const { number } = await open();
  const before = stack.worker.log.length;
  assert.equal((await login({ id: number, password: PASSWORD })).status, 200);
  // Counts are told by whoever asks ten seconds after the last telling.
  const told = () => /"counts":\{[^}]*"plain_password":[1-9]/.test(stack.worker.log.slice(before));
  for (let time = 0; time < 24 && !told(); time += 1) {
    await pause(500);
    await send(stack.url, { path: "/.sekisho/health" });
  }
  assert.ok(told());
  const written = stack.worker.log.slice(before);
  assert.ok(!written.includes(number) && !written.includes(PASSWORD));
});

test("the keys change while customers log in, and nobody is turned away", async () => {
  const { number } = await open();
  const bodies = async (count) => Promise.all(Array.from({ length: count }, () => sealedLogin(new Visitor(stack.url), number, PASSWORD)));
  const [last, ...old] = await bodies(7);
  await stack.killWorker();
  const next = `2:${randomBytes(32).toString("base64url")}`;
  secrets.SEKISHO_SEAL_KEYS = `${next},${secrets.SEKISHO_SEAL_KEYS}`;
  await stack.startWorker();
  const fresh = await bodies(6);
  const mixed = await Promise.all(old.flatMap((body, at) => [login(body), login(fresh[at])]));
  assert.deepEqual(codes(mixed), [["200", 12]]);
  // Once the old key is gone, what was sealed to it is asked for anew.
  await stack.killWorker();
  secrets.SEKISHO_SEAL_KEYS = next;
  await stack.startWorker();
  assert.equal((await login(last)).json.code, "attempt_gone");
  assert.equal((await login(await sealedLogin(new Visitor(stack.url), number, PASSWORD))).status, 200);
});

test("a site may refuse what is not sealed", async () => {
  const strict = await startStack({ seed: false, config: (toml) => toml.replace('plain = "allow"', 'plain = "refuse"') });
  try {
    const visitor = new Visitor(strict.url);
    const { number } = await open(visitor);
    for (const [path, body] of [
      [LOGIN, { id: number, password: PASSWORD }],
      [LOGIN, { id: "99999999", password: PASSWORD }],
      ["/.sekisho/open", person()],
    ]) {
      const refused = await visitor.post(path, body);
      assert.deepEqual([refused.status, refused.json.code], [403, "plain_refused"]);
    }
    assert.equal((await visitor.post(LOGIN, await sealedLogin(visitor, number, PASSWORD))).status, 200);
  } finally {
    await strict.stop();
  }
});
