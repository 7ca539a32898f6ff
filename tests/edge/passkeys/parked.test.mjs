// A form that comes before the proof its route asks for: it waits while the passkey signs, is shown, and is sent at a press.
// Once, by who sent it, within ten minutes, as it was.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { Visitor, customer, raw, send } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";
import { register, signIn } from "./ceremonies.mjs";

const ROUTES = '\n[[routes]]\npath = "/withdraw"\nproof = "passkey"\nage = "10m"\njti = true\n';
const SEND = "/.sekisho/parked/send";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url, { config: (toml) => toml + ROUTES });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** A page's form, sent by a browser that keeps its cookies. */
async function submit(visitor, path, body, changes = {}) {
  const headers = {
    accept: "text/html", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", origin: worker.url,
    "content-type": "application/x-www-form-urlencoded", cookie: cookies(visitor), ...changes,
  };
  if (!headers["transfer-encoding"]) headers["content-length"] = Buffer.byteLength(body);
  return keep(visitor, await send(worker.url, { method: "POST", path, headers, body }));
}

/** `parked`: the keys of a browser's forms, the oldest first, each behind its form's name. */
const cookies = ({ cookie, parked = [] }) =>
  [cookie && `__Host-sekisho=${cookie}`, ...parked.map((pair) => `__Host-sekisho-parked-${pair}`)].filter(Boolean).join("; ");

function keep(visitor, answer) {
  for (const line of answer.cookies) {
    const [, form, value] = line.match(/^__Host-sekisho(?:-parked-([0-9a-f]{32}))?=([^;]*)/) ?? [];
    if (value === undefined) continue;
    if (!form) {
      visitor.cookie = value || undefined;
      continue;
    }
    visitor.parked = (visitor.parked ?? []).filter((pair) => !pair.startsWith(form));
    if (value) visitor.parked.push(`${form}=${value}`);
  }
  return answer;
}

const formOf = ({ parked = [] }) => parked.at(-1)?.split("=")[0];
const pageOf = (form, page = "/withdraw") => `/.sekisho/parked?form=${form}&page=${page}`;
const ledTo = (form, page, need) => `/confirm?return=/.sekisho/parked%3Fform%3D${form}%26page%3D${page}${need ? `&need=${need}` : ""}`;

const look = async (visitor, form = formOf(visitor)) => keep(visitor, await send(worker.url, {
  path: pageOf(form), headers: { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin", cookie: cookies(visitor) },
}));

/** That nothing waits, and whether what was filled in was sent; nobody knows where that is not told. */
function isGone(answer, sent, what) {
  assert.equal(answer.status, 410, what);
  const words = {
    true: ["すでに送信の操作がされています", "was sent from here already"],
    false: ["送信されておらず", "was not sent"],
    undefined: ["送信を待っている内容はありません", "Nothing waits here"],
  }[sent];
  for (const said of words) assert.ok(answer.text.includes(said), `${what}: ${said}`);
}

/** A customer whose password session has a passkey to prove itself with. */
async function ready() {
  const visitor = await customer(worker.url);
  const authenticator = new Authenticator(worker.url);
  assert.equal((await register(visitor, authenticator)).status, 201);
  return { visitor, authenticator };
}

async function prove({ visitor, authenticator }) {
  const { publicKey } = (await visitor.post("/.sekisho/passkey/step-up/begin", {})).json;
  const answer = await visitor.post("/.sekisho/passkey/step-up/finish", { credential: authenticator.authenticate(publicKey) });
  assert.equal(answer.status, 200, answer.text);
}

const named = (page) => page.text.match(/name="name" value="([0-9a-f]{32})"/)?.[1];
const withdrawals = () => origin.forwarded.filter(({ url }) => url.startsWith("/withdraw"));
const BODY = "amount=10+000&to=%E4%B8%89%E6%9C%88&pin=4711&note=%3Cb%3E";

test("kept, shown after the proof, sent once as it was, under a statement of its own", async () => {
  const one = await ready();
  const { visitor } = one;
  const parked = await submit(visitor, "/withdraw/now?x=1", BODY);
  const form = formOf(visitor);
  assert.deepEqual([parked.status, parked.headers.location], [303, ledTo(form, "/withdraw/now", "passkey")]);
  const [line] = parked.cookies;
  for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"]) assert.ok(line.includes(`; ${attribute}`), attribute);
  const early = await look(visitor);
  assert.equal(early.headers.location, ledTo(form, "/withdraw", "passkey"), "before the proof nothing is shown");
  await prove(one);
  const page = await look(visitor);
  assert.equal(page.status, 200, page.text);
  assert.match(page.headers["content-security-policy"], /form-action 'self'; frame-ancestors 'none'/);
  for (const shown of ["/withdraw/now?x=1", "10 000", "三月", "&lt;b&gt;"]) assert.ok(page.text.includes(shown), shown);
  for (const hidden of ["4711", "<b>"]) assert.ok(!page.text.includes(hidden), hidden);
  assert.equal(withdrawals().length, 0);

  const presses = await Promise.all([1, 2, 3].map(() => submit({ ...visitor }, SEND, `name=${named(page)}`)));
  const sent = presses.filter(({ status }) => status === 200);
  assert.equal(sent.length, 1, "one of three presses sends it");
  assert.ok(sent[0].cookies.some((cookie) => cookie.startsWith(`__Host-sekisho-parked-${form}=;`) && cookie.includes("Max-Age=0")));
  for (const other of presses.filter((press) => press !== sent[0])) isGone(other, true, "the others are told so");
  const [request, ...more] = withdrawals();
  assert.equal(more.length, 0);
  assert.deepEqual([request.method, request.url, request.body], ["POST", "/withdraw/now?x=1", BODY]);
  assert.equal(request.headers["content-type"], "application/x-www-form-urlencoded");
  assert.equal(request.headers["content-length"], String(BODY.length));
  const claims = JSON.parse(Buffer.from(request.headers["sekisho-assertion"].split(".")[1], "base64url"));
  assert.deepEqual([claims.htm, claims.htu, claims.sub], ["POST", `${worker.url}/withdraw/now`, visitor.number]);
  assert.ok(claims.jti && claims.amr.includes("hwk"));
  isGone(await look(visitor, form), true, "nothing waits any more, and nobody is told that it was not sent");
});

test("what answers a form with a stream is watched under the form's own address", async () => {
  const short = await startWorker(origin.url, {
    config: (toml) => `${toml.replace('lease = "60s"', 'lease = "1s"')}\n[[routes]]\npath = "/withdraw"\nproof = "passkey"\nage = "3s"\n`,
  });
  const answer = origin.answer;
  let timer;
  origin.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    timer = setInterval(() => response.write("data: 1\n\n"), 50);
    response.on("close", () => clearInterval(timer));
  };
  try {
    const visitor = await customer(short.url);
    const authenticator = new Authenticator(short.url);
    assert.equal((await register(visitor, authenticator)).status, 201);
    const form = { accept: "text/html", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", origin: short.url, "content-type": "application/x-www-form-urlencoded" };
    const post = async (path, body) => keep(visitor, await send(short.url, { method: "POST", path, headers: { ...form, cookie: cookies(visitor) }, body }));
    assert.equal((await post("/withdraw", "a=1")).status, 303);
    await prove({ visitor, authenticator });
    const page = keep(visitor, await send(short.url, { path: pageOf(formOf(visitor)), headers: { ...form, cookie: cookies(visitor) } }));
    const started = performance.now();
    // It ends although the session lives: its proof is older than the form's route takes.
    const ended = await Promise.race([post(SEND, `name=${named(page)}`).then(() => "cut", () => "cut"), new Promise((resolve) => setTimeout(resolve, 8_000, "still open"))]);
    assert.equal(ended, "cut");
    assert.ok(performance.now() - started > 1_000);
    assert.equal((await visitor.get("/.sekisho/session")).status, 200);
  } finally {
    clearInterval(timer);
    origin.answer = answer;
    await short.stop();
  }
});

test("another session, another customer, another key or another name finds nothing", async () => {
  const [one, other] = [await ready(), await ready()];
  await submit(one.visitor, "/withdraw", BODY);
  await prove(one);
  await prove(other);
  const name = named(await look(one.visitor));
  const { answer, visitor: again } = await signIn(worker.url, one.authenticator);
  assert.equal(answer.status, 200);
  const before = withdrawals().length;
  const [, key] = one.visitor.parked[0].split("=");
  for (const [what, who, body] of [
    ["another customer", { cookie: other.visitor.cookie, parked: one.visitor.parked }, `name=${name}`],
    ["another login of the same customer", { cookie: again.cookie, parked: one.visitor.parked }, `name=${name}`],
    ["no key", { cookie: one.visitor.cookie }, `name=${name}`],
    ["another key", { cookie: one.visitor.cookie, parked: [`${name}=${"A".repeat(43)}`] }, `name=${name}`],
    ["another name", { cookie: one.visitor.cookie, parked: [`${"0".repeat(32)}=${key}`] }, `name=${"0".repeat(32)}`],
    ["no name", one.visitor, ""], ["more than a name", one.visitor, `name=${name}&amount=1`],
    ["two keys", { cookie: one.visitor.cookie, parked: [`${name}=x`, ...one.visitor.parked] }, `name=${name}`],
  ]) isGone(await submit({ ...who }, SEND, body), what.endsWith(" key") || what.endsWith(" keys") ? false : undefined, what);
  const stranger = await submit({ parked: one.visitor.parked }, SEND, `name=${name}`);
  assert.equal(stranger.headers.location, `/login?return=/.sekisho/parked%3Fform%3D${name}%26page%3D`, "no session");
  assert.equal(withdrawals().length, before);
  assert.equal((await submit(one.visitor, SEND, `name=${name}`)).status, 200, "whose it is sends it");
});

test("forms of two tabs wait side by side, each to be sent by itself", async () => {
  const one = await ready();
  const { visitor } = one;
  await submit(visitor, "/withdraw/one", "amount=1");
  const first = formOf(visitor);
  await submit(visitor, "/withdraw/two", "amount=2");
  const second = formOf(visitor);
  await prove(one);
  const pages = [await look(visitor, first), await look(visitor, second)];
  assert.ok(pages[0].text.includes("/withdraw/one") && pages[1].text.includes("/withdraw/two"));
  for (const name of [first, second]) assert.equal((await submit(visitor, SEND, `name=${name}`)).status, 200);
  assert.deepEqual(withdrawals().slice(-2).map(({ url, body }) => [url, body]), [["/withdraw/one", "amount=1"], ["/withdraw/two", "amount=2"]]);
});

test("who logs in again in the same browser finds the form; another customer who does, does not", async () => {
  const [one, two, other] = [await ready(), await ready(), await ready()];
  for (const [{ visitor }, { authenticator }, found] of [[one, one, true], [two, other, false]]) {
    await submit(visitor, "/withdraw", BODY);
    const name = formOf(visitor);
    const { answer, visitor: after } = await signIn(worker.url, authenticator, { cookie: visitor.cookie });
    assert.equal(answer.status, 200);
    const page = await look({ cookie: after.cookie, parked: visitor.parked }, name);
    if (found) assert.equal(page.status, 200, page.text);
    else isGone(page, undefined, "another customer");
    const before = await look(visitor, name);
    assert.equal(before.headers.location?.split("?")[0], "/login", "the login before has ended");
  }
});

test("another site neither parks a form nor presses the button", async () => {
  const one = await ready();
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://look-alike.example" };
  const planted = await submit(one.visitor, "/withdraw", BODY, foreign);
  assert.deepEqual([planted.status, planted.cookies.length], [403, 0]);
  await submit(one.visitor, "/withdraw", BODY);
  await prove(one);
  const name = named(await look(one.visitor));
  const pressed = await submit(one.visitor, SEND, `name=${name}`, foreign);
  assert.equal(pressed.status, 403);
  const json = await one.visitor.post(SEND, { name });
  assert.deepEqual([json.status, json.json.code], [415, "unsupported_media_type"]);
});

test("who would send more than can wait is told before the upload, and shown the way to the proof", async () => {
  const one = await ready();
  const lines = (kind, length) => [
    "POST /withdraw HTTP/1.1", `host: ${new URL(worker.url).host}`, "accept: text/html", "sec-fetch-site: same-origin", "sec-fetch-mode: navigate",
    `content-type: ${kind}`, `content-length: ${length}`, `cookie: ${cookies(one.visitor)}`,
  ];
  for (const kind of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    // Not one byte of the body is sent: the answer does not wait for it.
    const told = await raw(worker.url, lines(kind, 10_000_000));
    assert.equal(told.status, 401, kind);
    assert.match(told.text, /\r\nwww-authenticate: Sekisho error="insufficient_user_authentication"/i, kind);
    assert.ok(told.text.includes('<a href="/confirm?return=/home&amp;need=passkey">'), kind);
    assert.ok(!/\r\nset-cookie:/i.test(told.text), kind);
  }
  const ask = () => send(worker.url, { method: "HEAD", path: "/withdraw", headers: { accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", cookie: cookies(one.visitor) } });
  const asked = await ask();
  assert.equal(asked.status, 401, "a script asks first");
  assert.match(asked.headers["www-authenticate"], /error="insufficient_user_authentication"/);
  await prove(one);
  // Whatever the application makes of it is not that answer, and means: go on.
  const answer = origin.answer;
  origin.answer = (_, response) => response.writeHead(405).end();
  const passing = await ask().finally(() => (origin.answer = answer));
  assert.deepEqual([passing.status, passing.headers["www-authenticate"]], [405, undefined]);
  assert.equal((await submit(one.visitor, "/withdraw", "--x--", { "content-type": "multipart/form-data; boundary=x" })).status, 200);
});

test("what cannot wait is told to come again: files, scripts' requests, too much; an unmet route behind the press asks anew", async () => {
  const one = await ready();
  for (const [what, body, changes, status] of [
    ["a file", "--x--", { "content-type": "multipart/form-data; boundary=x" }, 401],
    ["a script", BODY, { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }, 401],
    ["more than 64 KiB, as it says", `a=${"x".repeat(66_000)}`, {}, 401],
  ]) {
    const answer = await submit(one.visitor, "/withdraw", body, changes);
    assert.deepEqual([answer.status, answer.cookies.length], [status, 0], what);
    assert.match(answer.headers["www-authenticate"], /^Sekisho error="insufficient_user_authentication", acr_values="urn:sekisho:acr:phishing-resistant", max_age="600"$/, what);
  }
  const chunked = await submit(one.visitor, "/withdraw", `a=${"x".repeat(66_000)}`, { "transfer-encoding": "chunked" });
  assert.deepEqual([chunked.status, chunked.cookies.length], [413, 0], "more than 64 KiB, without a word of it");
  const large = `a=${"x".repeat(65_000)}`;
  await submit(one.visitor, "/withdraw", large);
  const name = formOf(one.visitor);
  const press = await submit(one.visitor, `${SEND}?page=/withdraw`, `name=${name}`);
  assert.equal(press.headers.location, ledTo(name, "/withdraw", "passkey"), "a press without the proof");
  await prove(one);
  assert.equal((await submit(one.visitor, SEND, `name=${named(await look(one.visitor))}`)).status, 200);
  assert.equal(withdrawals().at(-1).body, large);
  // The newest four wait; one more pushes the oldest out, and its key out of the browser.
  const strict = await customer(worker.url);
  const waiting = [];
  for (let at = 0; at < 5; at += 1) {
    await submit(strict, "/withdraw", `at=${at}`);
    waiting.push(strict.parked.at(-1));
  }
  assert.deepEqual(strict.parked, waiting.slice(1));
  const found = [];
  for (const parked of waiting) found.push((await look({ cookie: strict.cookie, parked: [parked] })).status);
  assert.deepEqual(found, [410, 303, 303, 303, 303]);
  const led = await look(new Visitor(worker.url), formOf(strict));
  assert.equal(led.headers.location, `/login?return=/.sekisho/parked%3Fform%3D${formOf(strict)}%26page%3D/withdraw`);
});
