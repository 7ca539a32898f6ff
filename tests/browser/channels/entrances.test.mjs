// One site of two origins in a real browser: a customer logs in at one and walks over to the other without another login, one
// passkey serves both, and what ends at one has ended at the other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freePort } from "../../tools/house/child.mjs";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, session, settled, withoutOffer } from "../house.mjs";

let house, main, alt;
before(async () => {
  const port = await freePort();
  [main, alt] = ["main", "alt"].map((name) => `http://${name}.sekisho.localhost:${port}`);
  house = await House.start({
    port,
    issuer: main,
    config: (toml) => {
      const changed = toml
        .replace(/^origin = "http:.*$/m, `origin = "${main}"\nentrances = ["${alt}"]`)
        .replace(/^rp_id = .*$/m, 'rp_id = "sekisho.localhost"');
      assert.equal(changed.split("sekisho.localhost").length, 4, "the config was not changed");
      return changed;
    },
  });
});
after(() => house?.stop());

async function open(page, url) {
  await page.goto(url);
  await settled(page);
}

async function logIn(page, at, { number, password }) {
  await withoutOffer(page);
  await open(page, `${at}/login`);
  await page.fill("#login-id", number);
  await page.fill("#login-password", password);
  await page.click("#login-submit");
  await page.waitForURL(`${at}/home`);
  await settled(page);
}

const cookies = async (page, at) => (await page.context().cookies(at)).map(({ name }) => name).sort();

test("logged in at one, known at the other, and logged out at both", async () => {
  const page = await house.visitor();
  await logIn(page, main, await house.customer({}, main));
  // As a link on a page of the site leads there.
  await page.evaluate((url) => location.assign(url), `${alt}/history`);
  await page.waitForURL(`${alt}/history`);
  await settled(page);
  assert.equal((await session(page)).status, 200);
  assert.ok((await cookies(page, alt)).includes("__Host-sekisho"));
  assert.ok(!(await cookies(page, alt)).includes("__Host-sekisho-cross"));
  await open(page, `${alt}/home`);
  await page.click("#sign-out");
  await page.waitForURL(`${alt}/logged-out?out=self`);
  // A page may be shown for the rest of its lease; it asks the account, and leads away, perhaps before it is there whole.
  const away = page.waitForEvent("framenavigated", { predicate: (frame) => /\/(login|logged-out)/.test(frame.url()) });
  await page.goto(`${main}/home`, { waitUntil: "commit" });
  await away;
  assert.ok(page.url().startsWith(`${main}/`), page.url());
});

test("typed into the address bar it is the same, and from another site it is a login", async () => {
  const page = await house.visitor();
  await logIn(page, main, await house.customer({}, main));
  await open(page, `${alt}/home`);
  assert.equal(page.url(), `${alt}/home`);
  const other = await house.visitor();
  await logIn(other, main, await house.customer({}, main));
  // The very worker under a name that is no part of the site.
  await open(other, `${house.url}/security`);
  await other.evaluate((url) => location.assign(url), `${alt}/home`);
  await other.waitForURL(`${alt}/login?return=/home`);
});

test("a passkey that was made at one entrance opens the other", async () => {
  const page = await house.visitor();
  const device = await Authenticator.of(page);
  await logIn(page, main, await house.customer({}, main));
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  assert.equal((await device.credentials())[0].rpId, "sekisho.localhost");
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
  await open(page, `${alt}/login`);
  await (await closed(page, "#login-passkey")).click("button", "パスキーでログイン");
  await page.waitForURL(`${alt}/home`);
  await settled(page);
  assert.deepEqual((await session(page)).amr.sort(), ["hwk", "user"]);
});
