// Device bound sessions in a real browser over https, its keys in software: the browser registers and renews by itself, and who
// copies its cookies has them for the bound cookie's life. Time passes at the worker's word, since nobody waits for minutes.

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { WebSocketServer } from "ws";
import { person } from "../../edge/visitor.mjs";
import { RecordingOrigin, startWorker } from "../../edge/worker.mjs";
import { localCertificate } from "../../tools/house/certificate.mjs";

const BOUND = "__Host-sekisho-bound";
const LEASE = 1000;
const LIFE = 300_000;

/** Sets the worker's clock ahead, and keeps what comes to our own routes. */
const AROUND = `
import edge from "./edge.js";
export * from "./edge.js";
const real = Date.now;
let ahead = 0;
Date.now = () => real.call(Date) + ahead;
const seen = [];
export default {
  async fetch(request, env, context) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/ahead") {
      ahead += Number(search.slice(1));
      return new Response();
    }
    if (pathname === "/seen") return Response.json(seen.splice(0));
    const answer = await edge.fetch(request, env, context);
    if (pathname.startsWith("/.sekisho/bound/")) seen.push([pathname.slice(16), answer.status]);
    return answer;
  },
};`;

let [folder, origin, worker, browser, sockets] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "sekisho-bound-"));
  const keys = localCertificate(folder);
  origin = await new RecordingOrigin().start();
  origin.answer = ({ url }, response) => {
    response.setHeader("content-type", url === "/events" ? "text/event-stream" : "text/html");
    response.end(url === "/events" ? "data: one\n\n" : `<!doctype html><title>${url}</title><a href="${worker?.url}/home">home</a>`);
  };
  sockets = new WebSocketServer({ server: origin.server });
  sockets.on("connection", (socket) => socket.send("7203 3001"));
  const config = (toml) => toml.replace('lease = "60s"', `lease = "${LEASE}ms"`);
  worker = await startWorker(origin.url, { keys, around: AROUND, config });
  const spki = new X509Certificate(readFileSync(keys.certificate)).publicKey.export({ type: "spki", format: "der" });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
      `--ignore-certificate-errors-spki-list=${createHash("sha256").update(spki).digest("base64")}`,
    ],
  });
});

after(async () => {
  await browser?.close();
  sockets?.close();
  await worker?.stop();
  await origin?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser of another customer's, with what it says of its bound sessions. */
async function visitor(cookies = []) {
  const context = await browser.newContext({ baseURL: worker.url });
  context.setDefaultTimeout(10_000);
  await context.addCookies(cookies);
  const page = await context.newPage();
  const events = [];
  const devtools = await context.newCDPSession(page);
  devtools.on("Network.deviceBoundSessionEventOccurred", (event) => events.push(event));
  await devtools.send("Network.enable");
  await devtools.send("Network.enableDeviceBoundSessions", { enable: true });
  return { context, page, events };
}

const post = (page, path, body) =>
  page.evaluate(
    async ([path, body]) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: answer.status, json: await answer.json() };
    },
    [path, body],
  );

async function eventually(what, look) {
  for (let times = 0; times < 100; times++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`not within 10 s: ${what}`);
}

const cookies = ({ context }, name) => context.cookies().then((all) => all.filter((cookie) => name === undefined || cookie.name === name));

/** Logs in and waits until the browser has bound the session. */
async function bind(guest, account) {
  await guest.page.goto("/login");
  guest.events.length = 0;
  const login = await post(guest.page, "/.sekisho/login", account);
  assert.equal(login.status, 200);
  await eventually("a registration", () => guest.events.some((event) => event.creationEventDetails));
  const { succeeded, sessionId, creationEventDetails } = guest.events.findLast((event) => event.creationEventDetails);
  assert.ok(succeeded, JSON.stringify(creationEventDetails));
  return sessionId;
}

async function customer() {
  const guest = await visitor();
  await guest.page.goto("/login");
  const form = person();
  const opened = await post(guest.page, "/.sekisho/open", form);
  const account = { id: opened.json.account_number, password: form.password };
  return { ...guest, account, session: await bind(guest, account) };
}

/** What a browser's own clock would do: the bound cookie is over. */
const over = ({ context }) => context.clearCookies({ name: BOUND });

const ask = async (path) => {
  const page = await browser.newPage({ baseURL: worker.url });
  const answer = await page.goto(path);
  const text = await answer.text();
  await page.close();
  return text;
};

const title = async ({ page }, path) => {
  await page.goto(path);
  return page.title();
};

test("the browser registers after the login and renews when the cookie is over", async () => {
  const guest = await customer();
  const [bound] = await cookies(guest, BOUND);
  assert.ok(bound.secure && bound.httpOnly && bound.sameSite === "Lax" && bound.path === "/" && bound.domain === "localhost");
  const left = bound.expires - Date.now() / 1000;
  assert.ok(left > 290 && left <= 300, `${left} s`);
  await ask("/seen");

  assert.equal(await title(guest, "/home"), "/home");
  assert.deepEqual(JSON.parse(await ask("/seen")), [], "it goes on without asking");

  await over(guest);
  assert.equal(await title(guest, "/home?2"), "/home?2", "the customer sees the page and nothing else");
  assert.deepEqual(JSON.parse(await ask("/seen")), [["refresh", 403], ["refresh", 200]], "asked what to sign, and signed");
  await over(guest);
  assert.equal(await title(guest, "/home?3"), "/home?3");
  assert.deepEqual(JSON.parse(await ask("/seen")), [["refresh", 200]], "it had the next challenge already");

  await over(guest);
  const event = await guest.page.evaluate(() => new Promise((resolve) => (new EventSource("/events").onmessage = ({ data }) => resolve(data))));
  assert.equal(event, "one", "a stream waits as a page does");
  await guest.context.close();
});

test("fetches wait for the renewal, and those without cookies do not", async () => {
  const guest = await customer();
  await over(guest);
  await ask("/seen");
  const get = (credentials) => guest.page.evaluate((credentials) => fetch("/api/quotes?of=7203", { credentials }).then((answer) => answer.status), credentials);
  assert.equal(await get("omit"), 401);
  assert.deepEqual(JSON.parse(await ask("/seen")), [], "no renewal for what brings no cookie anyway");
  assert.equal(await get("same-origin"), 200);
  assert.equal(JSON.parse(await ask("/seen")).at(-1)[1], 200);
  await guest.context.close();
});

test("a WebSocket's handshake waits for the renewal", async () => {
  const guest = await customer();
  await over(guest);
  const word = await guest.page.evaluate(
    () =>
      new Promise((resolve) => {
        const socket = new WebSocket(`wss://${location.host}/prices`);
        socket.onmessage = ({ data }) => resolve(data);
        socket.onerror = () => resolve("refused");
      }),
  );
  assert.equal(word, "7203 3001");
  await guest.context.close();
});

test("the customer's list says that the session is bound", async () => {
  const guest = await customer();
  await new Promise((resolve) => setTimeout(resolve, LEASE));
  assert.equal(await title(guest, "/home"), "/home");
  const list = await guest.page.evaluate(() => fetch("/.sekisho/sessions").then((answer) => answer.json()));
  assert.deepEqual(list.sessions.map(({ bound, current }) => [bound, current]), [[true, true]]);
  const statement = origin.last.headers["sekisho-assertion"];
  assert.equal(JSON.parse(Buffer.from(statement.split(".")[1], "base64url")).device_bound, true);
  await guest.context.close();
});

test("whoever copies both cookies has them for the bound cookie's life", async () => {
  const guest = await customer();
  const thief = await visitor(await cookies(guest));
  assert.equal(await title(thief, "/home"), "/home", "inside it they are as good as the owner's");
  const alone = await visitor((await cookies(guest)).filter(({ name }) => name !== BOUND));
  assert.match(await title(alone, "/home"), /^\/login/, "the session's alone is not, not even inside the lease");

  await ask(`/ahead?${LIFE}`);
  assert.match(await title(thief, "/home"), /^\/login\?return=\/home/, "past it nobody's copy is");
  await over(thief);
  assert.match(await title(thief, "/home"), /^\/login/);
  assert.equal(await thief.page.evaluate(() => fetch("/.sekisho/me").then((answer) => answer.status)), 401);
  await over(guest);
  assert.equal(await title(guest, "/home"), "/home", "the owner's browser signs and goes on");
  await Promise.all([guest, thief, alone].map(({ context }) => context.close()));
});

test("a link on another site leads in, though the cookie is over", async () => {
  const guest = await customer();
  await over(guest);
  await guest.page.goto(origin.url);
  await guest.page.click("a");
  await eventually("the page", () => guest.page.title().then((shown) => shown === "/home").catch(() => false));
  assert.equal(new URL(guest.page.url()).pathname, "/home");
  await guest.context.close();
});

test("after a logout the browser forgets the key, and the next login has one of its own", async () => {
  const guest = await customer();
  assert.equal((await post(guest.page, "/.sekisho/logout", {})).status, 200);
  assert.deepEqual((await cookies(guest)).map(({ name }) => name), ["__Host-sekisho-device"]);
  assert.match(await title(guest, "/home"), /^\/login/);
  await eventually("its end", () => guest.events.some((event) => event.terminationEventDetails));
  await ask("/seen");
  assert.match(await title(guest, "/home"), /^\/login/);
  assert.deepEqual(JSON.parse(await ask("/seen")), [], "it asks no more");

  const next = await bind(guest, guest.account);
  assert.notEqual(next, guest.session);
  await over(guest);
  assert.equal(await title(guest, "/home"), "/home");
  await guest.context.close();
});

test("a session that was ended elsewhere does not come back", async () => {
  const guest = await customer();
  const other = await visitor();
  await bind(other, guest.account);
  assert.equal((await post(other.page, "/.sekisho/sessions/end", {})).status, 200);
  await new Promise((resolve) => setTimeout(resolve, LEASE));
  await over(guest);
  assert.match(await title(guest, "/home"), /^\/login/);
  assert.equal(await title(other, "/home"), "/home");
  await Promise.all([guest, other].map(({ context }) => context.close()));
});
