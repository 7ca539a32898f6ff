// A page of another site, or of a neighbour under the same domain, whose requests bring the customer's cookie: nothing that
// changes anything reaches the origin in that customer's name.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { claims } from "../../edge/worker.mjs";
import { Gate } from "./gate.mjs";

let gate, customer;
before(async () => {
  gate = await Gate.start();
  customer = await gate.customer();
});
after(() => gate?.stop());

/** What browsers send along from elsewhere, and what is sent by something that is none. */
const FOREIGN = [
  ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example"],
  ["Sec-Fetch-Site: same-site", "Origin: http://shop.localhost"],
  ["Sec-Fetch-Site: none"],
  ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"],
  ["Origin: null"],
  ["Origin: https://evil.example"],
  [],
];
const form = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 9"];

test("a form or a fetch of another site is not done in the customer's name", async () => {
  const cookie = `Cookie: __Host-sekisho=${customer.cookie}`;
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
    for (const lines of FOREIGN) {
      const before = gate.origin.forwarded.length;
      const answer = await gate.raw([`${method} /home/transfer HTTP/1.1`, cookie, ...form, ...lines], "to=mallet");
      assert.equal(answer.status, 403, `${method} ${lines}: ${answer.text}`);
      assert.equal(gate.origin.forwarded.length, before, `${method} ${lines}`);
      await gate.raw([`${method} /security HTTP/1.1`, cookie, ...form, ...lines], "to=mallet");
      assert.equal((await claims(gate.origin.last, gate.url)).sub, undefined, `${method} ${lines}: a public page knows nobody`);
    }
  }
  const own = await gate.raw(["POST /home/transfer HTTP/1.1", cookie, ...form, "Sec-Fetch-Site: same-origin"], "to=sister");
  assert.equal(own.status, 200, own.text);
});

test("the session's token lets an old browser act, and overrules nothing that a browser says", async () => {
  const token = async (cookie) => (await (await fetch(`${gate.url}/.sekisho/session`, { headers: { cookie: `__Host-sekisho=${cookie}` } })).json()).csrf_token;
  const own = await token(customer.cookie);
  const foreign = await token((await gate.customer()).cookie);
  assert.ok(own?.length === 44 && foreign?.length === 44 && own !== foreign);
  const post = (lines) => gate.raw(["POST /home/transfer HTTP/1.1", `Cookie: __Host-sekisho=${customer.cookie}`, ...form, ...lines], "to=mallet");
  for (const lines of FOREIGN.filter(({ length }) => length > 0)) {
    const before = gate.origin.forwarded.length;
    assert.equal((await post([`Sekisho-Csrf: ${own}`, ...lines])).status, 403, String(lines));
    assert.equal(gate.origin.forwarded.length, before, String(lines));
  }
  for (const wrong of [foreign, own.slice(0, -1), `${own}, ${own}`, "A".repeat(44), customer.cookie]) {
    assert.equal((await post([`Sekisho-Csrf: ${wrong}`])).status, 403, wrong);
    assert.equal((await post([`Sekisho_Csrf: ${own}`])).status, 403, "another spelling is another header");
  }
  assert.equal((await post([`Sekisho-Csrf: ${own}`])).status, 200);
  assert.ok(!Object.keys(gate.origin.last.headers ?? {}).some((name) => /sekisho.csrf/i.test(name)), "it stays at the edge");
});

test("a WebSocket that another site opens has no session", async () => {
  const socket = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  for (const origin of [["Origin: https://evil.example"], ["Origin: http://shop.localhost"], ["Origin: null"], []]) {
    await gate.refused(["GET /home/prices HTTP/1.1", `Cookie: __Host-sekisho=${customer.cookie}`, ...socket, ...origin], String(origin));
  }
});
