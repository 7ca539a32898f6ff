// What our own endpoints do not take: other sites' requests, other methods, other forms. And that openapi.json says so.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../tools/house/layout.mjs";
import { RecordingOrigin, startWorker } from "./worker.mjs";
import { Visitor, person, raw, send } from "./visitor.mjs";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const POSTS = [
  "/.sekisho/open", "/.sekisho/login", "/.sekisho/logout", "/.sekisho/lock", "/.sekisho/session/extend", "/.sekisho/passkey/login/begin",
  "/.sekisho/passkey/login/finish", "/.sekisho/passkey/register/begin", "/.sekisho/passkey/register/finish",
  "/.sekisho/passkeys/rename", "/.sekisho/passkeys/delete", "/.sekisho/passkeys/only", "/.sekisho/passkey/step-up/begin", "/.sekisho/passkey/step-up/finish",
  "/.sekisho/token", "/.sekisho/passkey/confirm/begin", "/.sekisho/passkey/confirm/finish",
  "/.sekisho/login/code", "/.sekisho/login/code/resend", "/.sekisho/address/begin", "/.sekisho/address/confirm", "/.sekisho/address/later", "/.sekisho/address/remove", "/.sekisho/address/stop",
  "/.sekisho/password/change", "/.sekisho/sessions/end",
];
const json = { "content-type": "application/json" };
const post = (path, headers, body = "{}") => send(worker.url, { method: "POST", path, headers: { ...json, ...headers }, body });

test("a request from another site is refused, by Fetch Metadata or by Origin", async () => {
  for (const path of POSTS) {
    for (const headers of [
      { "sec-fetch-site": "cross-site", origin: worker.url },
      { "sec-fetch-site": "same-site", origin: worker.url },
      { "sec-fetch-site": "none", origin: worker.url },
      { origin: "https://look-alike.example" },
      { origin: "null" },
      { origin: `${worker.url}.look-alike.example` },
      {},
    ]) {
      const answer = await post(path, headers);
      assert.deepEqual([answer.status, answer.json?.code], [403, "cross_site"], `${path} ${JSON.stringify(headers)}`);
    }
  }
  const old = await post("/.sekisho/logout", { origin: worker.url });
  assert.equal(old.status, 200, "a browser without Fetch Metadata is told by its Origin");
});

test("a body that is not JSON by name, or not JSON at all, is refused", async () => {
  const visitor = new Visitor(worker.url);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]) {
    const answer = await visitor.post("/.sekisho/login", { id: "1", password: "x" }, { "content-type": type });
    assert.deepEqual([answer.status, answer.json?.code], [415, "unsupported_media_type"], type);
  }
  const good = { "sec-fetch-site": "same-origin" };
  for (const body of ["", "{", "[]", "null", "\"x\"", '{"id":"1"}', '{"id":"1","password":2}', '{"id":"1","password":"x"}{}',
    '{"id":"1","id":"2","password":"x"}', '{"id":"1","password":"x","more":1}', '{"id":"1","password":"x","return":1}', "\u0000"]) {
    const answer = await post("/.sekisho/login", good, body);
    assert.deepEqual([answer.status, answer.json?.code], [400, "malformed"], body);
  }
  assert.equal((await post("/.sekisho/logout", { ...good, "content-type": "application/json; charset=utf-8" })).status, 200);
});

test("unknown fields are refused by every endpoint", async () => {
  const visitor = new Visitor(worker.url);
  const bodies = { "/.sekisho/open": person(), "/.sekisho/login": { id: "1", password: "x" } };
  for (const path of POSTS) {
    const answer = await visitor.post(path, { ...bodies[path], unheard_of: true });
    assert.ok([400, 401].includes(answer.status), `${path}: ${answer.status}`);
    if (bodies[path]) assert.equal(answer.json.code, "malformed", path);
  }
});

test("64 KiB is the most; a body is not read further, whatever its length claims", async () => {
  const visitor = new Visitor(worker.url);
  const fits = await visitor.post("/.sekisho/login", { id: "1", password: "x".repeat(60_000) });
  assert.equal(fits.status, 401, "long, but within the cap");
  const over = await visitor.post("/.sekisho/login", { id: "1", password: "x".repeat(70_000) });
  assert.deepEqual([over.status, over.json.code], [413, "too_large"]);
  const chunked = [
    "POST /.sekisho/login HTTP/1.1", `Host: ${new URL(worker.url).host}`, "Sec-Fetch-Site: same-origin",
    "Content-Type: application/json", "Transfer-Encoding: chunked",
  ];
  const chunk = `${(70_000).toString(16)}\r\n${"x".repeat(70_000)}\r\n0\r\n\r\n`;
  assert.equal((await raw(worker.url, chunked, chunk)).status, 413);
});

test("a return path leads back to this site alone", async () => {
  const visitor = new Visitor(worker.url);
  const { json: opened } = await visitor.post("/.sekisho/open", person());
  for (const back of ["https://look-alike.example/", "//look-alike.example", "/\\look-alike.example", "/\t/look-alike.example",
    "javascript:alert(1)", "home", "", "/%5c/look-alike.example", "/.sekisho/logout"]) {
    const answer = await visitor.post("/.sekisho/login", { id: opened.account_number, password: person().password, return: back });
    const next = answer.json.next;
    assert.ok(answer.status === 400 || next === "/home", `${back}: ${answer.status} ${next}`);
  }
});

test("no answer of ours may be cached, framed or sniffed", async () => {
  const visitor = new Visitor(worker.url);
  for (const path of ["/.sekisho/site", "/.sekisho/session", "/.sekisho/none", "/.sekisho"]) {
    const { headers } = await visitor.get(path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["x-frame-options"], "DENY", path);
    assert.ok(headers["cache-control"], path);
  }
});

const openapi = join(root, "edge/openapi.json");
test("openapi.json names exactly the routes that the worker has", { skip: !existsSync(openapi) && "edge/openapi.json is not there" }, async () => {
  const document = JSON.parse(readFileSync(openapi, "utf8"));
  const listed = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).filter((method) => ["get", "post", "put", "patch", "delete"].includes(method)).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const visitor = new Visitor(worker.url);
  for (const line of listed) {
    const [method, path] = line.split(" ");
    const answer = method === "GET" ? await visitor.get(path) : await visitor.post(path, {});
    const documented = Object.keys(document.paths[path][method.toLowerCase()].responses);
    const there = answer.status !== 405 && (answer.status !== 404 || documented.includes("404"));
    assert.ok(there, `${line} is documented and answers ${answer.status}`);
    assert.ok(documented.includes(String(answer.status)) || documented.includes("default"), `${line}: ${answer.status} is not documented`);
    const other = method === "GET" ? await visitor.post(path, {}) : await visitor.get(path);
    if (!listed.includes(`${method === "GET" ? "POST" : "GET"} ${path}`)) assert.equal(other.status, 405, `${path} by another method`);
  }
  // The router's own table, read from its source, holds no route that the document lacks.
  const source = readFileSync(join(root, "edge/src/routes.rs"), "utf8");
  const table = [...source.matchAll(/\(Method::(\w+), "([^"]+)", Route::\w+\)/g)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(table.length > 10, "the table could not be read");
  assert.deepEqual(listed.sort(), table.sort());
});
