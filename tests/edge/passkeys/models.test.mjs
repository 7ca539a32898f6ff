// What the operator supplies about authenticator models: names and pictures for the customer's list, and the broken ones.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";
import { register, signIn } from "./ceremonies.mjs";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==";
const KNOWN = "11111111-2222-3333-4444-555555555555";
const BROKEN = "99999999-2222-3333-4444-555555555555";
const PLAIN = "77777777-2222-3333-4444-555555555555";
const bytes = (aaguid) => Buffer.from(aaguid.replaceAll("-", ""), "hex");

let origin, site;
before(async () => {
  origin = await new RecordingOrigin().start();
  const models = {
    [KNOWN]: { name: "Tate Key 2", icon: PIXEL },
    [BROKEN]: { name: "Tate Key 1", icon: PIXEL, compromised: "USER_KEY_REMOTE_COMPROMISE" },
    [PLAIN]: { name: "Plain Key" },
  };
  site = await startWorker(origin.url, { authenticators: JSON.stringify({ number: 7, next_update: "2026-12-01", models }) });
});
after(async () => {
  await site?.stop();
  await origin?.stop();
});

const device = (aaguid) => Object.assign(new Authenticator(site.url), { aaguid: bytes(aaguid) });

test("a model that is known gives its passkey a name and a picture", async () => {
  const owner = await customer(site.url);
  const { json: made } = await register(owner, device(KNOWN));
  assert.equal(made.name, "Tate Key 2 (Chrome / Windows)");
  const { json: plain } = await register(owner, device(PLAIN));
  assert.deepEqual([plain.name, plain.icon], ["Plain Key (Chrome / Windows)", null]);
  const { passkeys } = (await owner.get("/.sekisho/passkeys")).json;
  assert.deepEqual(passkeys.map(({ icon }) => icon), [made.icon, null]);

  const picture = await fetch(new URL(made.icon, site.url));
  assert.equal(picture.headers.get("content-type"), "image/png");
  assert.equal(picture.headers.get("x-content-type-options"), "nosniff");
  assert.match(picture.headers.get("cache-control"), /^public/);
  assert.equal(Buffer.from(await picture.arrayBuffer()).toString("base64"), PIXEL);
});

test("a model without a picture, an unknown one and what is no model number have none", async () => {
  const visitor = new Visitor(site.url);
  const hex = (aaguid) => aaguid.replaceAll("-", "");
  for (const query of [`model=${hex(PLAIN)}`, `model=${"0".repeat(32)}`, "model=", "model=%31", `model=${"%C3%A9".repeat(16)}`, "", `x=${hex(KNOWN)}`]) {
    const { status, json } = await visitor.get(`/.sekisho/passkeys/icon?${query}`);
    assert.deepEqual([status, json.code], [404, "not_found"], query);
  }
});

test("a model that is reported as broken is refused, and nothing is kept of it", async () => {
  const owner = await customer(site.url);
  const broken = device(BROKEN);
  const { status, json } = await register(owner, broken);
  assert.deepEqual([status, json.code], [422, "passkey_model"]);
  assert.deepEqual((await owner.get("/.sekisho/passkeys")).json.passkeys, []);
  assert.equal((await signIn(site.url, broken)).answer.json.code, "passkey_unknown");
});
