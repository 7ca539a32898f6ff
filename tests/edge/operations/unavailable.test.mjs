// A worker whose config cannot be read serves nobody: people get a page, a fetch a problem document, and the log the number that both
// show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Visitor } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

test("without a house a person gets a page in both languages, and a fetch a document", async () => {
  const origin = await new RecordingOrigin().start();
  const worker = await startWorker(origin.url, { config: (toml) => toml.replace("client = 300", "client = 1") });
  try {
    const visitor = new Visitor(worker.url);
    for (const path of ["/", "/home", "/.sekisho/parked"]) {
      const page = await visitor.navigate(path);
      assert.deepEqual([page.status, page.headers["content-type"], page.headers["cache-control"]], [503, "text/html; charset=utf-8", "no-store"], path);
      assert.match(page.headers["content-security-policy"], /^default-src 'none'/);
      assert.match(page.text, /時間をおいて、もう一度お試しください[^]*Please try again later/);
      const [reference] = page.text.match(/[0-9a-f-]{36}/);
      await worker.child.line(new RegExp(`request: ${reference}`));
    }
    const fetched = await visitor.get("/home");
    assert.deepEqual([fetched.status, fetched.json.code], [503, "unavailable"]);
    await worker.child.line(new RegExp(`request: ${fetched.json.ref}`));
    assert.equal(origin.forwarded.length, 0);
  } finally {
    await worker.stop();
    await origin.stop();
  }
});
