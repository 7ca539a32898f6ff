// What the log is told of decisions: refusals as delivered, or each one, what our own endpoints answer too, with nothing of the customer's.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

let origin, usual, noisy;
before(async () => {
  origin = await new RecordingOrigin().start();
  usual = await startWorker(origin.url);
  noisy = await startWorker(origin.url, {
    config: (toml) => {
      assert.match(toml, /^decisions = "refused"/m);
      return toml.replace(/^decisions = "refused"/m, 'decisions = "all"');
    },
  });
});
after(async () => {
  await Promise.all([usual?.stop(), noisy?.stop()]);
  await origin?.stop();
});

/** The decisions that the log was told of, once there are `least`. */
async function decisions(worker, least) {
  const read = () => [...worker.child.log.matchAll(/\{"ref":"[0-9A-Z]+","(?:passed|refused|answered)":[^}]*\}/g)].map(([line]) => JSON.parse(line));
  for (let tries = 0; tries < 100 && read().length < least; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  const refs = read().map(({ ref }) => ref);
  assert.equal(new Set(refs).size, refs.length, "each under a number of its own");
  return read().map(({ ref, ...rest }) => rest);
}

async function visits(worker) {
  const visitor = await customer(worker.url);
  for (let time = 0; time < 3; time += 1) assert.equal((await visitor.get(`/home/x?n=${visitor.number}`)).status, 200);
  assert.equal((await visitor.get("/assets/a.css")).status, 200);
  assert.equal((await new Visitor(worker.url).get("/security")).status, 200);
  assert.equal((await new Visitor(worker.url).get("/home")).status, 401);
  assert.equal((await visitor.get("/internal/x")).status, 404);
  return visitor;
}

test("all: a line for each request for a page that passed or did not and for each answer of ours, and none names whose it was", async () => {
  const visitor = await visits(noisy);
  const passed = (who, at) => ({ passed: who, at, channel: "pc-main" });
  const answered = (status, at) => ({ answered: String(status), at, channel: "pc-main" });
  assert.deepEqual(await decisions(noisy, 9), [
    answered(201, "/.sekisho/open"), answered(200, "/.sekisho/login"),
    ...Array.from({ length: 3 }, () => passed("customer", "")), passed("customer", "/assets"), passed("anonymous", "/security"),
    { refused: "no_session", at: "" }, { refused: "not_found", at: "/internal" },
  ]);
  for (const secret of [visitor.number, visitor.cookie, "/home", visitor.agent]) assert.ok(!noisy.child.log.includes(secret), secret);
});

test("as delivered: only what somebody could ask about", async () => {
  await visits(usual);
  assert.deepEqual(await decisions(usual, 1), [{ refused: "not_found", at: "/internal" }]);
});
