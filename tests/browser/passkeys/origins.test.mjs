// Passkeys belong to a domain: a related origin that the site names may use them, any other may not, and the page on a
// wrong domain tells its visitor so. Over https, on domains that this browser alone knows.

import assert from "node:assert/strict";
import { X509Certificate, createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localCertificate } from "../../tools/house/certificate.mjs";
import { Authenticator } from "../authenticator.mjs";
import { House, closed, session, settled, withoutOffer } from "../house.mjs";

const [SITE, RELATED, WRONG] = ["broker.test", "funds.test", "broker-login.test"];
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
    config: (toml) => {
      const changed = toml
        .replace(/^origin = .*$/m, `origin = "https://${SITE}"`)
        .replace(/^rp_id = .*$/m, `rp_id = "${SITE}"`)
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

async function open(page, domain) {
  await page.goto(`https://${domain}/login`);
  await settled(page);
}

/** A customer of the site with a passkey on `device`, logged out again. */
async function owner() {
  const page = await house.visitor();
  const device = await Authenticator.of(page);
  await withoutOffer(page);
  await open(page, SITE);
  await page.evaluate(async (person) => {
    const post = async (path, body) => {
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    const { account_number: id } = await post("/.sekisho/open", person);
    await post("/.sekisho/login", { id, password: person.password });
    const { registerPasskey, signOut } = await import("/assets/sekisho/index.js");
    await registerPasskey();
    await signOut();
  }, house.person());
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
