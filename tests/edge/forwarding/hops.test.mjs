// What is for one connection alone stays on it (RFC 9110, 7.6.1), both ways; and from where the client comes the origin hears from the
// gate, in one header, from nobody else.

import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { customer, raw } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const TOKEN = "the-operators-own-proxy";

/** The built worker as it stands behind the platform's front, which says who asks. */
const AROUND = `
import worker, { Account, Name } from "./edge.js";
export { Account, Name };
export default { fetch: (request, env, context) => worker.fetch(new Request(request, { cf: { asn: 2516, country: "JP" } }), env, context) };
`;

let origin, plain, platform, proxied;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) => toml.replace("strip = []", 'strip = ["x-broker-user", "x-staff"]');
  plain = await startWorker(origin.url, { config });
  platform = await startWorker(origin.url, { around: AROUND });
  proxied = await startWorker(origin.url, { secrets: { SEKISHO_PROXY_TOKEN: TOKEN } });
});
after(async () => {
  await Promise.all([plain?.stop(), platform?.stop(), proxied?.stop()]);
  await origin?.stop();
});

/** Sends `lines` with a GET for a page of a customer's, or of anybody's without a `cookie`; answers what the origin got. */
async function forwarded(worker, lines, cookie) {
  const before = origin.forwarded.length;
  const own = [`Host: ${new URL(worker.url).host}`, ...(cookie ? [`Cookie: __Host-sekisho=${cookie}`] : [])];
  const answer = await raw(worker.url, [`GET ${cookie ? "/home" : "/security"} HTTP/1.1`, ...own, ...lines]);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(origin.forwarded.length, before + 1);
  return origin.last.headers;
}

test("what a client sends for one connection does not reach the origin", async () => {
  const { cookie } = await customer(plain.url);
  for (const session of [undefined, cookie]) {
    const headers = await forwarded(
      plain,
      ["Connection: keep-alive, X-Hop,x-other ,,  (odd, Upgrade, HTTP2-Settings", "X-Hop: 1", "X-Other: 1", "TE: trailers", "Keep-Alive: timeout=9", "Proxy-Connection: keep-alive", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "X-Kept: 1"],
      session,
    );
    const gone = ["x-hop", "x-other", "te", "keep-alive", "proxy-connection", "upgrade", "http2-settings"];
    assert.deepEqual(gone.filter((name) => name in headers), []);
    assert.match(headers.connection ?? "", /^(keep-alive|close|)$/i);
    assert.equal(headers["x-kept"], "1");
  }
});

test("what an origin sends for one connection does not reach the client", async () => {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () =>
      socket.end(["HTTP/1.1 200 OK", "Content-Length: 4", "Connection: close, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=9", "X-Kept: 1", "", "page"].join("\r\n")),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const worker = await startWorker(`http://127.0.0.1:${server.address().port}`);
  try {
    const { text } = await raw(worker.url, ["GET /security HTTP/1.1", `Host: ${new URL(worker.url).host}`]);
    assert.match(text, /^X-Kept: 1\r$/im);
    assert.match(text, /\r\n\r\npage$/);
    assert.doesNotMatch(text, /^(x-hop|keep-alive):/im, text);
    assert.doesNotMatch(text, /^connection:.*x-hop/im);
  } finally {
    await worker.stop();
    server.close();
  }
});

const forged = ["X-Forwarded-For: 198.51.100.66", "Client-IP: 198.51.100.66", "X-Real-IP: 198.51.100.66", "Forwarded: for=198.51.100.66"];

test("the origin hears the client's address of the platform, for a customer as it changes and for a visitor", async () => {
  const { cookie } = await customer(platform.url);
  for (const session of [undefined, cookie, cookie, cookie]) {
    for (const address of ["203.0.113.7", "2001:db8::7", "203.0.113.8"]) {
      const headers = await forwarded(platform, [...forged, `CF-Connecting-IP: ${address}`], session);
      assert.equal(headers["x-forwarded-for"], address);
      assert.ok(!JSON.stringify(headers).includes("198.51.100.66"));
    }
    const odd = await forwarded(platform, [...forged, "CF-Connecting-IP: 203.0.113.7, 198.51.100.66"], session);
    assert.equal(odd["x-forwarded-for"], undefined, "what is no address is told as none");
  }
});

test("or of the operator's own proxy, by its token alone", async () => {
  const { cookie } = await customer(proxied.url);
  const client = (address) => [`Sekisho-Proxy: ${TOKEN}`, `Sekisho-Client: {"address":"${address}"}`, "CF-Connecting-IP: 198.51.100.66", ...forged];
  for (const session of [undefined, cookie, cookie, cookie]) {
    for (const address of ["203.0.113.7", "2001:db8::7", "203.0.113.8"]) {
      assert.equal((await forwarded(proxied, client(address), session))["x-forwarded-for"], address);
    }
    for (const lines of [forged, client("203.0.113.7").slice(1), [`Sekisho-Proxy: ${TOKEN}x`, ...client("203.0.113.7").slice(1)]]) {
      assert.equal((await forwarded(proxied, lines, session))["x-forwarded-for"], undefined, String(lines));
    }
  }
});

test("where nobody tells it, as on a workerd of one's own without a proxy, none is told and no header is believed", async () => {
  const { cookie } = await customer(plain.url);
  for (const session of [undefined, cookie, cookie]) {
    const headers = await forwarded(plain, [...forged, "CF-Connecting-IP: 203.0.113.7"], session);
    assert.equal(headers["x-forwarded-for"], undefined);
  }
});

test("what the operator names besides is taken off too, and nothing that only sounds like it", async () => {
  const headers = await forwarded(plain, ["X-Broker-User: forged", "X_Staff_Role: forged", "x-staff-: forged", "X-Staff: forged", "X-Broker-Users: kept", "X-Staffs: kept"]);
  assert.ok(!JSON.stringify(headers).includes("forged"));
  assert.deepEqual([headers["x-broker-users"], headers["x-staffs"]], ["kept", "kept"]);
});
