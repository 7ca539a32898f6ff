// A hundred guesses of a code at once, against the whole house: three are compared and no more, in whatever order they arrive.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStack } from "../../tools/stack.mjs";
import { PASSWORD, Visitor, customer } from "../visitor.mjs";

let stack;
before(async () => (stack = await startStack({ seed: false })));
after(() => stack?.stop());

const CODE = /認証コード:(\d{6})/;
const SIZE = 100;

/** The code in a letter to `mail`, another than those of `before`, to which it is added. */
async function next(mail, before) {
  const value = ({ text }) => text.match(CODE)?.[1];
  const isNew = (letter) => value(letter) !== undefined && !before.includes(value(letter));
  before.push(value(await stack.mailbox.letter(mail, isNew)));
  return before.at(-1);
}

/** So many codes that are none of `codes`. */
const wrong = (count, codes) => Array.from({ length: count + codes.length }, (_, at) => String(123456 + at)).filter((code) => !codes.includes(code)).slice(0, count);

/** Sends every code at once; answers what was said how often, with the tries that were left. */
async function all(codes, enter) {
  const told = {};
  for (const { status, json } of await Promise.all(codes.map(enter))) {
    const what = status === 200 ? "in" : json.code + (json.left === undefined ? "" : ` ${json.left}`);
    told[what] = (told[what] ?? 0) + 1;
  }
  return told;
}

/** What is said where three were compared, all wrong. */
const VOID = { "code_wrong 2": 1, "code_wrong 1": 1, "code_wrong 0": 1, code_gone: SIZE - 3 };

/** Asks for a code to the address of a customer who has just opened an account. */
async function unconfirmed() {
  const owner = await customer(stack.url);
  const { mail } = owner.form;
  assert.equal((await owner.post("/.sekisho/address/begin", {})).status, 200);
  const codes = [];
  return { owner, mail, codes, code: await next(mail, codes), confirm: (code) => owner.post("/.sekisho/address/confirm", { code }) };
}

test("of a hundred guesses of an address's code at once three are compared", async () => {
  const { owner, code, confirm } = await unconfirmed();
  assert.deepEqual(await all(wrong(SIZE, [code]), confirm), VOID);
  assert.equal((await confirm(code)).json.code, "code_gone", "the right one came too late");
  assert.equal((await owner.get("/.sekisho/me")).json.address_verified, false);
});

test("of a hundred guesses of a login's code at once three are compared, and as many of a fresh one", async () => {
  const { owner, mail, codes, ...asked } = await unconfirmed();
  assert.equal((await asked.confirm(asked.code)).status, 200);
  const thief = new Visitor(stack.url);
  const login = async () => {
    const asked = await thief.post("/.sekisho/login", { id: owner.number, password: PASSWORD });
    assert.equal(asked.status, 202, asked.text);
    return { code: await next(mail, codes), enter: (code) => thief.post("/.sekisho/login/code", { pending: asked.json.pending, code }) };
  };
  const first = await login();
  assert.deepEqual(await all(wrong(SIZE, [first.code]), first.enter), VOID);
  assert.equal((await first.enter(first.code)).json.code, "code_gone");
  assert.equal(thief.cookie, undefined, "nothing was opened");

  // The right one among them opens once where it is among those compared, and never after three.
  const second = await login();
  const guesses = wrong(SIZE - 1, [second.code]);
  const told = await all([...guesses.slice(0, 3), ...Array(SIZE - 6).fill(second.code), ...guesses.slice(3, 6)], second.enter);
  const { in: opened = 0, code_gone: gone, ...compared } = told;
  const missed = Object.keys(compared).length;
  assert.ok(Object.entries(compared).every(([what, times]) => /^code_wrong [012]$/.test(what) && times === 1), JSON.stringify(told));
  assert.ok(opened === (missed < 3 ? 1 : 0) && opened + missed <= 3 && gone === SIZE - opened - missed, JSON.stringify(told));

  const third = await login();
  assert.equal((await third.enter(third.code)).status, 200, "a fresh code has tries of its own");
});
