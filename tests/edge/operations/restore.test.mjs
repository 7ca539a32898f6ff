// The drill of .github/DEPLOY.md: the store set back to a copy, by edge/deploy/store.sh. What happened since the copy was made is undone,
// ends of sessions, used codes and challenges among it; two new MAC keys in front end all that again. The script is the delivered one but
// for its paths; in systemd's place stands what starts the worker again while its socket is there.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseEnv, promisify } from "node:util";
import { root } from "../../tools/house/layout.mjs";
import { freshSecrets, key, lines } from "../../tools/house/secrets.mjs";
import { startStack } from "../../tools/stack.mjs";
import { Authenticator } from "../authenticator.mjs";
import { register, signIn } from "../passkeys/ceremonies.mjs";
import { PASSWORD, Visitor, customer, send } from "../visitor.mjs";

const NEXT = "Kumo-73-minato#R";
const CODE = /認証コード:(\d{6})/;
const UNITS = ["sekisho.socket", "sekisho.service"];

let stack, folder, objects, copy, manager, script;
const secrets = freshSecrets();
const at = (...names) => join(folder, ...names);
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "sekisho-restore-"));
  stack = await startStack({ seed: false, state: at("run"), secrets });
  [objects, copy] = [at("run/worker/objects"), at("copy")];
  writeFileSync(at("secrets"), lines(secrets), { mode: 0o600 });
  manager = http.createServer((request, response) => systemctl(JSON.parse(decodeURIComponent(request.url.slice(1)))).then((code) => response.end(String(code))));
  await new Promise((resolve) => manager.listen(0, "127.0.0.1", resolve));
  mkdirSync(at("bin"));
  writeFileSync(at("bin/systemctl"), `#!${process.execPath}
fetch("http://127.0.0.1:${manager.address().port}/" + encodeURIComponent(JSON.stringify(process.argv.slice(2)))).then((answer) => answer.text()).then((code) => process.exit(Number(code)));
`, { mode: 0o755 });
  let text = readFileSync(join(root, "edge/deploy/store.sh"), "utf8");
  for (const [from, to] of [["/var/lib/sekisho", at("run/worker")], ["/etc/sekisho/secrets", at("secrets")]]) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  script = at("bin/store.sh");
  writeFileSync(script, text, { mode: 0o755 });
});
after(async () => {
  await stack?.stop();
  manager?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const login = (number, password) => new Visitor(stack.url).post("/.sekisho/login", { id: number, password });
const status = async (visitor) => {
  // Each is asked with the cookie that it had: an answer must not take it from the test.
  const headers = { cookie: `__Host-sekisho=${visitor.cookie}`, "sec-fetch-site": "same-origin" };
  return (await send(stack.url, { path: "/.sekisho/me", headers })).status;
};

let [runs, listens, started] = [true, true, 0];

/** What systemd does of it. A socket that is left starts the worker again, with the next request in truth and here at once. */
async function systemctl([verb, ...units]) {
  const named = units.filter((unit) => !unit.startsWith("-"));
  if (verb === "is-active") return named.some((unit) => (unit === "sekisho.service" ? runs : listens)) ? 0 : 3;
  if (named.includes("sekisho.socket")) listens = verb === "start";
  if (verb === "stop" && runs && named.includes("sekisho.service")) await stack.worker.stop();
  const wanted = listens || (verb === "start" && named.includes("sekisho.service"));
  if (wanted && (verb === "stop" || !runs)) {
    Object.assign(secrets, parseEnv(readFileSync(at("secrets"), "utf8")));
    await stack.startWorker();
    started += 1;
  }
  runs = wanted;
  return 0;
}

const run = (...args) => promisify(execFile)(script, args, { env: { ...process.env, PATH: `${at("bin")}:${process.env.PATH}` } });
const generations = () => parseEnv(readFileSync(at("secrets"), "utf8")).SEKISHO_MAC_KEYS.split(",").map((one) => Number(one.split(":")[0]));

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

  // A copy that was stopped half way, and what another has left.
  writeFileSync(at("bin/cp"), "#!/bin/sh\nkill -TERM $PPID\n", { mode: 0o755 });
  await assert.rejects(run("copy", copy));
  assert.deepEqual([runs, listens, started, existsSync(copy)], [true, true, 1, false], "the site is up again");
  rmSync(at("bin/cp"));
  mkdirSync(`${copy}.part/objects`, { recursive: true });
  await run("copy", copy);
  assert.deepEqual([runs, started], [true, 2], "the worker was stopped for the copy, and started again");
  assert.deepEqual(readdirSync(copy).sort(), readdirSync(at("run/worker")).sort(), "the store and nothing else");

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
  cpSync(join(copy, "objects"), objects, { recursive: true });
  await stack.startWorker();

  // The danger is real: whoever kept these cookies is in again, and what was used up is not.
  for (const back of [kept, other]) assert.equal(await status(back), 200, "a session that had ended lives again");
  assert.equal((await new Visitor(stack.url).post("/.sekisho/login/code", entered)).status, 200, "a used code is good again");
  assert.equal((await new Visitor(stack.url).post("/.sekisho/passkey/login/finish", { credential })).status, 200, "so is an answer that was caught");
  assert.equal((await login(one.number, NEXT)).status, 401, "the password set since is lost");
  assert.equal((await login(one.number, PASSWORD)).status, 200, "the one before opens again");
  assert.equal((await login(again.number, PASSWORD)).status, 401, "an account opened since is gone");

  // The drill: the copy, and two new keys in front in one step.
  writeFileSync(join(objects, "evidence"), "");
  await run("restore", copy);
  assert.deepEqual(generations(), [3, 2, 1]);
  assert.equal(secrets.SEKISHO_MAC_KEYS, parseEnv(readFileSync(at("secrets"), "utf8")).SEKISHO_MAC_KEYS, "the worker was started with them");
  assert.equal(statSync(at("secrets")).mode & 0o777, 0o600);
  const [aside] = readdirSync(at("run")).filter((name) => name.startsWith("worker."));
  assert.ok(existsSync(at("run", aside, "objects/evidence")) && !existsSync(join(objects, "evidence")), "what it was lies aside");
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

test("it touches nothing while anything could start the worker, or where it is no copy or the ring is full", async () => {
  const keys = secrets.SEKISHO_MAC_KEYS;
  const delivered = readFileSync(script, "utf8");
  writeFileSync(script, delivered.replace(`units="${UNITS.join(" ")}"`, 'units="sekisho.service"').replace("is-active --quiet $units", `is-active --quiet ${UNITS.join(" ")}`));
  await assert.rejects(run("restore", copy), /the worker goes on; nothing was done/);
  writeFileSync(script, delivered.replace(`store=${at("run/worker")}`, `store=${at("none")}`));
  await assert.rejects(run("restore", copy), /there is no .*none to set back/);
  assert.deepEqual([runs, secrets.SEKISHO_MAC_KEYS], [true, parseEnv(readFileSync(at("secrets"), "utf8")).SEKISHO_MAC_KEYS], "no key was put in");
  writeFileSync(script, delivered);
  await assert.rejects(run("restore", at("bin")), /is no copy of a store/);
  await assert.rejects(run("copy", copy), /is there already/);
  const many = Array.from({ length: 15 }, (_, at) => `${15 - at}:${key()}`).join(",");
  writeFileSync(at("secrets"), lines({ ...secrets, SEKISHO_MAC_KEYS: many }));
  await assert.rejects(run("restore", copy), /the ring of SEKISHO_MAC_KEYS is full/);
  writeFileSync(at("secrets"), lines({ ...secrets, SEKISHO_MAC_KEYS: keys }));
  // As a hand may have written it.
  writeFileSync(at("secrets"), readFileSync(at("secrets"), "utf8").replaceAll("'", "").replace(/^/, "# of root\n"));
  assert.equal(readdirSync(at("run")).filter((name) => name.startsWith("worker.")).length, 1);
  await run("restore", copy);
  assert.deepEqual(generations(), [5, 4, 3, 2, 1]);
});
