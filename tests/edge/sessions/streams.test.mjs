// WebSockets and event streams of customers: they flow both ways as they are, are cut at a lease end once the session has ended,
// and keep nobody logged in.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { PASSWORD, Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const [LEASE, LIMIT] = [1_000, 15_000];

/** The built worker, whose account objects can be made to fail and to go on. */
const AROUND = `
import worker, { Account as Built } from "./edge.js";
export { Name } from "./edge.js";
let failing = false;
export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/fail" && pathname !== "/go-on") return worker.fetch(request, env, context);
    failing = pathname === "/fail";
    return new Response();
  },
};
export class Account extends Built {
  fetch(request) {
    return failing ? new Response(null, { status: 500 }) : super.fetch(request);
  }
}
`;

let origin, worker, sockets;
before(async () => {
  origin = await new RecordingOrigin().start();
  sockets = new WebSocketServer({ server: origin.server, handleProtocols: (offered) => [...offered].at(-1) });
  sockets.on("connection", (socket, { headers }) => {
    socket.cookie = headers.cookie;
    socket.on("message", (data, binary) => {
      if (String(data) === "close yourself") socket.close(4000, "as asked");
      else if (String(data) === "flood me") flood(socket);
      else socket.send(data, { binary });
    });
    socket.on("close", (code, reason) => (socket.closedWith = [code, String(reason)]));
  });
  // Events for as long as the stream is open, well within a lease of each other.
  origin.answer = (request, response) => {
    if (!request.url.startsWith("/home/events") && !request.url.startsWith("/security/events")) return response.end("page");
    response.writeHead(200, { "content-type": "text/event-stream" });
    let at = 0;
    const timer = setInterval(() => response.write(`data: ${(at += 1)}\n\n`), 50);
    response.on("close", () => clearInterval(timer));
  };
  worker = await startWorker(origin.url, { config: (toml) => toml.replace('lease = "60s"', `lease = "${LEASE}ms"`), around: AROUND });
});
after(async () => {
  sockets?.close();
  await worker?.stop();
  await origin?.stop();
});

const MEGABYTE = Buffer.alloc(1_000_000);
let flooded;

/** Sends megabytes, each as soon as the one before has left, for as long as the socket is open. */
function flood(socket) {
  flooded = 0;
  const next = () => socket.readyState === WebSocket.OPEN && flooded < 200 && socket.send(MEGABYTE, () => ((flooded += 1), next()));
  next();
}

/** The promise, or a failure that says what never came. */
const soon = (promise, what) => {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} did not come within ${LIMIT} ms`)), LIMIT)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** An open socket of `visitor`; `closed` resolves to its code and reason. */
async function open(visitor, protocols = [], path = "/home/prices") {
  const cookie = `a=1; __Host-sekisho=${visitor.cookie}`;
  const headers = { ...(visitor.cookie && { cookie }), "sec-fetch-mode": "websocket", origin: worker.url };
  const socket = new WebSocket(`${worker.url.replace("http", "ws")}${path}`, protocols, { headers });
  socket.closed = once(socket, "close").then(([code, reason]) => [code, String(reason)]);
  await soon(once(socket, "open"), "the upgrade");
  return socket;
}

async function echo(socket, data) {
  const back = once(socket, "message");
  socket.send(data);
  const [answer, binary] = await soon(back, "the echo");
  return { answer, binary };
}

/** An event stream of `visitor`: how many events have come, and a promise of its end. */
async function listen(visitor, path = "/home/events") {
  const { hostname, port } = new URL(worker.url);
  const headers = { accept: "text/event-stream", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", ...(visitor.cookie && { cookie: `__Host-sekisho=${visitor.cookie}` }) };
  const request = http.get({ host: hostname, port, path, headers, agent: false });
  const [response] = await soon(once(request, "response"), "the stream");
  assert.equal(response.statusCode, 200);
  const stream = { count: 0, stop: () => request.destroy(), changed: () => soon(once(response, "data"), "an event") };
  response.on("data", () => (stream.count += 1));
  stream.ended = new Promise((resolve) => response.on("error", () => resolve("cut")).on("end", () => resolve("end")));
  return stream;
}

test("messages pass both ways as they are, with their kind, protocol and close codes", async () => {
  const visitor = await customer(worker.url);
  const socket = await open(visitor, ["prices.v1", "prices.v2"]);
  assert.equal(socket.protocol, "prices.v2");
  const words = await echo(socket, "約定 1");
  assert.deepEqual([String(words.answer), words.binary], ["約定 1", false]);
  for (const size of [0, 1, 70_000, 900_000]) {
    const bytes = Buffer.alloc(size, 7);
    const { answer, binary } = await echo(socket, bytes);
    assert.ok(binary && answer.equals(bytes), `${size} bytes`);
  }
  const far = [...sockets.clients].at(-1);
  assert.equal(far.cookie, "a=1", "our own cookie stays here");
  socket.close(4001, "enough");
  await soon(once(far, "close"), "the origin's close");
  assert.deepEqual(far.closedWith, [4001, "enough"]);
  const other = await open(visitor);
  other.send("close yourself");
  assert.deepEqual(await soon(other.closed, "the close"), [4000, "as asked"]);
});

test("streams go on over lease ends, and are cut once the session has ended, no other's with them", async () => {
  const visitor = await customer(worker.url);
  const device = new Visitor(worker.url);
  assert.equal((await device.post("/.sekisho/login", { id: visitor.number, password: PASSWORD })).status, 200);
  const [socket, other] = [await open(visitor), await open(device)];
  const [events, others] = [await listen(visitor), await listen(device)];
  const far = [...sockets.clients].at(-2);
  const opened = performance.now();
  while (performance.now() < opened + 2.5 * LEASE) await events.changed();
  await echo(socket, "still there");
  assert.equal((await visitor.post("/.sekisho/logout", {})).status, 200);
  const ended = performance.now();
  assert.deepEqual(await soon(socket.closed, "4401"), [4401, "session ended"]);
  await soon(events.ended, "the end of the events");
  const took = performance.now() - ended;
  assert.ok(took < LEASE + 1_000, `cut ${took} ms after the end`);
  await soon(far.closedWith ?? once(far, "close"), "the origin's close");
  assert.equal(far.closedWith[0], 4401, "the origin is told");
  const seen = others.count;
  const later = performance.now() + 1.5 * LEASE;
  while (performance.now() < later) await others.changed();
  assert.ok(others.count > seen);
  await echo(other, "still there");
  others.stop();
  other.close();
});

test("a session that goes on under a new id: cut as one to be opened again, and it is", async () => {
  const visitor = await customer(worker.url);
  const before = worker.child.log.length;
  const [socket, events] = [await open(visitor), await listen(visitor)];
  const changed = await visitor.post("/.sekisho/password/change", { current: PASSWORD, password: "Hoshi-43-kawa#Q" });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(await soon(socket.closed, "1013"), [1013, "try again later"]);
  await soon(events.ended, "the end of the events");
  assert.ok(!worker.child.log.slice(before).includes("stream: "), "that is no fault");
  const again = await open(visitor);
  await echo(again, "back");
  again.close();
});

test("an account that cannot be asked: cut, to be tried again later", async () => {
  const visitor = await customer(worker.url);
  const socket = await open(visitor);
  const events = await listen(visitor);
  await visitor.get("/fail");
  try {
    assert.equal((await soon(socket.closed, "1013"))[0], 1013);
    await soon(events.ended, "the end of the events");
  } finally {
    await visitor.get("/go-on");
  }
  const again = await open(visitor);
  await echo(again, "back");
  again.close();
});

test("a visitor's stream on a public page is nobody's session and is not asked about", async () => {
  const visitor = new Visitor(worker.url);
  const events = await listen(visitor, "/security/events");
  const opened = performance.now();
  while (performance.now() < opened + 2 * LEASE) await events.changed();
  events.stop();
});

test("what goes through a socket in a minute is bounded, since the runtime keeps all of it for a side that does not read", async () => {
  const reader = await open(await customer(worker.url));
  let came = 0;
  reader.on("message", (data) => (came += data.length));
  reader.send("flood me");
  assert.equal((await soon(reader.closed, "the cut"))[0], 1013);
  assert.equal(came, 33_000_000, "all that was let through arrives");
  const deaf = await open(await customer(worker.url));
  deaf.pause();
  const far = [...sockets.clients].at(-1);
  deaf.send("flood me");
  await soon(far.closedWith ?? once(far, "close"), "the cut");
  assert.ok(flooded < 80, `${flooded} MB left the application`);
  deaf.terminate();
});

test("a client that goes away takes the origin's side with it", async () => {
  const visitor = await customer(worker.url);
  const socket = await open(visitor);
  const far = [...sockets.clients].at(-1);
  const gone = once(far, "close");
  socket.terminate();
  await soon(gone, "the origin's close");
});
