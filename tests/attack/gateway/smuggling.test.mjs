// Requests whose end two parsers see at two places, and floods of headers. Whatever the front makes of them, no second
// request that was hidden in a first one reaches the origin.

import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { Gate } from "./gate.mjs";

let gate;
before(async () => (gate = await Gate.start()));
after(() => gate?.stop());

const HIDDEN = "/security?hidden";

/** Writes bytes as they are and answers all that comes back until the other side ends or is silent for a second. */
function exchange(bytes) {
  const { hostname, port } = new URL(gate.url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    let text = "";
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    // A connection that is cut off in the middle is an answer as well.
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.write(bytes, "latin1");
  });
}

const hidden = `GET ${HIDDEN} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const chunked = `0\r\n\r\n${hidden}`;
const host = () => `Host: ${new URL(gate.url).host}\r\n`;

/** A POST with `lines` that say two things about its length, and a body that hides a request. */
const shapes = {
  "length and chunks": (body) => [`Content-Length: ${body.length}`, "Transfer-Encoding: chunked"],
  "chunks and length": (body) => ["Transfer-Encoding: chunked", `Content-Length: ${body.length}`],
  "two lengths": (body) => ["Content-Length: 0", `Content-Length: ${body.length}`],
  "two lengths the other way": (body) => [`Content-Length: ${body.length}`, "Content-Length: 0"],
  "lengths in one line": (body) => [`Content-Length: 0, ${body.length}`],
  "a signed length": (body) => [`Content-Length: +${body.length}`],
  "a negative length": () => ["Content-Length: -1"],
  "a hexadecimal length": (body) => [`Content-Length: 0x${body.length.toString(16)}`],
  "a length with a space": (body) => [`Content-Length: ${body.length} 0`],
  "a length beyond numbers": () => ["Content-Length: 99999999999999999999999"],
  "a name with a space": (body) => [`Content-Length : ${body.length}`, "Transfer-Encoding: chunked"],
  "a tab before the coding": (body) => ["Transfer-Encoding:\tchunked", `Content-Length: ${body.length}`],
  "a vertical tab": (body) => ["Transfer-Encoding: \x0bchunked", `Content-Length: ${body.length}`],
  "an unknown coding": (body) => ["Transfer-Encoding: xchunked", `Content-Length: ${body.length}`],
  "two codings": (body) => ["Transfer-Encoding: chunked", "Transfer-Encoding: identity", `Content-Length: ${body.length}`],
  "identity behind chunks": (body) => ["Transfer-Encoding: chunked, identity", `Content-Length: ${body.length}`],
  "a quoted coding": (body) => ['Transfer-Encoding: "chunked"', `Content-Length: ${body.length}`],
  "a folded line": (body) => ["X: y", " Transfer-Encoding: chunked", `Content-Length: ${body.length}`],
  "an underscore": (body) => ["Transfer_Encoding: chunked", `Content-Length: ${body.length}`],
  "a carriage return alone": (body) => [`X: y\rTransfer-Encoding: chunked`, `Content-Length: ${body.length}`],
  "a line feed alone": (body) => [`X: y\nTransfer-Encoding: chunked`, `Content-Length: ${body.length}`],
  "a NUL": (body) => ["Transfer-Encoding: chunked\0", `Content-Length: ${body.length}`],
  "an upgrade to nothing": (body) => ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", `Content-Length: ${body.length}`],
};

for (const [name, lines] of Object.entries(shapes)) {
  test(`no request is smuggled by ${name}`, async () => {
    for (const [path, body] of [["/security", hidden], ["/security", chunked], ["/.sekisho/logout", chunked], ["/home", chunked]]) {
      const before = gate.origin.forwarded.length;
      const text = await exchange(`POST ${path} HTTP/1.1\r\n${host()}${lines(body).join("\r\n")}\r\n\r\n${body}`);
      const came = gate.origin.forwarded.slice(before);
      // At the gate's own front a second request may be one of its own right, as it would be in a connection of its own;
      // between gate and origin it must never come to be: then the origin would have seen more than the gate let through.
      const answers = text.split("HTTP/1.1 ").length - 1;
      assert.ok(came.length <= answers, `${path}: the origin saw ${came.length} requests, ${answers} were answered`);
      for (const request of came) {
        assert.ok([path, HIDDEN].includes(request.url), request.url);
        assert.ok("sekisho-assertion" in request.headers, `${request.url} came without a statement`);
        if (request.url === HIDDEN) assert.equal(request.headers["x-forwarded-proto"], "http");
      }
      if (path === "/home") assert.ok(came.every(({ url }) => url !== "/home"), "it came through without a session");
    }
  });
}

test("chunks that lie about their length end the request", async () => {
  const head = `POST /security HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\n\r\n`;
  for (const body of ["5\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "ffffffffffffffff\r\nabc", "3;ext=\"\r\n\r\nGET /hidden HTTP/1.1\r\n\"\r\nabc\r\n0\r\n\r\n", "3\nabc\n0\n\n", "zz\r\n"]) {
    const before = gate.origin.forwarded.length;
    await exchange(head + body);
    for (const request of gate.origin.forwarded.slice(before)) assert.equal(request.url, "/security", body);
  }
  assert.equal((await gate.raw(["GET /.sekisho/health HTTP/1.1"])).status, 200);
});

test("a flood of headers is refused, or passes as what it is, and the gate stands", async () => {
  const many = (count, line) => Array.from({ length: count }, (_, at) => line(at));
  for (const lines of [
    many(5_000, (at) => `X-${at}: y`), many(5_000, () => "X: y"), many(200, () => `Cookie: a=${"b".repeat(300)}`), [`X: ${"y".repeat(1_000_000)}`],
    [`${"X".repeat(200_000)}: y`], [`Cookie: ${"a=b; ".repeat(100_000)}`], many(1_000, () => `Cookie: __Host-sekisho=x`), [`Sec-Fetch-Mode: ${"navigate,".repeat(10_000)}`],
    [`Accept: ${"text/html,".repeat(10_000)}`], [`User-Agent: ${"\x80\xff".repeat(2_000)}`],
  ]) {
    const before = gate.origin.forwarded.length;
    await exchange(`GET /home HTTP/1.1\r\n${host()}${lines.join("\r\n")}\r\n\r\n`);
    assert.equal(gate.origin.forwarded.length, before, `${lines[0].slice(0, 40)}: it came through without a session`);
    assert.equal((await gate.raw(["GET /.sekisho/health HTTP/1.1"])).status, 200, lines[0].slice(0, 40));
  }
});
