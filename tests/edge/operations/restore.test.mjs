// The drill of .github/DEPLOY.md: the store set back to a copy. What happened since the copy was made is undone, ends of
// sessions, used codes and challenges among it; two new MAC keys in front end all that again.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { startStack } from "../../tools/stack.mjs";
import { Authenticator } from "../authenticator.mjs";
import { register, signIn } from "../passkeys/ceremonies.mjs";
import { PASSWORD, Visitor, customer, send } from "../visitor.mjs";

const NEXT = "Kumo-73-minato#R";
const CODE = /認証コード:(\d{6})/;
const generation = (number) => `${number}:${randomBytes(32).toString("base64url")}`;

let stack, folder, objects, copy;
const secrets = freshSecrets();
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "sekisho-restore-"));
  stack = await startStack({ seed: false, state: join(folder, "run"), secrets });
  [objects, copy] = [join(folder, "run/worker/objects"), join(folder, "copy")];
});
after(async () => {
  await stack?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const login = (number, password) => new Visitor(stack.url).post("/.sekisho/login", { id: number, password });
const status = async (visitor) => {
  // Each is asked with the cookie that it had: an answer must not take it from the test.
  const headers = { cookie: `__Host-sekisho=${visitor.cookie}`, "sec-fetch-site": "same-origin" };
  return (await send(stack.url, { path: "/.sekisho/me", headers })).status;
};

test("what a restore brings back, and that two new MAC keys end it again", async () => {
  const [one, other] = [await customer(stack.url), await customer(stack.url)];
  const authenticator = new Authenticator(stack.url);
  assert.equal((await register(one, authenticator)).status, 201);
  const kept = Object.assign(new Visitor(stack.url), { cookie: one.cookie });
  // A login that waits for its code, and a ceremony whose answer was caught on the way.
  const coded = await customer(stack.url);
  assert.equal((await coded.post("/.sekisho/address/begin", {})).status, 200);
  const code = async (before) => {
    const value = ({ text }) => text.match(CODE)?.[1];
    return value(await stack.mailbox.letter(coded.form.mail, (letter) => value(letter) !== undefined && value(letter) !== before));
  };
  const first = await code();
  assert.equal((await coded.post("/.sekisho/address/confirm", { code: first })).status, 200);
  const waiting = await login(coded.number, PASSWORD);
  assert.equal(waiting.status, 202, waiting.text);
  const second = await code(first);

  await stack.worker.stop();
  cpSync(objects, copy, { recursive: true });
  await stack.startWorker();

  // What happens after the copy was made.
  assert.equal((await one.post("/.sekisho/logout", {})).status, 200);
  const ended = await send(stack.url, {
    method: "POST", path: "/.sekisho/ops/sessions/end",
    headers: { authorization: `Bearer ${secrets.SEKISHO_OPS_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ name: other.number }),
  });
  assert.deepEqual([ended.status, ended.json], [200, { found: true }]);
  const again = await customer(stack.url);
  const entered = { pending: waiting.json.pending, code: second };
  assert.equal((await new Visitor(stack.url).post("/.sekisho/login/code", entered)).status, 200);
  assert.equal((await new Visitor(stack.url).post("/.sekisho/login/code", entered)).json.code, "code_gone", "used");
  const { answer, credential } = await signIn(stack.url, authenticator);
  assert.equal(answer.status, 200, answer.text);
  const changed = await login(one.number, PASSWORD);
  assert.equal(changed.status, 200);
  const changer = new Visitor(stack.url);
  await changer.post("/.sekisho/login", { id: one.number, password: PASSWORD });
  assert.equal((await changer.post("/.sekisho/password/change", { current: PASSWORD, password: NEXT })).status, 200);
  assert.equal((await login(one.number, PASSWORD)).status, 401);
  for (const gone of [kept, other]) assert.equal(await status(gone), 401);

  await stack.worker.stop();
  rmSync(objects, { recursive: true });
  cpSync(copy, objects, { recursive: true });
  await stack.startWorker();

  // The danger is real: whoever kept these cookies is in again, and what was used up is not.
  for (const back of [kept, other]) assert.equal(await status(back), 200, "a session that had ended lives again");
  assert.equal((await new Visitor(stack.url).post("/.sekisho/login/code", entered)).status, 200, "a used code is good again");
  assert.equal((await new Visitor(stack.url).post("/.sekisho/passkey/login/finish", { credential })).status, 200, "so is an answer that was caught");
  assert.equal((await login(one.number, NEXT)).status, 401, "the password set since is lost");
  assert.equal((await login(one.number, PASSWORD)).status, 200, "the one before opens again");
  assert.equal((await login(again.number, PASSWORD)).status, 401, "an account opened since is gone");

  // The drill: the copy, and two new keys in front in one step.
  await stack.worker.stop();
  rmSync(objects, { recursive: true });
  cpSync(copy, objects, { recursive: true });
  secrets.SEKISHO_MAC_KEYS = `${generation(3)},${generation(2)},${secrets.SEKISHO_MAC_KEYS}`;
  await stack.startWorker();
  for (const gone of [kept, other, coded]) assert.equal(await status(gone), 401, "no cookie of before is believed");
  assert.equal((await new Visitor(stack.url).post("/.sekisho/login/code", entered)).json.code, "code_gone");
  assert.equal((await new Visitor(stack.url).post("/.sekisho/passkey/login/finish", { credential })).json.code, "challenge_gone");
  const fresh = await signIn(stack.url, authenticator);
  assert.equal(fresh.answer.status, 200, "passkeys work as before");
  assert.equal((await login(other.number, PASSWORD)).status, 200);
  // A number that the restored store does not know is taken again by importing what the origin knows.
  await stack.importCustomers([{ name: again.number, customer: again.number }]);
  assert.equal((await login(again.number, PASSWORD)).status, 401, "its password is the desk's matter");
});
