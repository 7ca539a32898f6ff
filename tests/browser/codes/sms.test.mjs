// A login's code by SMS, in place of the mailed one: a minute after that, to a number that was confirmed by a code too.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { House, logIn, session, settled, visit } from "../house.mjs";
import { accessible } from "./accessible.mjs";

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

test("confirmed by a code of its own, the number gets those of logins by SMS: the code comes, bound to the site, and opens", async () => {
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
  const mailed = first.text.match(/認証コード:(\d{6})/)[1];

  // The number on file gets no code yet, and is confirmed only by who has shown two factors.
  await visit(page, "/settings");
  await page.click("#go-phone");
  await page.waitForURL("**/address?kind=phone&return=/settings");
  await page.locator("#address-title:focus").waitFor();
  await page.locator("#address-why", { hasText: "第三者に読まれるおそれ" }).waitFor();
  await page.click("#address-begin");
  await page.locator("#address-error", { hasText: "ご本人確認が必要です" }).waitFor();
  await page.click("#address-on");
  await page.waitForURL("**/confirm?return=*");
  await settled(page);
  await page.click("#login-again");
  await page.waitForURL("**/login?return=*");
  await settled(page);
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.locator("#code-card").waitFor();
  assert.equal(await page.locator("#code-sms").isVisible(), false, "a number that nobody has confirmed");
  let second;
  await house.stack.mailbox.letter(customer.mail, ({ text }) => {
    second = text.match(/認証コード:(\d{6})/)?.[1] ?? second;
    return second !== undefined && second !== mailed;
  });
  await page.fill("#code", second);
  await page.click("#code-submit");
  await page.waitForURL("**/address?kind=phone&return=/settings");
  await page.locator("#address-now", { hasText: "ご登録の番号:090-****-5678" }).waitFor();
  await accessible(page, "phone");
  await page.keyboard.press("Tab");
  await page.keyboard.type("0312345678");
  await page.keyboard.press("Enter");
  await page.locator("#new-address-error", { hasText: "060・070・080・090" }).waitFor();
  await page.fill("#new-address", "");
  await page.press("#new-address", "Enter");
  await page.locator("#code-body", { hasText: "携帯電話番号(090-****-5678)にSMSで送信した" }).waitFor();
  const confirming = await house.stack.mailbox.letter("+819012345678", ({ text }) => text.includes("この電話番号を確認する"));
  const [, shown] = confirming.text.match(/#(\d{6})$/);
  await page.fill("#code", shown);
  await page.click("#code-submit");
  await page.locator("#address-done", { hasText: "携帯電話番号を確認しました" }).waitFor();
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("携帯電話番号登録"));
  await page.click("#address-next");
  await page.waitForURL("**/settings");
  await page.locator("#phone-now", { hasText: "090-****-5678" }).waitFor();
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
  const { text } = await house.stack.mailbox.letter("+819012345678", ({ text }) => text.includes("ログインの認証コード"));
  const [, code] = text.match(/^【関所証券】ログインの認証コードは(\d{6})です.*\n\n@localhost #\1$/s);
  await page.fill("#code", code);
  await page.click("#code-submit");
  await page.waitForURL("**/home");
  await settled(page);
  assert.deepEqual((await session(page)).amr, ["pwd", "otp"]);
});
