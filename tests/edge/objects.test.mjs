// Durable Objects on workerd: the store's conformance suite inside one, and what a caller gets when an object hangs, fails
// or takes the whole instance with it.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../tools/house/child.mjs";
import * as layout from "../tools/house/layout.mjs";
import { startWorkerd } from "../tools/house/workerd.mjs";
import { RecordingOrigin, startWorker } from "./worker.mjs";
import { PASSWORD, Visitor, person, send } from "./visitor.mjs";

let child, url, state;
before(async () => {
  state = mkdtempSync(join(tmpdir(), "sekisho-conformance-"));
  const port = await freePort();
  url = `http://localhost:${port}`;
  const objects = [{ binding: "CONFORMANCE", className: "Conformance" }];
  const platform = { ...layout.platform(), objects };
  child = await startWorkerd({ directory: layout.artefact("conformance"), state, port, environment: {}, platform });
});
after(async () => {
  await child?.stop();
  if (state) rmSync(state, { recursive: true, force: true });
});

test("the conformance suite", async (suite) => {
  const cases = (await send(url, { path: "/cases" })).json;
  assert.ok(cases.length > 10);
  for (const name of cases) {
    await suite.test(name, async () => {
      const answer = await send(url, { path: `/play?case=${encodeURIComponent(name)}` });
      assert.deepEqual([answer.status, answer.text], [200, "stands"], answer.text);
    });
  }
  const unknown = await send(url, { path: "/play?case=none" });
  assert.equal(unknown.status, 500, "a case that is not there does not stand");
});

test("an object knows the name it is called by", async () => {
  assert.equal((await send(url, { path: "/name?object=abc" })).json, "abc");
});

test("a panic answers every caller at once, undoes its transaction, and the next call finds a whole instance", async () => {
  for (const how of ["at once", "later", "after a promise", "in a transaction"]) {
    const object = encodeURIComponent(how);
    assert.equal((await send(url, { path: `/fallen?object=${object}` })).json, 0, how);
    const beside = send(url, { path: "/panic?object=beside&how=later" });
    const began = performance.now();
    const fallen = await send(url, { path: `/panic?object=${object}&how=${object}` });
    assert.equal(fallen.status, 500, how);
    assert.ok(performance.now() - began < 5_000, `${how}: the caller waited`);
    assert.equal((await beside).status, 500, "a call beside it is answered too");
    assert.equal((await send(url, { path: `/fallen?object=${object}` })).json, 0, `${how}: a row of the lost transaction is there`);
  }
});

/** The worker with another Account class in the built one's place. */
const around = (body) => `
import { DurableObject } from "cloudflare:workers";
export { default, Name } from "./edge.js";
export class Account extends DurableObject { ${body} }
`;

for (const [what, body] of Object.entries({
  hangs: "async fetch() { await new Promise((resolve) => setTimeout(resolve, 60_000)); return new Response(); }",
  throws: 'fetch() { throw new Error("out of order"); }',
  "answers with a fault": "fetch() { return new Response(null, { status: 500 }); }",
  "answers nonsense": 'fetch() { return new Response("{\\"moon\\":1}"); }',
})) {
  test(`an account's object that ${what}: 503 within the time limit, and nobody is let in on a guess`, async () => {
    const origin = await new RecordingOrigin().start();
    const config = (toml) => toml.replace('object_call = "5s"', 'object_call = "300ms"');
    assert.notEqual(config(layout.demoConfig("http://localhost:1", origin.url)), layout.demoConfig("http://localhost:1", origin.url));
    const worker = await startWorker(origin.url, { config, around: around(body) });
    try {
      const visitor = new Visitor(worker.url);
      for (const [path, value] of [
        ["/.sekisho/login", { id: "12345678", password: PASSWORD }],
        ["/.sekisho/open", person()],
      ]) {
        const began = performance.now();
        const answer = await visitor.post(path, value);
        assert.deepEqual([answer.status, answer.json?.code], [503, "unavailable"], `${path}: ${answer.text}`);
        assert.ok(performance.now() - began < 10_000, "the caller waited past the limit");
        assert.equal(visitor.cookie, undefined);
      }
      assert.equal((await visitor.navigate("/security")).status, 200, "pages that ask no object go on");
    } finally {
      await worker.stop();
      await origin.stop();
    }
  });
}

test("settings that are refused: 503 for everything, every complaint in the log, no secret in it", async () => {
  const origin = await new RecordingOrigin().start();
  const secret = "a-secret-that-is-no-key-ring";
  const config = (toml) => toml.replace("[limits]", "[limits]\nunheard_of = 1");
  const worker = await startWorker(origin.url, { config, secrets: { SEKISHO_MAC_KEYS: secret } });
  try {
    for (const path of ["/", "/.sekisho/health", "/.sekisho/site", "/home"]) {
      const answer = await send(worker.url, { path });
      assert.deepEqual([answer.status, answer.json?.code], [503, "unavailable"], path);
    }
    assert.equal(origin.forwarded.length, 0, "nothing reached the origin");
    assert.match(worker.child.log, /limits\.unheard_of/);
    assert.match(worker.child.log, /SEKISHO_MAC_KEYS/);
    assert.ok(!worker.child.log.includes(secret));
  } finally {
    await worker.stop();
    await origin.stop();
  }
});

test("where the operator's own proxy is to say who asks, nothing starts without its secret", async () => {
  const origin = await new RecordingOrigin().start();
  const config = (toml) => toml.replace('client_address = "cloudflare"', 'client_address = "proxy"');
  for (const [secrets, status] of [[{}, 503], [{ SEKISHO_PROXY_TOKEN: "the-operators-own-proxy" }, 200]]) {
    const worker = await startWorker(origin.url, { config, secrets });
    try {
      assert.equal((await send(worker.url, { path: "/security" })).status, status);
      assert.equal(/SEKISHO_PROXY_TOKEN: is missing/.test(worker.child.log), status === 503, worker.child.log);
    } finally {
      await worker.stop();
    }
  }
  assert.equal(origin.forwarded.length, 1);
  await origin.stop();
});
