// Paths that the gate and an origin could read in two ways. Whatever is let through without a session must be public in
// every reading that a lenient origin could make of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { claims } from "../../edge/worker.mjs";
import { Gate } from "./gate.mjs";

let gate;
const GUARDED = '\n[[routes]]\npath = "/withdraw"\nproof = "passkey"\n\n[[routes]]\npath = "/order"\nfresh = true\njti = true\n';
before(async () => (gate = await Gate.start({ config: (toml) => toml + GUARDED })));
after(() => gate?.stop());

const PUBLIC = /^\/($|(assets|open|login|logged-out|security|mailbox)(\/|$)|(favicon\.ico|robots\.txt)$)/;

/** Takes dots, doubled slashes and path parameters out, as origins do that tidy paths up. */
function tidied(path) {
  const kept = [];
  for (const part of path.split("/")) {
    const name = part.split(";")[0];
    if (name === "..") kept.pop();
    else if (name !== "" && name !== ".") kept.push(name);
  }
  return `/${kept.join("/")}`;
}

/** Every path that an origin could take `target` for: decoded up to three times, backslashes turned, cut at NUL, tidied. */
function readings(target) {
  const all = new Set();
  let path = target.split("?")[0].split("#")[0];
  for (let round = 0; round < 4; round += 1) {
    for (const form of [path, path.replaceAll("\\", "/"), path.split("\0")[0]]) all.add(form).add(tidied(form));
    path = path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  return [...all];
}

const dots = ["..", "%2e%2e", ".%2e", "%2E.", "%252e%252e", "..;", "..;x=1", "..%3b", "%2e%2e;", "..%00", "..%0a", "..\\", "..%5c", "..%c0%af", "%c0%ae%c0%ae", "\u2025"];
const slashes = ["/", "//", "%2f", "%2F", "%252f", "\\", "%5c", "%255c", "/./", "/;/", "/.;/", "/%2e/", "%c0%af", "%u2215"];

/** Ways to name `goal` so that it looks public. */
function* disguises(goal) {
  for (const start of ["assets", "security", "login"]) {
    for (const dot of dots) for (const slash of slashes) yield `/${start}${slash}${dot}${slash}${goal}`;
  }
  for (const slash of slashes) yield `${slash}${goal}`;
  for (const tail of ["?/assets/", "?path=/security", "#/assets", "#?/login", "%3f/assets", "%23/assets", ";/../assets", "/../assets/..%2f" + goal, "/assets", "%00/assets", "%0d%0a", "/.", "/..", "//", "%20", ".", ";.css", "/x.css", "?x.js", "%09", "~"]) {
    yield `/${goal}${tail}`;
  }
  yield `/${goal.replace(/^./, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`;
  yield `/${goal.toUpperCase()}`;
  yield `/${goal[0].toUpperCase()}${goal.slice(1)}`;
}

test("no disguise of a guarded or internal path passes as a public one", async () => {
  let sent = 0;
  for (const goal of ["home", "internal/verify", "history"]) {
    for (const target of disguises(goal)) {
      // A request line is bytes: what is beyond ASCII goes out in UTF-8, read back here as one character a byte.
      const bytes = Buffer.from(target, "utf8").toString("latin1");
      const before = gate.origin.forwarded.length;
      const answer = await gate.raw([`GET ${target} HTTP/1.1`]);
      sent += 1;
      for (const request of gate.origin.forwarded.slice(before)) {
        const odd = readings(request.url).filter((path) => !PUBLIC.test(path));
        assert.deepEqual(odd, [], `${JSON.stringify(bytes)} reached the origin as ${request.url}`);
      }
      assert.ok(answer.status !== 200 || gate.origin.forwarded.length > before, `${bytes}: answered 200 by nobody`);
    }
  }
  assert.ok(sent > 1_500, `${sent} were sent`);
});

/** The first name's ending cut off, as origins do that answer `/x.html` and `/x.php/now` like `/x`. */
const bare = (path) => path.replace(/^(\/[^/]*?)\.[^/]*/, "$1");

test("no disguise leads a customer past a rule that asks more than a session", async () => {
  const { cookie } = await gate.customer();
  const meets = (path, rule) => path.toLowerCase() === rule || path.toLowerCase().startsWith(`${rule}/`);
  let [sent, passed] = [0, 0];
  for (const rule of ["/internal", "/withdraw"]) {
    const goal = rule.slice(1);
    const parameters = [";x=1", ";", "%3b", "%3Bx=1", ";x=1/now", ";x/;y", "/;x", "/now;x=1", ";.css", ".html", ".json", ".html;x", ".", ".html/", ".php/x", ".html/now", ".do;x/now.json", "%c0%afnow", "%c0%ae"];
    const starts = ["/;/", "/;x=1/", "/%3b/", "/;;/", "/home;x/../", "/home/..;x/", "/;x=1;y/"];
    for (const target of [...parameters.map((tail) => rule + tail), ...starts.map((start) => start + goal), ...disguises(goal)]) {
      const before = gate.origin.forwarded.length;
      await gate.raw([`GET ${target} HTTP/1.1`, `Cookie: __Host-sekisho=${cookie}`, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"]);
      sent += 1;
      for (const { url } of gate.origin.forwarded.slice(before)) {
        passed += 1;
        const odd = readings(url).flatMap((path) => [path, bare(path)]).filter((path) => meets(path, rule));
        assert.deepEqual(odd, [], `${target} reached the origin as ${url}`);
      }
    }
  }
  assert.ok(sent > 1_400 && passed > 0, `${passed} of ${sent} passed, of pages that only sound alike`);
});

test("where the account is asked each time, a path parameter spares it nothing", async () => {
  const { cookie, number } = await gate.customer();
  for (const target of ["/order", "/order;x=1", "/order%3bx/new", "/Order.json"]) {
    const answer = await gate.raw([`GET ${target} HTTP/1.1`, `Cookie: __Host-sekisho=${cookie}`]);
    assert.equal(answer.status, 200, target);
    const told = await claims(gate.origin.last, gate.url);
    assert.deepEqual([told.sub, told.htm, told.htu], [number, "GET", `${gate.url}${target}`], "a statement of its own, for the address as it came");
  }
});

test("a first page with a session's number of the application in its path is shown", async () => {
  for (const target of ["/;jsessionid=1F", "/login;jsessionid=1F?a=1", "/assets;jsessionid=1F/a.css"]) {
    assert.equal((await gate.raw([`GET ${target} HTTP/1.1`])).status, 200, target);
    assert.equal(gate.origin.last.url, target);
  }
});

test("another host, in the request line or in Host, neither moves the request nor opens it", async () => {
  const own = new URL(gate.url).host;
  for (const lines of [
    ["GET http://look-alike.example/home HTTP/1.1"],
    [`GET http://${own}/home HTTP/1.1`, "Host: look-alike.example"],
    ["GET /home HTTP/1.1", "Host: look-alike.example"],
    ["GET /home HTTP/1.1", `Host: ${own}@look-alike.example`],
    ["GET /home HTTP/1.1", `Host: ${new URL(gate.origin.url).host}`],
    ["GET @look-alike.example/home HTTP/1.1"],
    [`GET ${gate.origin.url}/internal/verify HTTP/1.1`],
  ]) {
    const answer = await gate.refused(lines, lines.join(" | "));
    const [, location] = answer.text.match(/^location: (.*)\r$/im) ?? [];
    if (location !== undefined) assert.match(location, /^\/login\?/, lines.join(" | "));
  }
});

test("a target that is no path is at most the public top page", async () => {
  for (const target of ["GET home", "GET *", "GET home?/", "GET ?/home", "GET #/home", "CONNECT look-alike.example:443"]) {
    const before = gate.origin.forwarded.length;
    await gate.raw([`${target} HTTP/1.1`]);
    for (const { url } of gate.origin.forwarded.slice(before)) assert.match(url, /^\/($|\?)/, target);
  }
});

test("a public page asked for under another host is answered as this site", async () => {
  const answer = await gate.raw(["GET /security HTTP/1.1", "Host: look-alike.example"]);
  if (answer.status < 400) assert.equal(gate.origin.last.headers["x-forwarded-host"], new URL(gate.url).host);
  assert.ok(!answer.text.includes("look-alike"));
});
