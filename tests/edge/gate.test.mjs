// What reaches the origin, and what does not: the worker before an origin that records.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { RecordingOrigin, claims, startWorker } from "./worker.mjs";
import { Visitor, customer, raw, send } from "./visitor.mjs";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  worker = await startWorker(origin.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** The claims of the statement on a request that reached the origin. */
const statement = (request) => claims(request, worker.url);

test("health, and keys that can be fetched by anyone", async () => {
  const health = await send(worker.url, { path: "/.sekisho/health" });
  assert.deepEqual([health.status, health.json], [200, { status: "ok" }]);
  const jwks = await send(worker.url, { path: "/.well-known/jwks.json" });
  assert.equal(jwks.status, 200);
  for (const key of jwks.json.keys) assert.deepEqual([key.kty, key.crv, key.alg, key.use], ["EC", "P-256", "ES256", "sig"]);
});

test("a public page reaches the origin with a statement that names nobody", async () => {
  const visitor = new Visitor(worker.url);
  const page = await visitor.navigate("/security?lang=en");
  assert.equal(page.status, 200);
  assert.equal(page.text, "the origin");
  assert.equal(origin.last.url, "/security?lang=en");
  const claims = await statement(origin.last);
  assert.equal(claims.sub, undefined);
  assert.equal(claims.iss, worker.url);
  assert.equal(claims.aud, "https://origin.example");
  assert.ok(claims.exp > Date.now() / 1000 && claims.exp < Date.now() / 1000 + 600);
  assert.equal(page.headers["x-content-type-options"], "nosniff");
});

test("a protected page sends a browser to the login page and a script a problem", async () => {
  const visitor = new Visitor(worker.url);
  const before = origin.forwarded.length;
  const page = await visitor.navigate("/home/orders?day=1&side=買".replace("買", "%E8%B2%B7"));
  assert.equal(page.status, 303);
  const location = new URL(page.headers.location, worker.url);
  assert.equal(location.origin, worker.url);
  assert.equal(location.pathname, "/login");
  assert.equal(location.searchParams.get("return"), "/home/orders?day=1&side=%E8%B2%B7");
  const script = await visitor.get("/home");
  assert.equal(script.status, 401);
  assert.equal(script.headers["content-type"], "application/problem+json");
  assert.equal(script.json.code, "no_session");
  const post = await visitor.post("/home", {});
  assert.equal(post.status, 401);
  assert.equal(origin.forwarded.length, before, "nothing of it reached the origin");
});

test("a customer's request reaches the origin with who it is, and the answer with how long", async () => {
  const visitor = await customer(worker.url);
  const page = await visitor.navigate("/home");
  assert.equal(page.status, 200);
  const claims = await statement(origin.last);
  assert.equal(claims.sub, visitor.number);
  assert.deepEqual(claims.amr, ["pwd"]);
  assert.equal(claims.channel, "pc-main");
  assert.ok(Math.abs(claims.auth_time - Date.now() / 1000) < 60);
  assert.ok(claims.sid.length > 0 && !visitor.cookie.includes(claims.sid), "the session's id is not the cookie's");
  assert.match(page.headers["sekisho-session"], /^remaining=\d+, window=300000, timeout=10800000$/);
  assert.equal(page.headers["cache-control"], "no-store");
  const other = await customer(worker.url);
  await other.get("/home");
  const second = await statement(origin.last);
  assert.equal(second.sub, other.number, "one customer's statement never goes out for another");
  assert.notEqual(second.sid, claims.sid);
});

test("identity headers that a client sends are gone, in every spelling", async () => {
  const forged = [
    "Sekisho-Assertion: forged", "SEKISHO-ASSERTION: forged", "Sekisho_Assertion: forged", "sekisho-sub: forged",
    "Sekisho-Session: forged", "X-Forwarded-For: 203.0.113.9", "X_Forwarded_For: 203.0.113.9", "X-Forwarded-Host: forged",
    "X-Forwarded-Proto: forged", "X-Forwarded-User: forged", "X-Real-IP: 203.0.113.9", "Forwarded: for=203.0.113.9",
    "CF-Connecting-IP: 203.0.113.9", "True-Client-IP: 203.0.113.9", 'MF-CF-Blob: {"forged":1}', "Sekisho-Background: ?1",
  ];
  const host = new URL(worker.url).host;
  const lines = ["GET /security HTTP/1.1", `Host: ${host}`, "Accept: text/html", "X-Kept: kept", ...forged];
  const answer = await raw(worker.url, lines);
  assert.equal(answer.status, 200, answer.text);
  const { headers, rawHeaders } = origin.last;
  const text = JSON.stringify(rawHeaders);
  assert.ok(!/forged|203\.0\.113\.9/.test(text), text);
  assert.equal(headers["x-kept"], "kept");
  assert.equal(headers["x-forwarded-host"], host);
  assert.equal(headers["x-forwarded-proto"], "http");
  assert.equal((await statement(origin.last)).sub, undefined);
});

test("a forged statement named as hop-by-hop, doubled or smuggled by a body does no better", async () => {
  const host = `Host: ${new URL(worker.url).host}`;
  for (const lines of [
    ["GET /security HTTP/1.1", host, "Connection: sekisho-assertion", "Sekisho-Assertion: forged"],
    ["GET /security HTTP/1.1", host, "Sekisho-Assertion: forged", "Sekisho-Assertion: forged again"],
    ["GET /security HTTP/1.1", host, "sekisho-assertion:forged", "Content-Length: 0"],
  ]) {
    const before = origin.forwarded.length;
    const answer = await raw(worker.url, lines);
    if (origin.forwarded.length === before) assert.ok(answer.status >= 400, answer.text);
    else assert.equal((await statement(origin.last)).sub, undefined);
  }
});

test("paths that the origin might read differently, and its internal ones, are refused", async () => {
  const before = origin.forwarded.length;
  const host = `Host: ${new URL(worker.url).host}`;
  for (const path of ["/internal/verify", "/internal/", "/healthz", "/assets/%2e%2e%2finternal/verify", "/assets/..;/internal",
    "//internal/verify", "/assets/%5c..%5cinternal", "/security%00", "/security%2f..%2finternal",
    "/security/../internal/verify", "/assets/./../internal/verify"]) {
    const answer = await raw(worker.url, [`GET ${path} HTTP/1.1`, host]);
    assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
  }
  assert.equal(origin.forwarded.length, before, "nothing of it reached the origin");
});

test("bodies stream both ways, answers pass as they are, redirects are not followed", async () => {
  const visitor = await customer(worker.url);
  const large = Buffer.alloc(2_000_001, "関");
  const answered = origin.answer;
  try {
    origin.answer = (request, response) => response.writeHead(201, { "set-cookie": ["a=1", "b=2"] }).end(request.body);
    const headers = { cookie: `__Host-sekisho=${visitor.cookie}`, "content-type": "application/octet-stream",
      "sec-fetch-site": "same-origin", origin: worker.url };
    const echo = await send(worker.url, { method: "POST", path: "/home/upload", headers, body: large });
    assert.equal(echo.status, 201);
    assert.ok(Buffer.from(echo.text).equals(large), "the body came back whole");
    assert.deepEqual(echo.cookies.filter((line) => !line.startsWith("__Host-")), ["a=1", "b=2"]);
    origin.answer = (_, response) => response.writeHead(302, { location: "https://elsewhere.example/" }).end();
    const redirect = await visitor.get("/home");
    assert.deepEqual([redirect.status, redirect.headers.location], [302, "https://elsewhere.example/"]);
    origin.answer = (_, response) => response.writeHead(204).end();
    assert.equal((await visitor.get("/home")).status, 204);
    origin.answer = (_, response) => response.writeHead(404).end("not here");
    assert.deepEqual([(await visitor.get("/home")).status, (await visitor.get("/home")).text], [404, "not here"]);
  } finally {
    origin.answer = answered;
  }
});

test("compressed bodies and parts of bodies pass byte by byte", async () => {
  const visitor = await customer(worker.url);
  const answered = origin.answer;
  const packed = gzipSync(Buffer.from("<p>約定</p>".repeat(1000)));
  const headers = { cookie: `__Host-sekisho=${visitor.cookie}`, "accept-encoding": "gzip" };
  try {
    origin.answer = (_, response) =>
      response.writeHead(200, { "content-type": "text/html", "content-encoding": "gzip", etag: '"1"' }).end(packed);
    const page = await send(worker.url, { path: "/home", headers });
    assert.equal(page.headers["content-encoding"], "gzip");
    assert.equal(page.headers.etag, '"1"');
    assert.ok(page.bytes.equals(packed), "the body was packed anew");
    assert.equal(origin.last.headers["accept-encoding"], "gzip");
    origin.answer = (request, response) =>
      response.writeHead(206, { "content-range": "bytes 0-3/10", "content-type": "video/mp4" }).end(request.headers.range && "0123");
    const part = await send(worker.url, { path: "/home", headers: { ...headers, range: "bytes=0-3" } });
    assert.deepEqual([part.status, part.text, part.headers["content-range"]], [206, "0123", "bytes 0-3/10"]);
    const head = await send(worker.url, { method: "HEAD", path: "/home", headers });
    assert.deepEqual([head.text, origin.last.method], ["", "HEAD"]);
  } finally {
    origin.answer = answered;
  }
});

test("the first part of an answer arrives before the last is there", async () => {
  const visitor = await customer(worker.url);
  const answered = origin.answer;
  let finish;
  try {
    origin.answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      finish = () => response.end("data: last\n\n");
    };
    const { hostname, port } = new URL(worker.url);
    const text = await new Promise((resolve, reject) => {
      const headers = { cookie: `__Host-sekisho=${visitor.cookie}`, "sec-fetch-mode": "cors" };
      const request = http.get({ host: hostname, port, path: "/home/events", headers, agent: false, timeout: 20_000 });
      request.on("timeout", () => request.destroy(new Error("the first part never came")));
      request.on("error", reject);
      request.on("response", (response) => {
        let all = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          // The origin goes on only once its first part has come through.
          if (all === "") finish();
          all += chunk;
        });
        response.on("end", () => resolve(all));
      });
    });
    assert.equal(text, "data: first\n\ndata: last\n\n");
  } finally {
    origin.answer = answered;
  }
});

test("a WebSocket passes the gate with its session, and not without", async () => {
  origin.server.on("upgrade", (request, socket) => {
    origin.requests.push({ url: request.url, headers: request.headers, rawHeaders: request.rawHeaders });
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
    // Says one thing, an unmasked text frame, and waits for the other side to end (RFC 6455 §5).
    socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("price")]));
    for (const end of ["error", "data", "end"]) socket.on(end, () => socket.destroy());
  });
  const upgrade = (cookie) => {
    const { hostname, port } = new URL(worker.url);
    const headers = {
      upgrade: "websocket", connection: "upgrade", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-fetch-mode": "websocket", origin: worker.url, cookie,
    };
    return new Promise((resolve, reject) => {
      const request = http.get({ host: hostname, port, path: "/home/prices", headers, agent: false, timeout: 20_000 });
      request.on("timeout", () => request.destroy(new Error("no upgrade and no answer")));
      request.on("error", reject);
      request.on("response", (response) => resolve({ status: response.statusCode }));
      request.on("upgrade", (response, socket, head) => {
        let all = head;
        const done = () => {
          if (all.length < 7) return;
          socket.destroy();
          resolve({ status: response.statusCode, frame: all.subarray(0, 7).toString("latin1") });
        };
        socket.on("data", (chunk) => {
          all = Buffer.concat([all, chunk]);
          done();
        });
        done();
      });
    });
  };
  const visitor = await customer(worker.url);
  assert.deepEqual(await upgrade(`__Host-sekisho=${visitor.cookie}`), { status: 101, frame: "\x81\x05price" });
  assert.equal((await statement(origin.last)).sub, visitor.number);
  assert.equal((await upgrade("__Host-sekisho=none")).status, 401);
});

test("an origin that does not answer is told as a problem or a page", async () => {
  const gone = await new RecordingOrigin().start();
  const alone = await startWorker(gone.url);
  await gone.stop();
  try {
    const visitor = new Visitor(alone.url);
    const script = await visitor.get("/security");
    assert.deepEqual([script.status, script.json.code], [502, "origin_unreachable"]);
    const page = await visitor.navigate("/security");
    assert.equal(page.status, 502);
    assert.match(page.headers["content-type"], /^text\/html/);
    assert.match(page.headers["content-security-policy"], /default-src 'none'/);
  } finally {
    await alone.stop();
  }
});
