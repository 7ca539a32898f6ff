// The desk writes down a customer's new address, against the whole house: a member of staff enrols and logs in as their page does, the
// object writes it down, and the code that leaves for the new mailbox confirms it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStack } from "../../tools/stack.mjs";
import { Authenticator } from "../authenticator.mjs";
import { PASSWORD, Visitor, customer, send } from "../visitor.mjs";

let stack;
let staff;
before(async () => {
  const config = (toml) => {
    const port = toml.match(/origin = "http:\/\/localhost:(\d+)"/)[1];
    staff = `http://staff.localhost:${port}`;
    const acting = toml.replace('mode = "shadow"', 'mode = "act"').replace('second_factor = "always"', 'second_factor = "off"');
    return `${acting.replace(/^page = "\/address"/m, "")}\n[staff]\norigin = "${staff}"\n`;
  };
  stack = await startStack({ seed: false, config });
});
after(() => stack?.stop());

/** Asks as staff's page does, at their host; the worker itself is reached at its own. */
async function ask(path, fields, cookie = "") {
  const headers = {
    host: new URL(staff).host, origin: staff, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors",
    "content-type": "application/json", "user-agent": new Visitor(staff).agent, cookie,
  };
  return send(stack.url, { method: "POST", path: `/.sekisho/staff/${path}`, headers, body: JSON.stringify(fields) });
}

/** A member of that role, as a function that asks. */
async function member(role) {
  const headers = { authorization: `Bearer ${stack.secrets.SEKISHO_OPS_TOKEN}` };
  const { json } = await new Visitor(stack.url).post("/.sekisho/ops/staff/invite", { name: "鈴木 一", role }, headers);
  const authenticator = new Authenticator(staff);
  const options = (await ask("enrol/begin", { code: json.code })).json.publicKey;
  const credential = JSON.stringify(authenticator.register(options));
  assert.equal((await ask("enrol/finish", { code: json.code, credential })).status, 200);
  const request = (await ask("login/begin", {})).json.publicKey;
  const login = await ask("login/finish", { credential: JSON.stringify(authenticator.authenticate(request)) });
  const cookie = login.cookies[0].split(";")[0];
  return (path, fields) => ask(path, fields, cookie);
}

/** What `pattern` finds in a letter to `mail`. */
async function found(mail, pattern) {
  const letter = await stack.mailbox.letter(mail, ({ text }) => pattern.test(text));
  return letter.text.match(pattern)[1];
}

test("after a lock and the release, the address that the desk wrote down brings its customer back whole", async () => {
  const [support, admin] = [await member("support"), await member("admin")];
  const visitor = await customer(stack.url);
  const { number, form } = visitor;
  const logIn = () => visitor.post("/.sekisho/login", { id: number, password: PASSWORD });
  const registers = async () => (await visitor.post("/.sekisho/passkey/register/begin", {})).status;
  assert.equal((await visitor.post("/.sekisho/lock", {})).status, 200);
  assert.equal((await support("release", { name: number })).status, 200);
  assert.deepEqual([(await logIn()).status, await registers()], [200, 401], "the password alone is let in, and barred");

  const address = `moved..${number}.@例え.jp`;
  const ascii = `moved..${number}.@xn--r8jz45g.jp`;
  for (const [fields, code] of [[{ name: number, address: "a@b@x.jp" }, "fields_refused"], [{ name: "99999999", address }, "not_found"], [{ name: number }, "malformed"]]) {
    assert.equal((await support("address", fields)).json.code, code);
  }
  assert.equal((await admin("address", { name: number, address })).json.code, "not_found", "not that role's");
  assert.equal((await ask("address", { name: number, address })).json.code, "no_session");
  const written = await support("address", { name: number, address });
  assert.equal(written.status, 200, written.text);
  const told = await found(form.mail, /(変更を承りました[^]*停止番号:[\d-]{14})/);
  assert.ok(told.includes("m***@xn--r8jz45g.jp") && !told.includes(ascii), told);

  const asked = await logIn();
  assert.deepEqual([asked.status, asked.json.masked], [202, "m***@xn--r8jz45g.jp"]);
  const code = await found(`"moved..${number}."@xn--r8jz45g.jp`, /認証コード:(\d{6})/);
  const entered = await visitor.post("/.sekisho/login/code", { pending: asked.json.pending, code });
  assert.deepEqual([entered.status, entered.json.amr], [200, ["pwd", "otp"]]);
  assert.equal((await visitor.get("/.sekisho/me")).json.verified_address, "m***@xn--r8jz45g.jp");
  assert.equal(await registers(), 200);
  const again = await found(form.mail, /(認証メールアドレスが変更されました[^]*停止番号:[\d-]{14})/);
  const stop = (text) => text.slice(-14);
  assert.notEqual(stop(again), stop(told), "its confirmation has a number of its own");

  const { lines } = (await admin("record", { before: "" })).json;
  const { account } = (await support("look", { name: number })).json;
  const { subject } = lines.find(({ action }) => action === "address");
  assert.match(subject, new RegExp(`^${account} [0-9a-f]{16}$`), "the account, and the mailbox's keyed hash");
  assert.ok(!JSON.stringify(lines).includes("@") && !JSON.stringify(lines).includes(number));
});
