// Open redirects: no return path, however it is written, leads off this site. The public collection is read in place;
// a few of our own stand here.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../tools/house/layout.mjs";
import { PASSWORD } from "../../edge/visitor.mjs";
import { Gate } from "./gate.mjs";

let gate, customer;
before(async () => {
  gate = await Gate.start();
  customer = await gate.customer();
});
after(() => gate?.stop());

const OWN = [
  "//look-alike.example", "/\\look-alike.example", "\\\\look-alike.example", "/\t/look-alike.example", "/\n/look-alike.example", "https:look-alike.example",
  "https:/look-alike.example", "https:///look-alike.example", "HTTPS://look-alike.example", "javascript:alert(1)", "data:text/html,x", "/%2f/look-alike.example",
  "/%5c/look-alike.example", "/.//look-alike.example", "/..//look-alike.example", "@look-alike.example", "/home@look-alike.example:443//",
  "\u2215\u2215look-alike.example", "/\u2044look-alike.example", "\u0000//look-alike.example", " //look-alike.example", "/%0d%0alocation:%20https://look-alike.example",
  "/home\r\nlocation: https://look-alike.example", `/${"a".repeat(3000)}`, "", ".", "..", "home", "?x", "#x",
];

const collection = resolve(root, process.env.SEKISHO_PUBLIC_VECTORS ?? "../shared/vectors", "attack/openredirects.txt");

/** Where a browser on this site would go. */
const goes = (location) => new URL(location, `${gate.url}/login`);

/** Asks to be led to `back` after a login that is right: refused, or led within this site. */
async function asked(back) {
  const answer = await customer.post("/.sekisho/login", { id: customer.number, password: PASSWORD, return: back });
  if (answer.status === 400) return false;
  assert.equal(answer.status, 200, `${JSON.stringify(back)}: ${answer.status} ${answer.text}`);
  const next = goes(answer.json.next);
  assert.equal(next.origin, gate.url, `${JSON.stringify(back)} leads to ${next}`);
  // Read as lenient browsers and proxies read it, it still stays here.
  for (const text of [answer.json.next, decodeURIComponent(answer.json.next).replaceAll("\\", "/")]) {
    assert.equal(goes(text.replace(/[\t\n\r]/g, "")).origin, gate.url, `${JSON.stringify(back)} leads to ${text}`);
  }
  return true;
}

/** Asks for the page itself without a session: the way to the login page and back stays within this site. */
async function opened(target) {
  const path = encodeURI(target.startsWith("/") ? target : `/${target}`);
  if (/[\s\0]/.test(path)) return;
  const answer = await gate.raw([`GET ${path} HTTP/1.1`, "Sec-Fetch-Mode: navigate"]);
  const [, location] = answer.text.match(/^location: (.*)\r$/im) ?? [];
  if (location === undefined) return;
  const login = goes(location);
  assert.deepEqual([login.origin, login.pathname], [gate.url, "/login"], `${target}: ${location}`);
  assert.equal(goes(login.searchParams.get("return")).origin, gate.url, `${target}: ${location}`);
}

test("our own strings", async () => {
  for (const back of OWN) {
    assert.equal(await asked(back), false, JSON.stringify(back));
    await opened(back);
  }
  for (const back of ["/home", "/home/orders?day=1&side=%E8%B2%B7", "/history?before=1", "/;@look-alike.example"]) assert.equal(await asked(back), true, back);
});

test("the public collection", { skip: !existsSync(collection) && `skipped: ${collection} is not there` }, async () => {
  const strings = readFileSync(collection, "utf8").trimEnd().split("\n");
  assert.ok(strings.length >= 559, `${strings.length} strings`);
  let taken = 0;
  for (const back of strings) {
    if (await asked(back)) taken += 1;
    await opened(back);
  }
  // What is taken is a path of this site that only looks odd.
  assert.ok(taken < strings.length / 10, `${taken} of ${strings.length} were taken`);
});

test("an origin's redirect is passed on as it is and not followed", async () => {
  gate.origin.answer = (_, response) => response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
  const answer = await customer.get("/home");
  assert.deepEqual([answer.status, answer.headers.location], [302, "http://169.254.169.254/latest/meta-data/"]);
});
