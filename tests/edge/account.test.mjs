// Opening, login, session, logout, customers of old: against the whole house, the demo origin and its mailbox included.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../tools/house/layout.mjs";
import { startStack } from "../tools/stack.mjs";
import { PASSWORD, Visitor, customer, person } from "./visitor.mjs";
import { straight } from "./worker.mjs";

const read = (name) => JSON.parse(readFileSync(join(root, "www/demo", name), "utf8"));
// The demo's customers of old: login names and numbers as they are imported, passwords as the origin alone holds them.
const [NAMES, HELD] = [read("customers.json").customers, read("old-customers.json")];
const old = (at) => ({ name: NAMES[at].name, number: NAMES[at].customer, password: HELD[at].password });

let stack;
before(async () => (stack = await startStack({ config: straight })));
after(() => stack?.stop());

test("an opening issues a number and a receipt, and the letter of welcome arrives once", async () => {
  const visitor = new Visitor(stack.url);
  const form = person();
  const opened = await visitor.post("/.sekisho/open", form);
  assert.equal(opened.status, 201, opened.text);
  assert.match(opened.json.account_number, /^\d{8}$/);
  assert.match(opened.json.receipt, /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
  assert.equal(visitor.cookie, undefined, "an opening is no login");
  const letter = await stack.mailbox.letter(form.mail, (one) => one.text.includes(opened.json.account_number.slice(-4)));
  assert.equal(letter.to[0].address, form.mail);
  assert.ok(!letter.text.includes(opened.json.account_number), "a mail is not the place for the whole number");
  const login = await visitor.post("/.sekisho/login", { id: opened.json.account_number, password: PASSWORD });
  assert.equal(login.status, 200, login.text);
  // The login's letter comes after the welcome: by then a second welcome would be there as well.
  await stack.mailbox.letter(form.mail, (one) => one.subject !== letter.subject);
  assert.equal(stack.mailbox.letters(form.mail).filter((one) => one.subject === letter.subject).length, 1);
});

test("fields and passwords that cannot be are refused by name and code", async () => {
  const visitor = new Visitor(stack.url);
  const fields = await visitor.post("/.sekisho/open", person({ birthday: "2001-02-29", family_kana: "Yamada", mail: "x" }));
  assert.equal(fields.status, 422);
  assert.equal(fields.json.code, "fields_refused");
  assert.deepEqual(Object.keys(fields.json.fields).sort(), ["birthday", "family_kana", "mail"]);
  for (const password of ["short1A", "alllowercaseletters", "Momiji 2026 aki", "Momiji#2026-aki-long"]) {
    const refused = await visitor.post("/.sekisho/open", person({ password }));
    assert.equal(refused.status, 422, password);
    assert.equal(refused.json.code, "password_refused", password);
    assert.ok(refused.json.complaints.length > 0, password);
  }
});

test("a login sets two hardened cookies, one of which the browser keeps, and tells the login before it", async () => {
  const visitor = await customer(stack.url);
  const [line, device] = visitor.login.cookies;
  assert.equal(visitor.login.cookies.length, 2);
  assert.match(line, /^__Host-sekisho=/);
  for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) assert.match(line, new RegExp(`; ${attribute}(;|$)`, "i"));
  assert.doesNotMatch(line, /domain|expires|max-age/i);
  assert.match(device, /^__Host-sekisho-device=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=34560000$/);
  const { next, amr, first, last_login: last, renew_password: renew, second_factor: second } = visitor.login.json;
  assert.deepEqual({ next, amr, first, last, renew, second }, {
    next: "/home", amr: ["pwd"], first: true, last: null, renew: false, second: "always",
  });
  const again = await visitor.post("/.sekisho/login", { id: visitor.number, password: PASSWORD, return: "/history?x=1" });
  assert.equal(again.json.next, "/history?x=1");
  assert.equal(again.json.first, false);
  assert.equal(again.json.last_login.channel, "pc-main");
  assert.ok(Math.abs(again.json.last_login.at - Date.now()) < 60_000);
});

test("a wrong password and an unknown name get the same answer", async () => {
  const known = await customer(stack.url);
  const answers = [];
  for (const id of [known.number, "99999999", "no.such.name", "山田", ""]) {
    const visitor = new Visitor(stack.url);
    const answer = await visitor.post("/.sekisho/login", { id, password: "Wrong#2026-pass" });
    assert.equal(answer.status, 401, id);
    const { ref, ...document } = answer.json;
    assert.ok(ref.length > 0);
    const { date, ...headers } = answer.headers;
    headers["content-length"] = "";
    answers.push({ document, headers, cookies: answer.cookies });
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0].document.code, "sign_in_failed");
  assert.deepEqual(answers[0].cookies, []);
});

test("too many wrong passwords hold password login, and an unknown name is held alike", async () => {
  const known = await customer(stack.url);
  for (const id of [known.number, "88888888"]) {
    const visitor = new Visitor(stack.url);
    const statuses = [];
    for (let tries = 0; tries < 11; tries += 1) {
      statuses.push((await visitor.post("/.sekisho/login", { id, password: "Wrong#2026-pass" })).status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(401), 429], id);
    const held = await visitor.post("/.sekisho/login", { id, password: PASSWORD });
    assert.equal(held.status, 429, "the right password is held as well");
    assert.equal(held.json.code, "locked");
    assert.ok(held.json.until > Date.now());
    assert.ok(Number(held.headers["retry-after"]) > 0);
  }
  assert.equal((await known.get("/.sekisho/session")).status, 200, "a session that is there lives on");
});

test("the session's own endpoints", async () => {
  const visitor = await customer(stack.url);
  const session = await visitor.get("/.sekisho/session");
  assert.equal(session.status, 200, session.text);
  const { remaining_ms: remaining, window_ms: window, timeout_ms: timeout, amr, channel } = session.json;
  assert.deepEqual({ window, timeout, amr, channel }, { window: 300_000, timeout: 10_800_000, amr: ["pwd"], channel: "pc-main" });
  assert.ok(remaining > 10_700_000 && remaining <= 10_800_000);
  assert.match(session.headers["sekisho-session"], /^remaining=\d+, window=300000, timeout=10800000$/);
  const extended = await visitor.post("/.sekisho/session/extend", {});
  assert.equal(extended.status, 200);
  assert.ok(extended.json.remaining_ms <= remaining, "outside the window nothing is extended");

  const me = await visitor.get("/.sekisho/me");
  assert.equal(me.json.number, visitor.number);
  assert.equal(me.json.name, "松本 蓮");
  assert.equal(me.json.passkeys, 0);
  const shown = JSON.stringify(me.json.masked);
  for (const hidden of [visitor.form.mail, visitor.form.phone, visitor.form.address, visitor.form.birthday]) {
    assert.ok(!shown.includes(hidden), `${hidden} is shown unmasked`);
  }
  const history = await visitor.get("/.sekisho/history");
  assert.equal(history.json.entries.length, 1);
  assert.equal(history.json.entries[0].outcome, "success");
  assert.equal(history.json.more, false);
  for (const path of ["/.sekisho/session", "/.sekisho/me", "/.sekisho/history", "/.sekisho/passkeys"]) {
    const stranger = await new Visitor(stack.url).get(path);
    assert.equal(stranger.status, 401, path);
    assert.equal(stranger.json.code, "no_session", path);
    assert.equal(stranger.headers["cache-control"], "no-store");
  }
});

test("logout ends the session at the server, whoever keeps the cookie", async () => {
  const visitor = await customer(stack.url);
  const stolen = visitor.cookie;
  const out = await visitor.post("/.sekisho/logout", {});
  assert.equal(out.status, 200);
  assert.equal(visitor.cookie, undefined);
  assert.ok(out.headers["clear-site-data"]);
  const thief = new Visitor(stack.url);
  thief.cookie = stolen;
  for (const path of ["/.sekisho/session", "/.sekisho/me"]) assert.equal((await thief.get(path)).status, 401, path);
  assert.equal((await thief.post("/.sekisho/session/extend", {})).status, 401);
  assert.equal((await new Visitor(stack.url).post("/.sekisho/logout", {})).status, 200, "nothing to end is no fault");
});

test("a cookie that is not ours opens nothing", async () => {
  const visitor = await customer(stack.url);
  const mine = visitor.cookie;
  const last = mine.at(-1) === "A" ? "B" : "A";
  for (const cookie of [mine.slice(0, -1), `${mine}A`, `${mine.slice(0, -1)}${last}`, "", "x".repeat(3000), mine.toLowerCase()]) {
    const other = new Visitor(stack.url);
    other.cookie = cookie;
    assert.equal((await other.get("/.sekisho/me")).status, 401, cookie.slice(0, 20));
  }
});

test("a customer of old logs in with the password that only the origin knew, and is asked there once", async () => {
  const { name, number, password } = old(0);
  const visitor = new Visitor(stack.url);
  const wrong = await visitor.post("/.sekisho/login", { id: name, password: "Wrong#2026-pass" });
  assert.equal(wrong.json.code, "sign_in_failed");
  const login = await visitor.post("/.sekisho/login", { id: name, password });
  assert.equal(login.status, 200, login.text);
  const me = await visitor.get("/.sekisho/me");
  assert.equal(me.json.number, number);
  assert.ok(me.json.name, "the origin told who it is");
  // Adopted: it still works when the origin's check is out of reach.
  await stack.originProcess.stop();
  try {
    const again = await new Visitor(stack.url).post("/.sekisho/login", { id: name, password });
    assert.equal(again.status, 200, again.text);
    const other = old(1);
    const unknown = await new Visitor(stack.url).post("/.sekisho/login", { id: other.name, password: other.password });
    assert.equal(unknown.status, 503, "one whose password the origin still holds waits, and nobody guesses");
    assert.equal(unknown.json.code, "unavailable");
  } finally {
    await stack.startOrigin();
  }
});

test("a short password of old still opens, and is asked to be renewed", async () => {
  const { name, password } = old(1);
  const login = await new Visitor(stack.url).post("/.sekisho/login", { id: name, password });
  assert.equal(login.status, 200, login.text);
  assert.equal(login.json.renew_password, true);
});

test("an import twice keeps what is there, and needs staff's token", async () => {
  const visitor = new Visitor(stack.url);
  const body = { customers: [{ name: "new.customer", customer: "K990001" }] };
  for (const authorization of ["", "Bearer ", "Bearer wrong-token-wrong-token", stack.secrets.SEKISHO_OPS_TOKEN]) {
    const refused = await visitor.post("/.sekisho/ops/import", body, { authorization });
    assert.equal(refused.status, 401, authorization);
  }
  const authorization = `Bearer ${stack.secrets.SEKISHO_OPS_TOKEN}`;
  const first = await visitor.post("/.sekisho/ops/import", body, { authorization });
  assert.deepEqual(first.json, { imported: 1, kept: 0 });
  const second = await visitor.post("/.sekisho/ops/import", body, { authorization });
  assert.deepEqual(second.json, { imported: 0, kept: 1 });
  const many = { customers: Array.from({ length: 101 }, (_, at) => ({ name: `many.${at}`, customer: `M${at}` })) };
  assert.equal((await visitor.post("/.sekisho/ops/import", many, { authorization })).status, 413);
});
