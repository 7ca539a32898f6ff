// A session that another client uses from another network: it proves itself anew, and one alone of the two is nobody's trouble.
// Where a request comes from is the word of the operator's own proxy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { register } from "../passkeys/ceremonies.mjs";
import { PASSWORD, person } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";
import { Browser } from "./browser.mjs";

const TOKEN = "the-proxys-own-token";
const [HOME, MOBILE, ABROAD] = [
  { address: "203.0.113.7", asn: 2516, country: "JP" }, { address: "198.51.100.7", asn: 9605, country: "JP" },
  { address: "192.0.2.7", asn: 64500, country: "NL" },
];
const chrome = (system, version = 142) => `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const [WINDOWS, UPDATED] = [chrome("Windows NT 10.0; Win64; x64"), chrome("Windows NT 10.0; Win64; x64", 143)];
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url, { secrets: { SEKISHO_PROXY_TOKEN: TOKEN } });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const from = (place, agent, token = TOKEN) => ({ "user-agent": agent, "sekisho-proxy": token, "sekisho-client": JSON.stringify(place) });

/** The same cookies seen from elsewhere. */
const seen = (browser, place, agent, token) => Object.assign(browser.copy(), { headers: from(place, agent, token), account: browser.account });

async function atHome() {
  const browser = new Browser(worker.url, from(HOME, WINDOWS));
  const opened = await browser.post("/.sekisho/open", person({ password: PASSWORD }));
  browser.account = { id: opened.json.account_number, password: PASSWORD };
  assert.equal((await browser.post("/.sekisho/login", browser.account)).status, 200);
  assert.equal((await browser.navigate("/home")).status, 200);
  return browser;
}

const asked = (answer) => answer.status === 303 && answer.headers.location === "/confirm?return=/home";

test("a stolen cookie replayed from another client is refused", async () => {
  const owner = await atHome();
  const thief = seen(owner, ABROAD, FIREFOX);
  const forwarded = origin.forwarded.length;
  assert.ok(asked(await thief.navigate("/home")));
  const fetched = await thief.get("/api/orders");
  assert.equal(fetched.status, 401);
  assert.equal(fetched.headers["www-authenticate"], 'Sekisho error="insufficient_user_authentication", max_age="0"');
  for (const path of ["me", "session", "sessions", "history", "passkeys"]) {
    assert.equal((await thief.get(`/.sekisho/${path}`)).json.code, "insufficient_user_authentication", path);
  }
  assert.equal(origin.forwarded.length, forwarded, "nothing of it reached the application");
  assert.equal((await owner.navigate("/home")).status, 200, "its owner goes on");
  const [line] = (await owner.get("/.sekisho/history")).json.entries;
  assert.deepEqual([line.method, line.outcome, line.client], ["session_moved", "asked", "Firefox / Linux"]);
});

test("one alone is asked of nobody: another network, an update, another browser at home", async () => {
  const owner = await atHome();
  for (const [place, agent] of [[MOBILE, WINDOWS], [ABROAD, WINDOWS], [HOME, UPDATED], [HOME, FIREFOX], [MOBILE, UPDATED]]) {
    assert.equal((await seen(owner, place, agent).navigate("/home")).status, 200, `${place.asn} ${agent}`);
  }
});

test("who comes around the proxy is elsewhere", async () => {
  const owner = await atHome();
  assert.ok(asked(await seen(owner, HOME, FIREFOX, "another-proxys-token").navigate("/home")));
  assert.equal((await seen(owner, HOME, FIREFOX, "another-proxys-token").get("/.sekisho/me")).status, 401);
});

test("a passkey rebinds it: the form that waited is sent, and the place is the new one", async () => {
  const owner = await atHome();
  const authenticator = new Authenticator(worker.url);
  assert.equal((await register(owner, authenticator)).status, 201);
  const moved = seen(owner, ABROAD, FIREFOX);
  const form = { method: "POST", path: "/order", body: "stock=7203&amount=100" };
  const parked = await moved.submit(form.path, form.body);
  assert.equal(parked.status, 303);
  const waiting = decodeURIComponent(parked.headers.location.replace("/confirm?return=", ""));
  assert.match(waiting, /^\/\.sekisho\/parked\?form=[0-9a-f]{32}&page=\/order$/);
  assert.equal((await moved.navigate(waiting)).headers.location, parked.headers.location);
  assert.equal((await moved.navigate("/confirm")).status, 200, "the page where it is proved is shown");
  assert.ok(asked(await moved.navigate("/home")));

  const { publicKey } = (await moved.post("/.sekisho/passkey/step-up/begin", {})).json;
  const proved = await moved.post("/.sekisho/passkey/step-up/finish", { credential: authenticator.authenticate(publicKey) });
  assert.equal(proved.status, 200, proved.text);
  assert.equal((await moved.navigate("/home")).status, 200);
  const page = await moved.navigate(waiting);
  const name = page.text.match(/name="name" value="([0-9a-f]{32})"/)[1];
  assert.equal((await moved.submit("/.sekisho/parked/send", `name=${name}`)).status, 200);
  assert.deepEqual([origin.last.url, origin.last.body], [form.path, form.body]);
  assert.ok(asked(await seen(moved, HOME, WINDOWS).navigate("/home")), "where it was is elsewhere now");
});

test("where nothing is known of networks nobody is asked", async () => {
  const plain = await startWorker(origin.url);
  try {
    const browser = new Browser(plain.url, { "user-agent": WINDOWS });
    const opened = await browser.post("/.sekisho/open", person({ password: PASSWORD }));
    assert.equal((await browser.post("/.sekisho/login", { id: opened.json.account_number, password: PASSWORD })).status, 200);
    const other = Object.assign(browser.copy(), { headers: from(ABROAD, FIREFOX) });
    assert.equal((await other.navigate("/home")).status, 200, "a stranger's own words are no platform's");
  } finally {
    await plain.stop();
  }
});
