// What customers see where a request is refused: too many of them, a login that is to be bound to its device, and a form that waits.
// By keyboard, on a narrow screen, in the dark as in the light.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import tls from "node:tls";
import { localCertificate } from "../../tools/house/certificate.mjs";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { Authenticator } from "../authenticator.mjs";
import { accessible } from "../codes/accessible.mjs";
import { House, closed, logIn, visit, withoutOffer } from "../house.mjs";

const NARROW = { width: 360, height: 740 };

/** The element that has the focus, by its text. */
const focused = (page) => page.evaluate(() => document.activeElement.innerText);

test("after too many logins from one place the page tells for how long to wait", async () => {
  const token = randomBytes(24).toString("base64url");
  const config = (toml) => toml.replace("client = 300 ", "client = 10 ");
  const house = await House.start({ config, secrets: { ...freshSecrets(), SEKISHO_PROXY_TOKEN: token } });
  try {
    const place = JSON.stringify({ address: "203.0.113.7", asn: 2516, country: "JP" });
    const page = await house.visitor({ viewport: NARROW, extraHTTPHeaders: { "sekisho-proxy": token, "sekisho-client": place } });
    for (const [lang, told] of [["ja", /^アクセスが集中しています。\d{1,2}秒ほどお待ち/], ["en", /wait about \d{1,2} seconds/]]) {
      await visit(page, `/login?lang=${lang}`);
      await page.evaluate(async () => {
        const headers = { "content-type": "application/json" };
        const attempt = (id) => fetch("/.sekisho/login", { method: "POST", headers, body: JSON.stringify({ id, password: "Wrong#2026-pass" }) });
        for (let id = 10000000; (await attempt(String(id))).status !== 429; id += 1);
      });
      await page.fill("#login-id", "12345678");
      await page.fill("#login-password", "Wrong#2026-pass");
      await page.keyboard.press("Enter");
      await page.locator("#login-error:focus", { hasText: told }).waitFor();
      await accessible(page, `rate-${lang}`);
    }
  } finally {
    await house.stop();
  }
});

test("a channel for bound sessions alone says so, whom to call, and leads to the login", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-refused-"));
  const keys = localCertificate(folder);
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(keys.authority, "utf8")]);
  const config = (toml) => toml.replace('[[channels]]\nname = "pc-main"', '[[channels]]\nname = "pc-main"\nbound = "required"');
  const house = await House.start({ keys, config });
  try {
    const page = await house.visitor({ viewport: NARROW, colorScheme: "dark", ignoreHTTPSErrors: true });
    await logIn(page, await house.customer());
    // The minute in which a browser may still bind it.
    await page.waitForTimeout(61_000);
    const refused = await page.goto("/history");
    assert.equal(refused.status(), 403);
    const shown = await page.locator("main").innerText();
    for (const words of ["もう一度ログインしてください", "log in again", "0120-000-000(平日 8:00", "0120-000-000 (weekdays 8:00", "受付番号:"]) {
      assert.ok(shown.includes(words), words);
    }
    await accessible(page, "unbound");
    await page.keyboard.press("Tab");
    assert.match(await focused(page), /^ログイン画面へ/);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/login");
  } finally {
    await house.stop();
    rmSync(folder, { recursive: true });
  }
});

test("what waits to be sent is read by all, and left by keyboard without being sent", async () => {
  const config = (toml) => `${toml}\n[[routes]]\npath = "/withdraw"\nproof = "passkey"\nage = "10m"\n`;
  const house = await House.start({ config });
  try {
    for (const colorScheme of ["light", "dark"]) {
      const page = await house.visitor({ viewport: NARROW, colorScheme });
      await Authenticator.of(page);
      await withoutOffer(page);
      await logIn(page, await house.customer());
      await (await closed(page, "#home-passkey")).click("button", "パスキーを登録する");
      await page.locator("#passkey-message", { hasText: "パスキーを登録しました" }).waitFor();
      await page.evaluate(() => {
        const form = Object.assign(document.createElement("form"), { method: "post", action: "/withdraw" });
        const fields = [["amount", "120,000"], ["to", "三月銀行 本店営業部 普通 1234567"], ["memo", "x".repeat(150)]];
        for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), { name, value }));
        document.body.append(form);
        form.submit();
      });
      await page.waitForURL("**/confirm?**");
      await page.locator("html[data-sekisho=wasm]").waitFor({ state: "attached" });
      await (await closed(page, "#confirm-passkey")).click("button", "パスキーでご本人確認をする");
      await page.waitForURL("**/.sekisho/parked?**");
      assert.match(await page.title(), /^送信内容のご確認/);
      await accessible(page, `parked-${colorScheme}`);
      await page.keyboard.press("Tab");
      assert.match(await focused(page), /^送信する/);
      await page.keyboard.press("Tab");
      assert.match(await focused(page), /^送信せずに戻る/);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/home");
    }
  } finally {
    await house.stop();
  }
});
