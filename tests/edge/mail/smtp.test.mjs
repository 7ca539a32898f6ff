// Letters by SMTP submission: a real receiver with a certificate of the test's own authority, reached by workerd's sockets.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { localCertificate } from "../../tools/house/certificate.mjs";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { startStack } from "../../tools/stack.mjs";
import { Visitor, person } from "../visitor.mjs";
import { dkim } from "./dkim.mjs";
import { Receiver, parsed } from "./receiver.mjs";

let folder, good, wrong, other;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "sekisho-smtp-"));
  const made = (name, names) => {
    const files = localCertificate(join(folder, name), names);
    return { key: readFileSync(files.key), cert: readFileSync(files.certificate), authority: files.authority };
  };
  good = made("good", ["localhost"]);
  wrong = made("wrong", ["mail.example"]);
  other = made("other", ["localhost"]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Opens an account where letters go to `receiver`, and answers its form. */
async function opened(receiver, scheme, trusted, use, { form = person(), secrets } = {}) {
  const mail = (toml) =>
    toml.replace(/^url = "[^"]*\/internal\/mail[^"]*"/m, `url = "${scheme}://localhost:${receiver.port}"\nuser = "submitter"\nselector = "s1"`);
  const stack = await startStack({ seed: false, trusted, config: mail, secrets });
  try {
    const answer = await new Visitor(stack.url).post("/.sekisho/open", form);
    assert.equal(answer.status, 201, answer.text);
    await use(stack, form);
  } finally {
    await stack.stop();
    await receiver.stop();
  }
}

/** Waits until `found` answers something. */
async function until(found, what) {
  const end = performance.now() + 15_000;
  for (;;) {
    const value = found();
    if (value) return value;
    assert.ok(performance.now() < end, `${what} within 15 s`);
    await pause(25);
  }
}

for (const [scheme, implicit] of [["smtps", true], ["smtp", false]]) {
  test(`${scheme}: a letter arrives whole, encrypted, under the carrier's odd address`, async () => {
    const receiver = await new Receiver(good, { implicit, busy: 1 }).start();
    const form = person({ mail: `a..b.${process.pid}.@docomo.ne.jp` });
    await opened(receiver, scheme, good.authority, async (stack) => {
      const message = await until(() => receiver.messages[0], "a message");
      assert.deepEqual([message.user, message.password], ["submitter", stack.secrets.SEKISHO_MAIL_TOKEN]);
      const quoted = `<"a..b.${process.pid}."@docomo.ne.jp>`;
      assert.deepEqual([message.from, message.to], ["<no-reply@sekisho.example>", quoted]);
      const { headers, text, html } = parsed(message.data);
      assert.equal(headers.subject, "【関所証券】口座開設完了のお知らせ");
      assert.equal(headers.from, "関所証券 <no-reply@sekisho.example>");
      assert.equal(headers.to, `${form.family} ${form.given} ${quoted}`);
      assert.match(headers.date, /^\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d \+0900$/);
      assert.ok(Math.abs(Date.parse(headers.date) - Date.now()) < 60_000);
      assert.match(headers["message-id"], /^<[0-9a-f]{32}-\d+@sekisho\.example>$/);
      assert.ok(text.includes("口座の開設が完了しました") && html.includes("口座の開設が完了しました"));
      assert.ok(message.data.split("\r\n").every((line) => line.length <= 100 && /^[\x20-\x7e]*$/.test(line)));
      assert.deepEqual(receiver.plain, implicit ? [] : ["EHLO localhost", "STARTTLS", "EHLO localhost", "STARTTLS"]);
      assert.equal(receiver.messages.length, 1, "put off once, and taken once");
    }, { form });
  });
}

for (const kind of ["rsa", "ed25519"]) {
  test(`a letter is signed for its domain (DKIM, ${kind}), and any change shows`, async () => {
    const { privateKey, publicKey } = generateKeyPairSync(kind, { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    const receiver = await new Receiver(good, { implicit: true }).start();
    await opened(receiver, "smtps", good.authority, async () => {
      const { data } = await until(() => receiver.messages[0], "a message");
      assert.ok(data.startsWith("DKIM-Signature: v=1; "));
      // For another verifier to look at.
      if (process.env.SEKISHO_LETTERS) {
        const at = (ending) => join(process.env.SEKISHO_LETTERS, `${kind}.${ending}`);
        writeFileSync(at("eml"), data, "latin1");
        writeFileSync(at("der"), publicKey.export({ type: "spki", format: "der" }));
      }
      assert.deepEqual(dkim(data, publicKey), { d: "sekisho.example", s: "s1", good: true });
      for (const [from, to] of [["Subject: =", "Subject: x="], ["Date: ", "Date:  x"], ["--=_sekisho--", "--=_sekisho--x"]]) {
        assert.ok(data.includes(from) && !dkim(data.replace(from, to), publicKey).good, from);
      }
    }, { secrets: { ...freshSecrets(), SEKISHO_DKIM_KEY: key } });
  });
}

test("a server that cannot be trusted, or does not encrypt, is told nothing", async () => {
  const slipped = "250-evil.test\r\n250 AUTH PLAIN\r\n";
  for (const [what, scheme, keys, options, plain] of [
    ["another name", "smtps", wrong, { implicit: true }, []],
    ["another authority", "smtps", other, { implicit: true }, []],
    ["another name after STARTTLS", "smtp", wrong, {}, ["EHLO localhost", "STARTTLS"]],
    ["another authority after STARTTLS", "smtp", other, {}, ["EHLO localhost", "STARTTLS"]],
    ["STARTTLS stripped", "smtp", good, { stripped: true }, ["EHLO localhost"]],
    ["words slipped in", "smtp", good, { slipped }, ["EHLO localhost", "STARTTLS"]],
  ]) {
    const receiver = await new Receiver(keys, options).start();
    // The wrong name's own authority is trusted: only the name is wrong.
    const trusted = keys === wrong ? wrong.authority : good.authority;
    await opened(receiver, scheme, trusted, async (stack) => {
      await until(() => stack.worker.log.includes("outbox_put_off"), `${what}: a failure`);
      assert.deepEqual(receiver.messages, [], what);
      assert.deepEqual(receiver.plain.slice(0, 2), plain, what);
    });
  }
});
