// Passkeys belong to a domain: a related origin that the site names may use them, any other may not, and the page on a
// wrong domain tells its visitor so. Over https, on domains that this browser alone knows. The site also demands passkeys.

import assert from "node:assert/strict";
import { X509Certificate, createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localCertificate } from "../../tools/house/certificate.mjs";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, session, settled, withoutOffer } from "../house.mjs";

const [SITE, RELATED, WRONG] = ["broker.test", "funds.test", "broker-login.test"];
/** A site of the world is served only where somebody says who asks: here the browser itself brings the word of the operator's proxy. */
const PROXY = "the-word-of-the-operators-own-proxy";
const TOLD = { "sekisho-proxy": PROXY, "sekisho-client": '{"address":"203.0.113.7"}' };
const visitor = () => house.visitor({ extraHTTPHeaders: TOLD });
let house;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "sekisho-origins-"));
  const keys = localCertificate(folder, ["localhost", SITE, RELATED, WRONG]);
  const spki = new X509Certificate(readFileSync(keys.certificate)).publicKey.export({ type: "spki", format: "der" });
  const pin = createHash("sha256").update(spki).digest("base64");
  house = await House.start({
    keys,
    issuer: `https://${SITE}`,
    secrets: { ...freshSecrets(), SEKISHO_PROXY_TOKEN: PROXY },
    config: (toml) => {
      const changed = toml
        .replace(/^origin = .*$/m, `origin = "https://${SITE}"`)
        .replace(/^rp_id = .*$/m, `rp_id = "${SITE}"`)
        .replace('client_address = "cloudflare"', 'client_address = "proxy"')
        .replace(/^policy = .*$/m, 'policy = "required"')
        .replace(/^related_origins = .*$/m, `related_origins = ["https://${RELATED}"]`);
      assert.equal(changed.split(SITE).length + changed.split(RELATED).length, 5, "the config was not changed");
      return changed;
    },
    arguments: ({ url }) => [
      `--ignore-certificate-errors-spki-list=${pin}`,
      `--host-resolver-rules=${[SITE, RELATED, WRONG].map((name) => `MAP ${name}:443 127.0.0.1:${new URL(url).port}`).join(",")}`,
    ],
  });
});
after(async () => {
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(page, domain, path = "/login") {
  await page.goto(`https://${domain}${path}`);
  await settled(page);
}

/** A customer of the site, logged in by password. */
async function customer(page) {
  await withoutOffer(page);
  await open(page, SITE);
  const person = house.person();
  const number = await page.evaluate(async (person) => {
    const post = async (path, body) => {
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    const { account_number: id } = await post("/.sekisho/open", person);
    await post("/.sekisho/login", { id, password: person.password });
    return id;
  }, person);
  return { ...person, number };
}

/** A customer of the site with a passkey on a device, logged out again. */
async function owner() {
  const page = await visitor();
  const device = await Authenticator.of(page);
  await customer(page);
  await page.evaluate(async () => {
    const { registerPasskey, signOut } = await import("/assets/sekisho/index.js");
    await registerPasskey();
    await signOut();
  });
  const [credential] = await device.credentials();
  assert.equal(credential.rpId, SITE);
  return page;
}

const signIn = (page) =>
  page.evaluate(async () => {
    const { signInWithPasskey } = await import("/assets/sekisho/index.js");
    return signInWithPasskey().catch(({ code }) => ({ code }));
  });

test("the passkey opens on its own domain and on the related one", async () => {
  const page = await owner();
  for (const domain of [SITE, RELATED]) {
    await open(page, domain);
    const { amr } = await signIn(page);
    assert.deepEqual(amr?.sort(), ["hwk", "user"], domain);
    assert.equal((await session(page)).status, 200, domain);
  }
});

test("on a wrong domain the browser refuses, and the page names the true one", async () => {
  const page = await owner();
  await open(page, WRONG);
  assert.equal((await signIn(page)).code, "passkey_security");
  const entry = await closed(page, "#login-passkey");
  await entry.click("button", "パスキーでログイン");
  await entry.shows("偽サイトの可能性があります。パスワードは入力せず、アドレスが");
  assert.equal((await session(page)).status, 401);
});

test("where the site demands passkeys the offer cannot be put off, and passwords end once one has shown that it works", async () => {
  const page = await visitor();
  await Authenticator.of(page);
  const { number, password } = await customer(page);
  await open(page, SITE, "/home");
  await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
  await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
  assert.equal(await page.locator("#passkey-later").getAttribute("hidden"), "");
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");
  await open(page, SITE);
  assert.equal((await signIn(page)).next, "/home");
  await open(page, SITE, "/settings");
  await page.locator("#only-state", { hasText: "利用しない(パスキーのみ)" }).waitFor();
  assert.equal(await page.locator("#only-change").isVisible(), false);
  const other = await visitor();
  await open(other, SITE);
  await other.fill("#login-id", number);
  await other.fill("#login-password", password);
  await other.click("#login-submit");
  await other.locator("#login-error", { hasText: "口座番号またはパスワードが正しくありません" }).waitFor();
});
