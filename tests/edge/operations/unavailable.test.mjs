// A worker whose config cannot be read serves nobody: people get a page, a fetch a problem document, and the log the number that both
// show. And the operator's alarm hears of it.

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
      const [, reference] = page.text.match(/Reference<\/span>: ([0-9A-Z]{10})</);
      await worker.child.line(new RegExp(`^\\{"ref":"${reference}","fault":"request: Error: there is no house"\\}$`));
    }
    const fetched = await visitor.get("/home");
    assert.deepEqual([fetched.status, fetched.json.code], [503, "unavailable"]);
    await worker.child.line(new RegExp(`"ref":"${fetched.json.ref}"`));
    await worker.child.line(/^\{"counts":\{"refused\.unavailable":\d+\}\}$/);
    await worker.child.line(/^\{"ref":"[0-9A-Z]{10}","fault":"settings: limits\.client: must be [^"]+"\}$/);
    assert.equal(origin.forwarded.length, 0);
  } finally {
    await worker.stop();
    await origin.stop();
  }
});

test("a flood of them is counted whole and noted in part", async () => {
  const origin = await new RecordingOrigin().start();
  const worker = await startWorker(origin.url, { config: (toml) => toml.replace("client = 300", "client = 1") });
  try {
    await Promise.all(Array.from({ length: 300 }, () => new Visitor(worker.url).get("/")));
    // Past ten seconds the next who comes by has the rest told, and there is room again.
    const told = (name) => [...worker.child.log.matchAll(new RegExp(`"${name}":(\\d+)`, "g"))].reduce((sum, [, count]) => sum + Number(count), 0);
    const counted = () => told("refused\\.unavailable");
    let tries = 0;
    for (; counted() < 300 && tries < 60; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await new Visitor(worker.url).get("/");
    }
    assert.ok(counted() >= 300, `${counted()} of them were counted`);
    const lines = worker.child.log.split("\n").filter((line) => line.includes("there is no house")).length;
    assert.ok(lines >= 100 && lines <= 100 + tries, `${lines} lines after ${tries} more`);
    assert.ok(lines + told("unwritten") >= 300, `${lines} lines, and ${told("unwritten")} without room`);
  } finally {
    await worker.stop();
    await origin.stop();
  }
});
