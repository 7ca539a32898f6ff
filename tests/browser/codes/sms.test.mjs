// A login's code by SMS, in place of the mailed one: a minute after that, to the number on file.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { House, logIn, session, settled, visit } from "../house.mjs";

let house;
before(async () => {
  const secrets = freshSecrets();
  // The demo's provider has one door token for both.
  secrets.SEKISHO_SMS_TOKEN = secrets.SEKISHO_MAIL_TOKEN;
  const config = (toml) => {
    const [, mail] = toml.match(/\[mail\]\nurl = "([^"]+)"/);
    return `${toml}\n[sms]\nurl = "${mail.replace("/mail/", "/sms/")}"\n`;
  };
  house = await House.start({ config, secrets });
});
after(() => house.stop());

test("asked for by SMS, the code comes to the number on file, bound to the site, and opens", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  await visit(page, "/address");
  await page.click("#address-begin");
  const first = await house.stack.mailbox.letter(customer.mail, ({ text }) => /認証コード:\d{6}/.test(text));
  assert.equal(await page.locator("#code-sms").isVisible(), false, "an address is confirmed by mail alone");
  await page.fill("#code", first.text.match(/認証コード:(\d{6})/)[1]);
  await page.click("#code-submit");
  await page.locator("#address-done", { hasText: "認証しました" }).waitFor();
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");

  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.locator("#code-sms").waitFor();
  await page.click("#code-sms");
  await page.locator("#code-message", { hasText: /^\d+秒後に再送信できます。$/ }).waitFor();
  // A real minute: the account alone knows when it is over.
  await new Promise((resolve) => setTimeout(resolve, 60_500));
  await page.click("#code-sms");
  await page.locator("#code-body", { hasText: "携帯電話番号(090-****-5678)にSMSで送信した" }).waitFor();
  const { text } = await house.stack.mailbox.letter("+819012345678");
  const [, code] = text.match(/^【関所証券】ログインの認証コードは(\d{6})です.*\n\n@localhost #\1$/s);
  await page.fill("#code", code);
  await page.click("#code-submit");
  await page.waitForURL("**/home");
  await settled(page);
  assert.deepEqual((await session(page)).amr, ["pwd", "otp"]);
});
