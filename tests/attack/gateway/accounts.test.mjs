// Attacks on accounts over HTTP: fixed sessions, locks gone round, guesses in parallel, odd addresses, sizes without end.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PASSWORD, Visitor, person } from "../../edge/visitor.mjs";
import { Gate } from "./gate.mjs";

const WRONG = "Wrong#2026-pass";

let gate;
before(async () => (gate = await Gate.start()));
after(() => gate?.stop());

const login = (visitor, id, password) => visitor.post("/.sekisho/login", { id, password });

test("a session id that was planted before the login is not the one after it, and opens nothing", async () => {
  const attacker = await gate.customer();
  const planted = attacker.cookie;
  const victim = await gate.customer();
  const browser = new Visitor(gate.url);
  browser.cookie = planted;
  assert.equal((await login(browser, victim.number, PASSWORD)).status, 200);
  assert.notEqual(browser.cookie, planted);
  assert.equal((await browser.get("/.sekisho/me")).json.number, victim.number);
  const thief = new Visitor(gate.url);
  thief.cookie = planted;
  const seen = await thief.get("/.sekisho/me");
  assert.ok(seen.status === 401 || seen.json.number === attacker.number, "the planted session has become the victim's");
  // A second login of the same browser ends the session before it.
  const first = browser.cookie;
  assert.equal((await login(browser, victim.number, PASSWORD)).status, 200);
  thief.cookie = first;
  assert.equal((await thief.get("/.sekisho/session")).status, 401, "the session before the login lives on");
});

test("every spelling of a number fills the same bucket of tries", async () => {
  const { number } = await gate.customer();
  const wide = number.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
  const spelled = [number, wide, ` ${number}`, `${number} `, `${number.slice(0, 4)}-${number.slice(4)}`, `${number.slice(0, 2)} ${number.slice(2)}`,
    `${wide.slice(0, 4)}\uff0d${number.slice(4)}`, `\u3000${number}`, `${number}\u3000`, `${number.slice(0, 4)} - ${number.slice(4)}`];
  assert.equal(spelled.length, 10);
  for (const id of spelled) assert.equal((await login(new Visitor(gate.url), id, WRONG)).status, 401, JSON.stringify(id));
  for (const id of [number, wide]) assert.equal((await login(new Visitor(gate.url), id, PASSWORD)).status, 429, "the eleventh is held");
});

test("a hundred guesses at once are counted one by one", async () => {
  const { number } = await gate.customer();
  // All wrong: a right one among them would end the counting, and there would be nothing left to guess.
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => login(new Visitor(gate.url), number, `${WRONG}${at}`)));
  assert.equal(answers.filter(({ status }) => status === 401).length, 10);
  assert.equal(answers.filter(({ status }) => status === 429).length, 90);
  assert.equal((await login(new Visitor(gate.url), number, PASSWORD)).status, 429, "the right one comes too late");
});

/** The code of the newest letter, once there is one more than `seen`. */
async function code(seen) {
  const codes = () => gate.origin.requests.map(({ body }) => body.match(/認証コード:(\d{6})/)?.[1]).filter(Boolean);
  for (let tries = 0; codes().length <= seen && tries < 400; tries += 1) await pause(25);
  assert.ok(codes().length > seen, "no letter with a code");
  return codes().at(-1);
}

test("of a hundred guesses at a code three are compared, and the right one among the rest opens nothing", async () => {
  const customer = await gate.customer();
  assert.equal((await customer.post("/.sekisho/address/begin", {})).status, 200);
  assert.equal((await customer.post("/.sekisho/address/confirm", { code: await code(0) })).status, 200);
  const thief = new Visitor(gate.url);
  const asked = await login(thief, customer.number, PASSWORD);
  assert.deepEqual([asked.status, thief.cookie], [202, undefined], "the password alone opens nothing");
  const right = await code(1);
  const guesses = Array.from({ length: 100 }, (_, at) => String((Number(right) + 1 + at) % 1_000_000).padStart(6, "0"));
  const enter = (guess) => new Visitor(gate.url).post("/.sekisho/login/code", { pending: asked.json.pending, code: guess });
  const answers = await Promise.all(guesses.map(enter));
  assert.equal(answers.filter(({ json }) => json.code === "code_wrong").length, 3);
  assert.equal(answers.filter(({ json }) => json.code === "code_gone").length, 97);
  assert.equal((await enter(right)).json.code, "code_gone");
  // Nor does the thief's own sign-in take another customer's code, or another's pending a code of this one.
  const other = await gate.customer();
  assert.equal((await other.post("/.sekisho/address/confirm", { code: right })).json.code, "code_gone");
});

test("an address that two readers take for two is no address", async () => {
  const visitor = new Visitor(gate.url);
  for (const mail of ["a@b@example.com", "victim@example.com,attacker@look-alike.example", "victim@example.com;x@y.example", "<victim@example.com>", '"a b"@example.com',
    "victim@example.com\r\nBcc: x@y.example", "victim@example.com%0d%0aBcc:x@y.example\n", "victim@[127.0.0.1]", "victim@example.com ", "v\u0131ctim@example.com\0", "@example.com", "victim@"]) {
    const answer = await visitor.post("/.sekisho/open", person({ mail }));
    // Space around an address is folded away; anything else is refused by name.
    if (mail.trim() === "victim@example.com") continue;
    assert.deepEqual([answer.status, Object.keys(answer.json.fields ?? {})], [422, ["mail"]], JSON.stringify(mail));
  }
});

test("whatever is too long is refused at once, and nothing is kept of it", async () => {
  const { number } = await gate.customer();
  const long = "9".repeat(60_000);
  const visitor = new Visitor(gate.url);
  assert.equal((await login(visitor, long, WRONG)).status, 401);
  assert.equal((await login(visitor, number, long)).status, 401, "a password beyond every profile is simply wrong");
  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  for (const body of [deep, `{"id":${deep},"password":"x"}`, `{"id":"1","password":"x","return":${deep}}`]) {
    const lines = ["POST /.sekisho/login HTTP/1.1", "Content-Type: application/json", `Origin: ${gate.url}`, `Content-Length: ${body.length}`];
    assert.equal((await gate.raw(lines, body)).status, 400);
  }
  for (const field of ["family", "address", "mail", "birthday", "lang"]) {
    assert.equal((await visitor.post("/.sekisho/open", person({ [field]: long }))).status, 422, field);
  }
  const credential = { id: long, rawId: long, type: "public-key", response: { clientDataJSON: long, authenticatorData: long }, clientExtensionResults: {} };
  assert.ok([401, 413].includes((await visitor.post("/.sekisho/passkey/login/finish", { credential: { ...credential, response: {} } })).status));
  for (const before of ["99999999999999999999999999", "-1", "1e3", "0x10", "", "NaN", "1&before=2"]) {
    const customer = await gate.customer();
    const answer = await customer.get(`/.sekisho/history?before=${before}`);
    assert.ok(answer.status === 400 || (before === "" && answer.status === 200), `before=${before}: ${answer.status}`);
  }
  assert.equal((await visitor.get("/.sekisho/health")).status, 200);
});
