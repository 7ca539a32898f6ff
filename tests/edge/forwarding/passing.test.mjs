// What passes through the gate as it is: statuses without a body, parts, redirects, cookies, encodings, interim answers.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { brotliCompressSync, deflateSync } from "node:zlib";
import { RecordingOrigin, startWorker } from "../worker.mjs";
import { customer, raw, send } from "../visitor.mjs";

let origin, worker, visitor, headers;
before(async () => {
  origin = await new RecordingOrigin().start();
  // The window is as long as the session: every answer brings a cookie of the gate's own besides.
  const config = (toml) => toml.replace('timeout = "180m"', 'timeout = "10m"').replace('renewal_window = "5m"', 'renewal_window = "599999ms"');
  worker = await startWorker(origin.url, { config });
  visitor = await customer(worker.url);
  headers = { cookie: `__Host-sekisho=${visitor.cookie}`, "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin" };
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

const answering = (status, lines, body) => (origin.answer = (_, response) => response.writeHead(status, lines).end(body));
const get = (more = {}) => send(worker.url, { path: "/home", headers: { ...headers, ...more } });

test("204 and 304 have no body and keep their lines", async () => {
  answering(204, { "x-made": "yes" });
  const empty = await get();
  assert.deepEqual([empty.status, empty.bytes.length, empty.headers["x-made"]], [204, 0, "yes"]);
  answering(304, { etag: '"7"', "last-modified": "Tue, 24 Nov 2026 00:00:00 GMT" });
  const same = await get({ "if-none-match": '"7"', "if-modified-since": "Tue, 24 Nov 2026 00:00:00 GMT" });
  assert.deepEqual([same.status, same.bytes.length, same.headers.etag], [304, 0, '"7"']);
  assert.deepEqual([origin.last.headers["if-none-match"], origin.last.headers["if-modified-since"]], ['"7"', "Tue, 24 Nov 2026 00:00:00 GMT"]);
});

test("HEAD tells the length and sends none of it", async () => {
  answering(200, { "content-length": 4_321, "content-type": "text/html" });
  const head = await send(worker.url, { method: "HEAD", path: "/home", headers });
  assert.deepEqual([head.status, head.bytes.length, head.headers["content-length"], origin.last.method], [200, 0, "4321", "HEAD"]);
});

test("where a stream of events would be and none is, the answer passes as it is", async () => {
  answering(200, { "content-type": "text/event-stream" });
  assert.equal((await send(worker.url, { method: "HEAD", path: "/home", headers })).status, 200);
  answering(204, { "content-type": "text/event-stream" });
  const over = await get();
  assert.deepEqual([over.status, over.headers["sekisho-session"] !== undefined], [204, true]);
});

test("parts: one, several, and one that is not there", async () => {
  answering(206, { "content-range": "bytes 2-5/10", etag: '"1"' }, "2345");
  const part = await get({ range: "bytes=2-5", "if-range": '"1"' });
  assert.deepEqual([part.status, part.text, part.headers["content-range"]], [206, "2345", "bytes 2-5/10"]);
  assert.deepEqual([origin.last.headers.range, origin.last.headers["if-range"]], ["bytes=2-5", '"1"']);
  answering(206, { "content-type": "multipart/byteranges; boundary=x" }, "--x\r\n\r\n0\r\n--x\r\n\r\n9\r\n--x--\r\n");
  assert.equal((await get({ range: "bytes=0-0,9-9" })).text, "--x\r\n\r\n0\r\n--x\r\n\r\n9\r\n--x--\r\n");
  answering(416, { "content-range": "bytes */10" });
  const none = await get({ range: "bytes=99-" });
  assert.deepEqual([none.status, none.headers["content-range"]], [416, "bytes */10"]);
});

test("every redirect is passed on and none is followed, after a POST as well", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const before = origin.forwarded.length;
    answering(status, { location: "https://elsewhere.example/x?y=1#z" });
    for (const method of ["GET", "POST"]) {
      const answer = await send(worker.url, { method, path: "/home", headers: { ...headers, origin: worker.url }, body: method === "POST" ? "a=1" : undefined });
      assert.deepEqual([answer.status, answer.headers.location], [status, "https://elsewhere.example/x?y=1#z"], `${method} ${status}`);
    }
    assert.equal(origin.forwarded.length, before + 2);
  }
});

test("each Set-Cookie stays a line of its own, the gate's beside them", async () => {
  const lines = ["a=1; Path=/", "b=2; Expires=Wed, 25 Nov 2026 00:00:00 GMT; Path=/", "c=3; HttpOnly"];
  answering(200, { "set-cookie": lines }, "page");
  const { cookies } = await get();
  assert.deepEqual(cookies.slice(0, 3), lines);
  assert.equal(cookies.length, 4);
  assert.match(cookies[3], /^__Host-sekisho=/);
  answering(200, { "cache-control": "public, max-age=60" }, "picture");
  const kept = await send(worker.url, { path: "/assets/a.png", headers });
  assert.deepEqual([kept.status, kept.cookies, kept.headers["cache-control"]], [200, [], "public, max-age=60"], "none goes into what others may keep");
});

test("packed bodies pass byte by byte, whatever the packing", async () => {
  const text = Buffer.from("約定通知 ".repeat(2_000));
  for (const [encoding, packed] of [["br", brotliCompressSync(text)], ["deflate", deflateSync(text)], ["zstd", Buffer.from("28b52ffd0400090000", "hex")]]) {
    answering(200, { "content-encoding": encoding, "content-type": "text/html", "content-length": packed.length }, packed);
    const answer = await get({ "accept-encoding": encoding });
    assert.equal(answer.headers["content-encoding"], encoding);
    assert.ok(answer.bytes.equals(packed), `${encoding} was packed anew`);
  }
});

test("interim answers do not stand for the answer", async () => {
  origin.answer = (_, response) => {
    response.writeEarlyHints({ link: "</assets/app.css>; rel=preload" });
    response.writeProcessing();
    response.writeHead(201, { "x-made": "yes" }).end("made");
  };
  const answer = await get();
  assert.deepEqual([answer.status, answer.text, answer.headers["x-made"]], [201, "made", "yes"]);
});

test("a client that waits to be told to go on with its body is told, or answered", async () => {
  origin.answer = (request, response) => response.end(request.body);
  const { host, hostname, port } = new URL(worker.url);
  const told = await new Promise((resolve, reject) => {
    const lines = { ...headers, origin: worker.url, host, expect: "100-continue", "content-length": 4 };
    const request = http.request({ host: hostname, port, method: "POST", path: "/home", headers: lines, agent: false, timeout: 20_000 });
    request.on("timeout", () => request.destroy(new Error("neither told nor answered")));
    request.on("continue", () => request.end("body"));
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    request.flushHeaders();
  });
  assert.ok(told.status === 417 || told.text === "body", JSON.stringify(told));
});

test("a body without a length, and trailers, pass", async () => {
  origin.answer = (request, response) => response.end(request.body);
  const lines = ["POST /home HTTP/1.1", `Host: ${new URL(worker.url).host}`, `Cookie: ${headers.cookie}`, "Sec-Fetch-Site: same-origin", "Transfer-Encoding: chunked"];
  const answer = await raw(worker.url, lines, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  assert.equal(answer.status, 200);
  assert.ok(answer.text.includes("abcde"), answer.text);
  assert.equal(origin.last.body, "abcde");
});
