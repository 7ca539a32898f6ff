// Logging in by password: on the board and natively, what the home page tells, and logging out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demoCustomers } from "../tools/house/layout.mjs";
import { House, PASSWORD, closed, logIn, session, settled, visit } from "./house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

const LOGIN = "/.sekisho/login";
/** All that is told of the browser beside the two fields. */
const SAID = { zone: "540", language: "ja-JP" };
const NOTICE = "【関所証券】ログインのお知らせ";

const PHONE = {
  userAgent: "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

/** Everything that a script of the page can read without asking the package: markup, values, form data, storage. */
const readable = (page) =>
  page.evaluate(() => {
    const values = [...document.querySelectorAll("input")].map((input) => `${input.value} ${input.getAttribute("value")}`);
    const forms = [...document.forms].map((form) => JSON.stringify([...new FormData(form)]));
    const kept = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
    const globals = Object.keys(window).filter((name) => typeof window[name] === "string").map((name) => window[name]);
    return [document.documentElement.outerHTML, ...values, ...forms, ...kept, ...globals, document.cookie].join("\n");
  });

/** Whether `text` holds four characters of the password in a row. */
const betrays = (text) => [...PASSWORD].some((_, at) => at + 4 <= PASSWORD.length && text.includes(PASSWORD.slice(at, at + 4)));

const outcomes = (page) => page.locator("#history-rows tr").evaluateAll((rows) => rows.map((row) => row.dataset.outcome));

test("a password typed on the board reaches the edge, and leaves the page as ciphertext alone", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const sent = [];
  page.on("request", (request) => sent.push(request));
  const heard = [];
  page.on("console", (message) => heard.push(message.text()));

  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  const board = await closed(page, "#login-keyboard");
  await board.click(".toggle");
  const first = await board.keys();
  await board.click(".toggle");
  await board.click(".toggle");
  const second = await board.keys();
  assert.notEqual(first, second, "every display has a layout of its own");
  assert.deepEqual([...first].sort(), [...second].sort());

  for (const key of PASSWORD) {
    await board.type(key);
    assert.ok(!betrays(await readable(page)));
  }
  assert.equal(await page.inputValue("#login-password"), "•".repeat(PASSWORD.length));
  await page.click("#login-submit");
  await page.waitForURL("**/home");
  await settled(page);

  const holding = sent.filter((request) => betrays(`${request.url()} ${request.postData()} ${JSON.stringify(request.headers())}`));
  assert.deepEqual(holding, []);
  const [login] = sent.filter((request) => new URL(request.url()).pathname === LOGIN);
  assert.deepEqual(house.opened(login.postDataJSON(), LOGIN), { id: customer.number, password: PASSWORD, ...SAID });
  assert.ok(!heard.some(betrays));
  assert.ok(!betrays(await readable(page)));
});

test("what a customer types into the native field is sealed too, and an attempt that is gone is begun anew without a word", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const asked = [];
  page.on("request", (request) => asked.push(request));
  // The first login is sent twice, as somebody on the way could: the page's own comes second.
  let first = true;
  await page.route(`**${LOGIN}`, async (route) => {
    if (first) await fetch(route.request().url(), { method: "POST", headers: await route.request().allHeaders(), body: route.request().postData() });
    first = false;
    await route.continue();
  });
  await logIn(page, customer);
  const bodies = asked.filter((request) => new URL(request.url()).pathname === LOGIN).map((request) => request.postDataJSON());
  assert.equal(bodies.length, 2);
  assert.notEqual(bodies[0].attempt, bodies[1].attempt);
  for (const body of bodies) assert.deepEqual(house.opened(body, LOGIN), { id: customer.number, password: PASSWORD, ...SAID });
  assert.ok(!asked.some((request) => betrays(`${request.postData()}`)));
});

test("where wasm does not run, login works from the plain field, unless the site refuses that", async () => {
  const withoutWasm = async (house) => {
    const page = await house.visitor();
    await page.route("**/*.wasm", (route) => route.abort());
    await page.goto("/login");
    await page.locator("#login-password-note", { hasText: "お使いのキーボードでそのまま" }).waitFor();
    return page;
  };
  const enter = async (page, { number, password }) => {
    await page.fill("#login-id", number);
    await page.fill("#login-password", password);
    const [request] = await Promise.all([page.waitForRequest(`**${LOGIN}`), page.click("#login-submit")]);
    return request.postDataJSON();
  };
  const customer = await house.customer();
  const page = await withoutWasm(house);
  assert.deepEqual(await enter(page, customer), { id: customer.number, password: PASSWORD, ...SAID });
  await page.waitForURL("**/home");

  const strict = await House.start({ config: (toml) => toml.replace('plain = "allow"', 'plain = "refuse"') });
  try {
    const page = await withoutWasm(strict);
    await enter(page, customer);
    await page.locator("#login-error", { hasText: "パスワードを暗号化できない" }).waitFor();
  } finally {
    await strict.stop();
  }
});

test("the home page tells of the login before, and only masked details", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  await page.locator("#home-name", { hasText: "山田 花子 様" }).waitFor();
  assert.equal(await page.textContent("#last-login"), "初めてのログインです。");
  await page.locator("#balance", { hasText: "1,000,000円" }).waitFor();
  const detail = (name) => page.textContent(`#detail-${name}`);
  assert.deepEqual(
    [await detail("number"), await detail("phone"), await detail("mail"), await detail("birthday"), await detail("postal")],
    [customer.number, "090-****-5678", "h***@example.com", "1990/**/**", "100-****"],
  );
  const seen = await readable(page);
  for (const hidden of [customer.phone, customer.mail, customer.address]) assert.ok(!seen.includes(hidden));

  const notice = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject === NOTICE);
  assert.match(notice.text, /チャネル:PCサイト\n端末:Chrome \/ Linux/);

  const other = await house.visitor(PHONE);
  await logIn(other, customer);
  await other.locator("#last-login", { hasText: "PCサイト" }).waitFor();
  assert.match(await other.textContent("#last-login"), /^前回ログイン日時:\d{4}年\d{1,2}月\d{1,2}日\(.\)\d{1,2}:\d\d\(PCサイト\)$/);
  await other.click("#last-login");
  await other.waitForURL("**/history");
  await other.locator("#history-rows tr").nth(1).waitFor();
  assert.deepEqual(await outcomes(other), ["success", "success"]);
  const channels = await other.locator("#history-rows tr td:nth-child(2)").allTextContents();
  assert.deepEqual(channels, ["スマートフォンサイト", "PCサイト"]);
});

test("a wrong password gets one sentence, and a line in the history", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await visit(page, "/login");
  const attempt = async (id, password) => {
    await page.fill("#login-id", id);
    await page.fill("#login-password", password);
    await page.click("#login-submit");
    await page.locator("#login-error:not([hidden])").waitFor();
    return page.textContent("#login-error");
  };
  const sentence = "口座番号またはパスワードが正しくありません。ご確認のうえ、もう一度入力してください。";
  assert.equal(await attempt(customer.number, "Nt8#kWq9+zLp4:Rv"), sentence);
  assert.equal(await page.inputValue("#login-password"), "");
  assert.equal(await page.evaluate(() => document.activeElement.id), "login-error");
  assert.equal((await session(page)).status, 401);
  assert.equal(await attempt("no.such.name", PASSWORD), sentence, "an unknown name reads the same");

  await page.fill("#login-password", "");
  await page.click("#login-submit");
  await page.locator("#login-password-error", { hasText: "パスワードを入力してください" }).waitFor();

  await logIn(page, customer);
  await visit(page, "/history");
  await page.locator("#history-rows tr").nth(1).waitFor();
  assert.deepEqual(await outcomes(page), ["success", "failure"]);
});

test("who was on the way elsewhere gets there, and never to another site", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await page.goto("/settings");
  assert.equal(new URL(page.url()).pathname, "/login");
  await settled(page);
  await page.locator("#kept-out", { hasText: "お手続きを続けるには、ログインしてください" }).waitFor();
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", PASSWORD);
  await page.check("#login-remember");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${house.url}/settings`);

  await visit(page, "/login?return=//elsewhere.example/");
  assert.equal(await page.inputValue("#login-id"), customer.number, "the account number was saved on this device");
  await page.fill("#login-password", PASSWORD);
  await page.click("#login-submit");
  await page.waitForURL(`${house.url}/home`);
});

test("after logging out nothing protected is shown, not even by the back button", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  await page.locator("#detail-phone", { hasText: "090-****-5678" }).waitFor();
  const cookies = await page.context().cookies();
  const { value } = cookies.find(({ name }) => name === "__Host-sekisho");
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
  await page.locator("#out-reason[data-reason=self]").waitFor();
  assert.equal((await session(page)).status, 401);

  await page.goBack();
  await page.waitForURL(({ pathname }) => pathname === "/login");
  assert.ok(!(await page.content()).includes("090-****-5678"));

  // The account has ended it as well: the cookie that was taken away opens nothing for whoever copied it.
  const answer = await fetch(`${house.url}/.sekisho/me`, {
    headers: { cookie: `__Host-sekisho=${value}` },
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(answer.status, 401);
});

test("customers of old log in with what the origin still holds, and are asked to renew a password of old", async () => {
  await house.stack.importCustomers(demoCustomers());
  const page = await house.visitor();
  await logIn(page, { number: "hanako.sato", password: "sakura88" });
  await page.locator("#renew-password:not([hidden])").waitFor();
  await page.locator("#balance", { hasText: "815,000円" }).waitFor();
  await page.locator("#home-name", { hasText: "佐藤 花子 様" }).waitFor();

  // From then on the edge knows it by itself: it asks nobody.
  const again = await house.visitor();
  await visit(again, "/login");
  await house.stack.originProcess.stop();
  await again.fill("#login-id", "hanako.sato");
  await again.fill("#login-password", "sakura88");
  const [answer] = await Promise.all([again.waitForResponse("**/.sekisho/login"), again.click("#login-submit")]);
  assert.equal(answer.status(), 200);
  await again.waitForURL("**/home");
  assert.match(await again.textContent("body"), /応答がありませんでした/);
  await house.stack.startOrigin();
  await again.reload();
  await again.locator("#home-name", { hasText: "佐藤 花子 様" }).waitFor();
  const session = await again.evaluate(async () => (await fetch("/.sekisho/session")).json());
  assert.deepEqual(session.amr, ["pwd"]);
});

// One-time codes: the address is confirmed at home, and from then on a password alone opens nothing.

const SUBJECT = { login: "ワンタイム認証コードのお知らせ(ログイン)", address: "ワンタイム認証コードのお知らせ(メールアドレスの認証)" };

/** The code of the newest letter of that kind, which is another than `before`. */
async function code(mail, kind, before) {
  let found;
  await house.stack.mailbox.letter(mail, ({ subject, text }) => {
    if (!subject.includes(SUBJECT[kind])) return false;
    found = text.match(/認証コード:(\d{6})/)[1];
    return found !== before;
  });
  return found;
}

const other = (code) => (code.startsWith("9") ? "0" : "9") + code.slice(1);

/** A customer whose address is confirmed, on the page itself, and who has logged out again. */
async function confirmed() {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  await visit(page, "/address");
  await page.locator("#address-now", { hasText: "h***@example.com" }).waitFor();
  await page.click("#address-begin");
  await page.locator("#code-body", { hasText: "h***@example.com" }).waitFor();
  await page.fill("#code", await code(customer.mail, "address"));
  await page.click("#code-submit");
  await page.locator("#address-done", { hasText: "認証メールアドレスを認証しました" }).waitFor();
  await page.locator("#address-card").waitFor({ state: "hidden" });
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
  return { page, customer };
}

/** The login page up to the code. */
async function waiting(page, { number, password }, path = "/login") {
  await visit(page, path);
  await page.fill("#login-id", number);
  await page.fill("#login-password", password);
  await page.click("#login-submit");
  await page.locator("#code-card").waitFor();
}

test("the address is confirmed, and the next login asks for a code and leads where it was going", async () => {
  const { page, customer } = await confirmed();
  await waiting(page, customer, "/login?return=/history");
  assert.equal(await page.locator("#password-card").isVisible(), false);
  assert.equal(await page.textContent("#code-body"), "認証メールアドレス(h***@example.com)に送信した6桁の数字を入力してください(有効時間10分)。");
  const [, time] = (await page.textContent("#code-from")).match(/^ログインの操作:(\S+) PCサイト Chrome \/ \w+。/);
  assert.equal(await page.getAttribute("#code", "autocomplete"), "one-time-code");
  assert.equal(await page.evaluate(() => document.activeElement.id), "code", "the field has the focus");
  assert.equal((await session(page)).status, 401, "there is no session yet");
  const digits = await code(customer.mail, "login");
  const letter = house.stack.mailbox.letters(customer.mail).find(({ text }) => text.includes(digits));
  assert.ok(letter.text.includes(`日時:${time}\n`) && letter.text.includes("ログインのみ"), "the letter tells of the same login");
  // As a Japanese keyboard writes digits.
  await page.fill("#code", digits.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)));
  await page.keyboard.press("Enter");
  await page.waitForURL(`${house.url}/history`);
  await settled(page);
  assert.deepEqual((await session(page)).amr, ["pwd", "otp"]);
  await page.locator("#history-rows tr td", { hasText: "パスワードとワンタイム認証コード" }).first().waitFor();
});

test("wrong three times, the code is void; a new one opens", async () => {
  const { page, customer } = await confirmed();
  await page.clock.install();
  await waiting(page, customer);
  const first = await code(customer.mail, "login");
  for (const sentence of ["あと2回入力できます", "あと1回入力できます", "このコードは使えなくなりました"]) {
    await page.fill("#code", other(first));
    await page.click("#code-submit");
    await page.locator("#code-error", { hasText: sentence }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "code");
  }
  await page.fill("#code", first);
  await page.click("#code-submit");
  await page.locator("#code-error", { hasText: "もうお使いいただけません" }).waitFor();
  const told = await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("ログインが完了しなかった"));
  assert.match(told.text, /正しいパスワードの入力後/);

  await page.click("#code-resend");
  await page.locator("#code-message", { hasText: /^\d+秒後に再送信できます。$/ }).waitFor();
  assert.equal((await session(page)).status, 401);
});
