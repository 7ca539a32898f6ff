// The verified mail address, against the whole house: domains in other letters by the runtime's own parser, the letters that
// leave, and a stop that tells known names from unknown ones by nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStack } from "../../tools/stack.mjs";
import { PASSWORD, Visitor, customer } from "../visitor.mjs";

let stack;
before(async () => (stack = await startStack({ seed: false })));
after(() => stack?.stop());

/** What `pattern` finds in a letter to `mail`, another than `before`. */
async function found(mail, pattern, before) {
  const value = ({ text }) => text.match(pattern)?.[1];
  const letter = await stack.mailbox.letter(mail, (one) => value(one) !== undefined && value(one) !== before);
  return value(letter);
}

const CODE = /認証コード:(\d{6})/;
const NUMBER = /停止番号:([\d-]{14})/;

/** A customer whose session was opened by password and code. */
async function confirmed() {
  const visitor = await customer(stack.url);
  const { mail } = visitor.form;
  assert.equal((await visitor.post("/.sekisho/address/begin", {})).status, 200);
  const first = await found(mail, CODE);
  assert.equal((await visitor.post("/.sekisho/address/confirm", { code: first })).status, 200);
  const login = await visitor.post("/.sekisho/login", { id: visitor.number, password: PASSWORD });
  assert.equal(login.status, 202);
  const code = await found(mail, CODE, first);
  const done = await visitor.post("/.sekisho/login/code", { pending: login.json.pending, code });
  assert.equal(done.status, 200, done.text);
  return visitor;
}

test("a domain in other letters is kept as the runtime's URL parser has it, and the carriers' forms are accepted", async () => {
  const visitor = await confirmed();
  for (const odd of ["a@例え/x.jp", "a@例え", "a@b@例え.jp", "a@１２７.0.0.1", "あ@example.com", "a@例え.jp:25"]) {
    const refused = await visitor.post("/.sekisho/address/begin", { address: odd });
    assert.deepEqual([refused.status, refused.json.code], [422, "fields_refused"], odd);
  }
  const begun = await visitor.post("/.sekisho/address/begin", { address: "a..b.@例え。ＪＰ" });
  assert.equal(begun.status, 200, begun.text);
  assert.equal(begun.json.masked, "a***@xn--r8jz45g.jp");
  const code = await found('"a..b."@xn--r8jz45g.jp', CODE);
  assert.equal((await visitor.post("/.sekisho/address/confirm", { code })).status, 200);
  assert.equal((await visitor.get("/.sekisho/me")).json.verified_address, "a***@xn--r8jz45g.jp");
});

test("the letter to the old address stops the change; known and unknown names are answered alike", async () => {
  const visitor = await confirmed();
  const { mail } = visitor.form;
  const next = `next.${visitor.number}@example.com`;
  assert.equal((await visitor.post("/.sekisho/address/begin", { address: next })).status, 200);
  const code = await found(next, CODE);
  assert.equal((await visitor.post("/.sekisho/address/confirm", { code })).status, 200);
  const number = await found(mail, NUMBER);
  const letters = stack.mailbox.letters(mail).concat(stack.mailbox.letters(next));
  assert.ok(letters.every(({ text, html }) => !/https?:|href/.test(text + html)), "no letter has a link");
  assert.ok(letters.filter(({ text }) => NUMBER.test(text)).length === 1, "the number goes to the old address alone");

  const stranger = new Visitor(stack.url);
  const answers = [];
  for (const id of [visitor.number, "99999999", "山田", ""]) {
    const started = performance.now();
    const { status, json: { ref, ...document }, headers } = await stranger.post("/.sekisho/address/stop", { id, number: "1" });
    assert.ok(performance.now() - started > 200, "on the grid");
    answers.push(JSON.stringify([status, document, headers["content-type"]]));
  }
  assert.equal(new Set(answers).size, 1, answers.join("\n"));
  const stopped = await stranger.post("/.sekisho/address/stop", { id: visitor.number, number });
  assert.equal(stopped.status, 200, stopped.text);
  assert.equal((await visitor.get("/.sekisho/me")).json.code, "no_session");
  const held = await stranger.post("/.sekisho/login", { id: visitor.number, password: PASSWORD });
  assert.deepEqual([held.status, held.json.code], [401, "sign_in_failed"]);
  const headers = { authorization: `Bearer ${stack.secrets.SEKISHO_OPS_TOKEN}` };
  assert.equal((await stranger.post("/.sekisho/ops/release", { name: visitor.number }, headers)).status, 200);
  const again = await stranger.post("/.sekisho/login", { id: visitor.number, password: PASSWORD });
  assert.deepEqual([again.status, again.json.masked], [202, mail.replace(/^(.).*@/, "$1***@")]);
});

test("a login leads over the page that asks for an address, until the customer puts it off", async () => {
  const visitor = await customer(stack.url);
  const next = async () => (await visitor.post("/.sekisho/login", { id: visitor.number, password: PASSWORD, return: "/history" })).json.next;
  assert.equal(await next(), "/address?return=/history");
  assert.equal((await visitor.post("/.sekisho/address/later", {})).status, 200);
  assert.equal(await next(), "/history");
  assert.equal((await visitor.get("/.sekisho/me")).json.ask_address, false);
});
