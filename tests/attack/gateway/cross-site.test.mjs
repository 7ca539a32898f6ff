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

test("a WebSocket that another site opens has no session", async () => {
  const socket = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  for (const origin of [["Origin: https://evil.example"], ["Origin: http://shop.localhost"], ["Origin: null"], []]) {
    await gate.refused(["GET /home/prices HTTP/1.1", `Cookie: __Host-sekisho=${customer.cookie}`, ...socket, ...origin], String(origin));
  }
});
