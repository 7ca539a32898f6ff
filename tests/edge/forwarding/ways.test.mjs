// By which way a site of the world is to be had: from the platform's front, over https. A workerd of one's own that nobody stands before
// would hold nobody to any limit, and serves nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { send } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const AROUND = `
import worker, { Account, Name } from "./edge.js";
export { Account, Name };
export default {
  fetch(request, env, context) {
    const url = request.headers.has("x-tls") ? request.url.replace("http:", "https:") : request.url;
    return worker.fetch(new Request(url, new Request(request, { cf: { colo: "NRT" } })), env, context);
  },
};
`;
const config = (toml) => toml.replace(/http:\/\/localhost:\d+/, "https://www.broker.example").replace('rp_id = "localhost"', "");

let origin, alone, front;
before(async () => {
  origin = await new RecordingOrigin().start();
  alone = await startWorker(origin.url, { config });
  front = await startWorker(origin.url, { config, around: AROUND });
});
after(async () => {
  await Promise.all([alone?.stop(), front?.stop()]);
  await origin?.stop();
});

test("alone it serves nothing, whatever a client says of itself, and the log says what to set", async () => {
  for (const path of ["/security", "/.sekisho/site", "/.sekisho/health"]) {
    const headers = { "cf-connecting-ip": "203.0.113.7", "cf-ipcountry": "JP", "mf-cf-blob": '{"colo":"NRT","asn":1}', "x-forwarded-proto": "https" };
    assert.equal((await send(alone.url, { path, headers })).status, 503, path);
  }
  await alone.child.line(/"fault":"settings: site\.client_address is cloudflare/);
  assert.equal(origin.forwarded.length, 0);
});

test("behind the front plain http leads to https, and what would do something is not done", async () => {
  for (const path of ["/security?a=1", "/.sekisho/site"]) {
    const moved = await send(front.url, { path });
    assert.deepEqual([moved.status, moved.headers.location], [308, `https://www.broker.example${path}`]);
    assert.equal((await send(front.url, { method: "POST", path, body: "{}" })).status, 400);
  }
  assert.equal(origin.forwarded.length, 0);
  assert.equal((await send(front.url, { path: "/security", headers: { "x-tls": "1" } })).status, 200);
  assert.equal(origin.last.headers["x-forwarded-proto"], "https");
});
