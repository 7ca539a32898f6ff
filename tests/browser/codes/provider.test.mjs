// The mail provider goes down while a code is asked for, and comes back: the page waits, the letter comes, the code opens.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { House, logIn, session, settled, visit } from "../house.mjs";

const CODE = /認証コード:(\d{6})/;

/** A provider in between: it hands letters on to the demo's mailbox, or is down. */
class Provider {
  down = false;
  /** How many letters it did not take. */
  refused = 0;

  async start() {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      if (this.down) {
        this.refused += 1;
        response.writeHead(503).end();
        return;
      }
      const { authorization, "idempotency-key": key } = request.headers;
      const headers = { authorization, "idempotency-key": key, "content-type": "application/json" };
      const answer = await fetch(this.mailbox, { method: "POST", headers, body: Buffer.concat(chunks) });
      response.writeHead(answer.status).end(await answer.text());
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/send`;
    return this;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

let house, provider;
before(async () => {
  provider = await new Provider().start();
  const config = (toml) =>
    toml.replace(/(\[mail\]\nurl = ")([^"]+)/, (_, before, url) => {
      provider.mailbox = url;
      return `${before}${provider.url}`;
    });
  house = await House.start({ config });
});
after(async () => {
  await house?.stop();
  await provider?.stop();
});

async function code(mail, before, limit) {
  let found;
  await house.stack.mailbox.letter(mail, ({ text }) => {
    found = text.match(CODE)?.[1] ?? found;
    return found !== undefined && found !== before;
  }, limit);
  return found;
}

test("with the provider down the login waits for its code, and once it is back nothing has been lost", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await logIn(page, customer);
  await visit(page, "/address");
  await page.click("#address-begin");
  const first = await code(customer.mail);
  await page.fill("#code", first);
  await page.click("#code-submit");
  await page.locator("#address-done", { hasText: "認証しました" }).waitFor();
  await house.stack.mailbox.letter(customer.mail, ({ subject }) => subject.includes("認証メールアドレス登録"));
  await page.click("#sign-out");
  await page.waitForURL("**/logged-out?out=self");

  provider.down = true;
  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  await page.fill("#login-password", customer.password);
  await page.click("#login-submit");
  await page.locator("#code-card").waitFor();
  for (const end = Date.now() + 10_000; provider.refused === 0; await new Promise((resolve) => setTimeout(resolve, 20))) {
    assert.ok(Date.now() < end, "nobody asked the provider");
  }
  await house.stack.worker.line(/outbox_put_off/);
  // A guess is counted as ever, and opens nothing.
  await page.fill("#code", first.startsWith("0") ? "111111" : "000000");
  await page.click("#code-submit");
  await page.locator("#code-error", { hasText: "あと2回" }).waitFor();
  assert.equal((await session(page)).status, 401);

  provider.down = false;
  await page.fill("#code", await code(customer.mail, first, 30_000));
  await page.click("#code-submit");
  await page.waitForURL("**/home");
  await settled(page);
  assert.deepEqual((await session(page)).amr, ["pwd", "otp"]);
  const codes = house.stack.mailbox.letters(customer.mail).filter(({ subject }) => subject.includes("ワンタイム認証コードのお知らせ(ログイン)"));
  assert.equal(codes.length, 1, "at least once, and taken once");
});
