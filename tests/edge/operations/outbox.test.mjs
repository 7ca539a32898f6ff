// What the log is told when nobody takes a letter: what it is, why it failed, whose account it is by its random id, and no more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../../tools/house/child.mjs";
import { customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

test("a mail API that is gone stands in the log with its cause, and in the counters by what waits", async () => {
  const origin = await new RecordingOrigin().start();
  const gone = `http://127.0.0.1:${await freePort()}`;
  const worker = await startWorker(origin.url, { config: (toml) => toml.replace(/^url = ".*\/mail\/.*"/m, `url = "${gone}/send"`) });
  try {
    const visitor = await customer(worker.url);
    const [line] = await worker.child.line(/^\{"outbox_put_off":"letter","matter":"opened".*\}$/);
    const { fault, account, ...rest } = JSON.parse(line);
    assert.deepEqual(rest, { outbox_put_off: "letter", matter: "opened", tries: 1 });
    assert.match(account, /^[0-9a-f]{32}$/);
    assert.match(fault, /^unreached: ./);
    await worker.child.line(/^\{"counts":\{.*"outbox_put_off\.letter":\d+/);
    for (const secret of [visitor.number, visitor.form.mail, visitor.form.family]) assert.ok(!worker.child.log.includes(secret), secret);
  } finally {
    await worker.stop();
    await origin.stop();
  }
});
