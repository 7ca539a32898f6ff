// Opening an account: 入力 → 確認 → 完了, seen in the browser, in the mailbox and at the edge.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, PASSWORD, closed, logIn, session, settled, visit } from "./house.mjs";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

const shown = (page, step) => page.locator(`#open-${step}:not([hidden])`).waitFor();

/** Fills everything but the passwords. */
async function fill(page, person) {
  const [year, month, day] = person.birthday.split("-").map(Number);
  for (const name of ["family", "given", "family_kana", "given_kana", "postal", "address", "phone", "mail"]) {
    await page.fill(`#${name}`, person[name]);
  }
  await page.fill("#birthday_year", String(year));
  await page.fill("#birthday_month", String(month));
  await page.fill("#birthday_day", String(day));
}

/** Waits until the rules stand so; `open`, `met` or `unmet` for length, kinds and symbols. */
function rules(list, ...wanted) {
  const find = (root, wanted) => {
    const states = [...root.querySelectorAll(".rule")].map((rule) => rule.dataset.state);
    return wanted.join() === states.join();
  };
  return list.until(find, [wanted]);
}

test("with the password typed on the board", async () => {
  const page = await house.visitor();
  const person = house.person();
  await visit(page, "/open");
  await fill(page, { ...person, family_kana: "やまだ", phone: "090-1234-5678" });
  assert.equal(await page.textContent("#birthday-era"), "(平成2年)");

  const board = await closed(page, "#password-keyboard");
  const list = await closed(page, "#password-rules");
  await rules(list, "open", "open", "open");
  await board.click(".toggle");
  await board.shows("安全性が保証されるわけではありません");
  await board.type("Tm");
  await rules(list, "unmet", "unmet", "met");
  await board.type("7");
  await rules(list, "unmet", "met", "met");
  await board.type(PASSWORD.slice(3));
  await rules(list, "met", "met", "met");
  await board.click("[role=radio]", "パスワード(確認)");
  await board.type(PASSWORD);
  await board.click("button", "入力を完了する");
  for (const id of ["password", "password-again"]) {
    assert.equal(await page.inputValue(`#${id}`), "•".repeat(PASSWORD.length));
  }

  await page.click("#open-next");
  await shown(page, "confirm");
  assert.equal(await page.textContent("#confirm-kana"), "ヤマダ ハナコ");
  assert.equal(await page.textContent("#confirm-phone"), "09012345678");
  assert.equal(await page.textContent("#confirm-birthday"), "1990年(平成2年)4月1日");
  assert.ok(!(await page.content()).includes(PASSWORD));

  await page.click("#open-submit");
  await shown(page, "done");
  const number = await page.textContent("#account-number");
  assert.match(number, /^[1-9]\d{7}$/);
  assert.match(await page.textContent("#receipt"), /^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
  assert.equal(await page.inputValue("#mail"), "", "what was entered does not wait for whoever comes next");

  const letter = await house.stack.mailbox.letter(person.mail);
  assert.equal(letter.subject, "【関所証券】口座開設完了のお知らせ");
  assert.ok(letter.text.startsWith("山田 花子 様"));
  assert.ok(letter.text.includes(`****${number.slice(-4)}`) && !letter.text.includes(number));
  assert.ok(!/https?:/.test(letter.text + letter.html), "no letter has a link");

  await logIn(page, { number, password: PASSWORD });
  assert.deepEqual((await session(page)).amr, ["pwd"]);
  await page.locator("#balance", { hasText: "1,000,000円" }).waitFor();
});

test("in English", async () => {
  const page = await house.visitor({ locale: "en-GB" });
  const person = house.person();
  await visit(page, "/");
  await page.click("#lang-switch");
  await settled(page);
  await page.click("#nav-open");
  await settled(page);
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await fill(page, person);
  const list = await closed(page, "#password-rules");
  await list.shows("10 to 16 characters");
  await page.fill("#password", PASSWORD);
  await rules(list, "met", "met", "met");
  await page.fill("#password-again", PASSWORD);
  await page.click("#open-next");
  await shown(page, "confirm");
  assert.equal(await page.textContent("#confirm-birthday"), "1 April 1990");
  await page.click("#open-submit");
  await shown(page, "done");
  assert.equal(await page.textContent("#open-done-title"), "Your account is open");
  const letter = await house.stack.mailbox.letter(person.mail);
  assert.equal(letter.subject, "[Sekisho Securities] Your account is open");
});

test("fields that cannot be are named, each with a way to it", async () => {
  const page = await house.visitor();
  const person = house.person();
  await visit(page, "/open");
  await page.click("#open-next");
  const entries = page.locator("#open-error-list a");
  await entries.first().waitFor();
  assert.equal(await entries.count(), 11);
  assert.equal(await page.evaluate(() => document.activeElement.id), "open-error", "the list takes the focus");
  await entries.filter({ hasText: "郵便番号" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "postal");

  await fill(page, { ...person, birthday: "1990-02-30", postal: "123", family_kana: "Yamada" });
  await page.fill("#password", "password1");
  await page.fill("#password-again", "password2");
  await page.click("#open-next");
  await page.locator("#family_kana-error", { hasText: "全角カタカナで入力してください" }).waitFor();
  assert.equal(await entries.count(), 5);
  await page.locator("#birthday-error", { hasText: "生年月日をご確認ください" }).waitFor();
  await page.locator("#postal-error", { hasText: "数字7桁" }).waitFor();
  await page.locator("#password-error", { hasText: "このパスワードは設定できません" }).waitFor();
  await page.locator("#password-again-error", { hasText: "一致していません" }).waitFor();
  assert.equal(await page.getAttribute("#postal", "aria-invalid"), "true");
  assert.equal(await page.getAttribute("#phone", "aria-invalid"), "false");
});

test("what makes a password guessable is named as it is typed", async () => {
  const page = await house.visitor();
  await visit(page, "/open");
  await fill(page, house.person());
  const list = await closed(page, "#password-rules");
  await page.fill("#password", "Hanako-x7Qp");
  await list.shows("お名前や生年月日などから推測されやすい部分があります(Hanako)");
  await page.fill("#password", "x7Qp-19900401");
  await list.shows("19900401");
  await page.fill("#password", "\uFF34m7#kWq9+z");
  await list.shows("全角文字が含まれています");
  await list.click("button", "半角に直す");
  await rules(list, "met", "met", "met");
  assert.equal(await page.inputValue("#password"), "Tm7#kWq9+z");
});

test("what only the edge refuses comes back to its field", async () => {
  const page = await house.visitor();
  await visit(page, "/open");
  await fill(page, house.person({ mail: "han,ako@example.com" }));
  await page.fill("#password", PASSWORD);
  await page.fill("#password-again", PASSWORD);
  await page.click("#open-next");
  await shown(page, "confirm");
  await page.click("#open-submit");
  await shown(page, "input");
  await page.locator("#mail-error", { hasText: "メールアドレスをご確認ください" }).waitFor();
  assert.equal(await page.inputValue("#address"), "東京都千代田区千代田1丁目1番", "nothing has to be typed again");
});

test("with the keyboard alone", async () => {
  const page = await house.visitor();
  const person = house.person();
  await visit(page, "/open");
  const focus = () => page.evaluate(() => document.activeElement.id);
  const reach = async (id) => {
    for (let presses = 0; (await focus()) !== id; presses += 1) {
      assert.ok(presses < 40, `Tab never reaches #${id}`);
      await page.keyboard.press("Tab");
    }
  };
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first Tab offers the content");
  const [year, month, day] = person.birthday.split("-");
  const answers = {
    family: person.family, given: person.given, family_kana: person.family_kana, given_kana: person.given_kana,
    birthday_year: year, birthday_month: month, birthday_day: day,
    postal: person.postal, address: person.address, phone: person.phone, mail: person.mail, password: PASSWORD,
  };
  for (const [id, answer] of Object.entries(answers)) {
    await reach(id);
    await page.keyboard.type(answer);
  }

  // The board, too: Enter opens it, arrows walk it, Esc closes it.
  await reach("password-keyboard");
  const board = await closed(page, "#password-keyboard");
  await page.keyboard.press("Enter");
  const keys = await board.keys();
  const onKey = (root) => root.activeElement?.dataset.key;
  for (let presses = 0; (await board.until((root) => root.activeElement?.dataset.key ?? "")) === ""; presses += 1) {
    assert.ok(presses < 10, "Tab never reaches the keys");
    await page.keyboard.press("Tab");
  }
  assert.equal(await board.until(onKey), keys[0]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.equal(await board.until(onKey), keys[11]);
  await page.keyboard.press("Space");
  assert.equal(await page.inputValue("#password"), "•".repeat(PASSWORD.length + 1));
  await reach("password");
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");

  await reach("password-again");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await shown(page, "confirm");
  await reach("open-submit");
  await page.keyboard.press("Enter");
  await shown(page, "done");
  assert.equal(await focus(), "open-done-title", "a screen reader is told where it is");
  await house.stack.mailbox.letter(person.mail);
});

test("a site with rules of its own shows them, and holds to them", async () => {
  const own = 'profile = "custom"\nmin_length = 8\nmax_length = 20\nmin_kinds = 2\nsymbols = "!?"';
  const other = await House.start({ config: (toml) => toml.replace('profile = "jp-broker"', own).replace("refuse = []", 'refuse = ["date"]') });
  try {
    const page = await other.visitor();
    await visit(page, "/open");
    const list = await closed(page, "#password-rules");
    await list.shows("8桁以上20桁以下");
    await list.shows("2種類以上");
    await list.shows("使用できる記号:!?");
    assert.match(await page.getAttribute("#password", "passwordrules"), /minlength: 8; maxlength: 20;/);
    const verdict = async (password) => {
      await page.fill("#password", password);
      return page.evaluate(async () => {
        const { checkPassword } = await import("/assets/sekisho/index.js");
        return checkPassword(document.querySelector("#password")).verdict;
      });
    };
    // The words and dates are there a moment after the list.
    await page.waitForFunction(() => performance.getEntriesByName(new URL("/assets/sekisho/dist/passwords.bin", location).href).length > 0);
    assert.equal(await verdict("minato!?"), "warn");
    assert.equal(await verdict("minato-!"), "refuse");
    assert.equal(await verdict("xk!2011-04-19".replaceAll("-", "")), "refuse");
  } finally {
    await other.stop();
  }
});
