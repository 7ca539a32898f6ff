// An origin that is slow, goes silent or cuts off: told as what it is, asked once more only where that cannot do a thing twice.
//
// The runtime asks anew by itself, as RFC 9112 §9.3.1 lets it, what is idempotent and has no body, when a kept-alive connection
// turns out to be dead. What is counted here is the gate's own doing, so the origin keeps no connection unless a test says so.

import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

let origin, worker, visitor;
before(async () => {
  origin = await new RecordingOrigin().start();
  origin.server.maxRequestsPerSocket = 1;
  const routes = '\n[[routes]]\npath = "/once"\ndemand = "public"\njti = true\n';
  const config = (toml) => toml.replace('timeout = "60s"', 'timeout = "600ms"') + routes;
  worker = await startWorker(origin.url, { config });
  visitor = await customer(worker.url);
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});
beforeEach(() => (origin.answer = (_, response) => response.end("the origin")));

/** Cuts the first `times` requests off without an answer; answers how many came. */
function cutting(times) {
  let came = 0;
  origin.answer = (_, response) => {
    came += 1;
    if (came <= times) response.socket.destroy();
    else response.end("the origin");
  };
  return () => came;
}

/** Sends with any method, as a page's script does. */
function ask(verb, path = "/home", body) {
  const { hostname, port } = new URL(worker.url);
  const headers = {
    cookie: `__Host-sekisho=${visitor.cookie}`, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", origin: worker.url,
    ...(body && { "content-type": "application/json", "content-length": body.length }),
  };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: hostname, port, method: verb, path, headers, agent: false, timeout: 20_000 });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", (fault) => resolve({ status: response.statusCode, fault, text: String(Buffer.concat(chunks)) }));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text: String(Buffer.concat(chunks)) }));
    });
    request.end(body);
  });
}

test("what only asks is asked once more, and no more than once", async () => {
  for (const verb of ["GET", "HEAD", "OPTIONS"]) {
    const came = cutting(1);
    const { status } = await ask(verb);
    assert.deepEqual([status, came()], [200, 2], verb);
  }
  const came = cutting(Infinity);
  const { status, text } = await ask("GET");
  assert.deepEqual([status, JSON.parse(text).code, came()], [502, "origin_unreachable", 2]);
});

test("what may change something is sent once: with a body, without one, or under a statement that is good once", async () => {
  for (const [verb, path, body] of [
    ["POST", "/home", '{"amount":1}'], ["POST", "/home"], ["PUT", "/home", "{}"], ["PATCH", "/home", "{}"], ["DELETE", "/home"],
    ["GET", "/once"],
  ]) {
    const came = cutting(1);
    const { status, text } = await ask(verb, path, body);
    assert.deepEqual([status, JSON.parse(text).code, came()], [502, "origin_unreachable", 1], `${verb} ${path}`);
  }
});

test("over a kept connection that turns out to be dead the runtime asks once more what is idempotent and has no body, and nothing else", async () => {
  origin.server.maxRequestsPerSocket = 0;
  try {
    for (const [verb, path, most, body] of [
      ["POST", "/home", 1, '{"amount":1}'], ["POST", "/home", 1], ["PATCH", "/home", 1], ["PUT", "/home", 1, "{}"], ["PATCH", "/home", 1, "{}"], ["DELETE", "/home", 1, "{}"],
      // An application that takes a jti once takes the second of these for what it is.
      ["DELETE", "/home", 2], ["PUT", "/home", 2], ["GET", "/once", 2],
      // The runtime's and the gate's own.
      ["GET", "/home", 3], ["HEAD", "/home", 3], ["OPTIONS", "/home", 3],
    ]) {
      origin.answer = (_, response) => response.end("kept");
      assert.equal((await ask("GET")).text, "kept");
      const came = cutting(Infinity);
      assert.deepEqual([(await ask(verb, path, body)).status, came()], [502, most], `${verb} ${path} ${body}`);
    }
  } finally {
    origin.server.maxRequestsPerSocket = 1;
  }
});

test("an origin that says nothing in time: 504, a page or a problem with the number that stands in the log", async () => {
  let came = 0;
  origin.answer = () => (came += 1);
  const script = await visitor.get("/home");
  assert.deepEqual([script.status, script.json.code, script.headers["content-type"]], [504, "origin_timeout", "application/problem+json"]);
  assert.equal(came, 1, "past the limit nothing is tried again");
  const page = await visitor.navigate("/home");
  assert.equal(page.status, 504);
  assert.match(page.headers["content-type"], /^text\/html/);
  const [, shown] = page.text.match(/Reference: (\w+)/);
  for (const reference of [script.json.ref, shown]) await worker.child.line(new RegExp(`"ref":"${reference}"`));
  const post = await visitor.post("/home", {});
  assert.equal(post.status, 504);
  assert.equal(came, 3);
});

/** An upload that is written by `write(request)`, `length` bytes or in chunks; answers how it went. */
function upload(base, write, length) {
  const { hostname, port } = new URL(base);
  const size = length === undefined ? { "transfer-encoding": "chunked" } : { "content-length": length };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: hostname, port, method: "POST", path: "/security/upload", headers: size, agent: false, timeout: 20_000 });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => (request.destroy(), resolve({ status: response.statusCode, text })));
    });
    write(request);
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("an upload may take longer than the limit as long as it goes on, and reaches the origin as it is", async () => {
  const piece = Buffer.alloc(1_000, 7);
  const slowly = async (request) => {
    for (let time = 0; time < 6; time += 1, await pause(250)) request.write(piece);
    request.end();
  };
  for (const length of [6_000, undefined]) {
    const { status } = await upload(worker.url, slowly, length);
    assert.equal(status, 200, `${length} bytes`);
    assert.equal(origin.last.body.length, 6_000);
    assert.equal(origin.last.headers["content-length"], length === undefined ? undefined : "6000");
    assert.equal(origin.last.headers["transfer-encoding"], length === undefined ? "chunked" : undefined);
  }
});

test("once it is there the limit runs, and where the client or the origin stops in its middle as well", async () => {
  const usual = origin.answer;
  origin.answer = () => {};
  const begun = performance.now();
  assert.equal((await upload(worker.url, (request) => request.end("whole"), 5)).status, 504);
  assert.ok(performance.now() - begun < 2_000);
  origin.answer = usual;
  assert.equal((await upload(worker.url, (request) => request.write("half"), 8)).status, 504, "the client stops");
  // One that takes the connection and reads nothing.
  const deaf = net.createServer({ pauseOnConnect: true }, (socket) => socket.on("error", () => {}));
  await new Promise((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  const before = await startWorker(`http://127.0.0.1:${deaf.address().port}`, { config: (toml) => toml.replace('timeout = "60s"', 'timeout = "600ms"') });
  try {
    assert.equal((await upload(before.url, (request) => request.write(Buffer.alloc(30_000_000)), 40_000_000)).status, 504, "the origin stops");
  } finally {
    await before.stop();
    deaf.close();
  }
});

test("what an origin says before it has the whole of an upload is the answer", async () => {
  const early = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo much"));
  });
  await new Promise((resolve) => early.listen(0, "127.0.0.1", resolve));
  const before = await startWorker(`http://127.0.0.1:${early.address().port}`);
  try {
    const answer = await upload(before.url, (request) => request.write("x"), 1_000);
    assert.deepEqual([answer.status, answer.text], [413, "too much"]);
  } finally {
    await before.stop();
    early.close();
  }
});

test("an answer that has begun may take as long as it likes", async () => {
  let finish;
  const begun = new Promise((resolve) => {
    origin.answer = (request, response) => {
      if (request.url !== "/home/long") return;
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("first ");
      finish = () => response.end("last");
      resolve();
    };
  });
  const long = ask("GET", "/home/long");
  await begun;
  assert.equal((await ask("GET", "/home/silent")).status, 504, "the limit has gone by since");
  finish();
  const { status, fault, text } = await long;
  assert.deepEqual([status, fault, text], [200, undefined, "first last"]);
});

test("an answer that is cut off in the middle never looks whole", async () => {
  for (const headers of [{ "content-length": 1_000 }, { "content-type": "text/plain" }]) {
    origin.answer = (_, response) => {
      response.writeHead(200, headers);
      response.write("the first part", () => response.socket.destroy());
    };
    const answer = await ask("GET").catch((fault) => ({ fault }));
    assert.ok(answer.fault, `${JSON.stringify(headers)} ended as if it were whole: ${answer.text}`);
  }
});

test("an origin's own faults pass as they are", async () => {
  for (const status of [500, 502, 503, 504]) {
    let came = 0;
    origin.answer = (_, response) => {
      came += 1;
      response.writeHead(status, { "retry-after": "7" }).end("its own words");
    };
    const answer = await new Visitor(worker.url).get("/security");
    assert.deepEqual([answer.status, answer.text, answer.headers["retry-after"], came], [status, "its own words", "7", 1]);
  }
});
