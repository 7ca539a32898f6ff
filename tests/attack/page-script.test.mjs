// What a hostile script on the page obtains while a password is typed on the board: loaded after the package, nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, PASSWORD, visit } from "../browser/house.mjs";
import { keyPair, unseal } from "../edge/sealed/hpke.mjs";
import { Board } from "./outside.mjs";
import { spy } from "./spy.js";

let house;
before(async () => (house = await House.start()));
after(() => house.stop());

/** Types the password on the board of the login page. */
async function typeOnBoard(page) {
  const board = await Board.of(page, "#login-keyboard");
  await board.click(".toggle");
  await board.type(PASSWORD);
}

/** What was obtained while the password was typed and sent, read before the page is left. */
async function obtained(page) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const asked = new Promise((resolve) => {
    page.route("**/.sekisho/login", async (route) => {
      resolve(route.request().postDataJSON());
      await held;
      await route.continue();
    });
  });
  await typeOnBoard(page);
  await page.click("#login-submit");
  const sent = await asked;
  const spied = await page.evaluate(() => window.spied());
  release();
  await page.waitForURL("**/home");
  assert.equal(opened(sent), PASSWORD, "the password was in there");
  return spied;
}

const LOGIN = "/.sekisho/login";

/** What the edge finds in a login's body; or whoever holds other `keys`. */
const opened = ({ id, password, attempt }, keys = house.stack.secrets.SEKISHO_SEAL_KEYS) =>
  unseal(keys, password, { attempt, path: LOGIN, id });

/** Every four characters of the password that stand one after the other. */
const pieces = [...PASSWORD].slice(3).map((_, at) => PASSWORD.slice(at, at + 4));

/**
 * What gives the password away: texts with a piece of it, its characters one by one in their order, nodes of the board,
 * the wasm memory.
 */
function betrayed({ texts, inside, memories }) {
  const whole = texts.filter((text) => pieces.some((piece) => text.includes(piece)));
  const keys = texts.filter((text) => text.length === 1 || (text.length === 2 && text.startsWith("#"))).map((text) => text.at(-1)).join("");
  const inOrder = pieces.some((piece) => keys.includes(piece));
  return { whole, inOrder, inside, memories };
}

test("a script that comes after the package finds no character, no key and nothing of the board's inside", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  await page.evaluate(spy);
  const found = betrayed(await obtained(page));
  assert.deepEqual(found, { whole: [], inOrder: false, inside: [], memories: [] });
});

test("the spy sees what there is to see: natively typed, the password is its own", async () => {
  const page = await house.visitor();
  await visit(page, "/login");
  await page.evaluate(spy);
  await page.focus("#login-password");
  await page.keyboard.type(PASSWORD);
  const { texts } = await page.evaluate(() => {
    document.querySelector("#login-password").value;
    return window.spied();
  });
  assert.ok(texts.includes(PASSWORD));
});

/** Before the package: a `fetch` that keeps what is sent, and hands out the key `theirs` in place of the edge's. */
function listen(theirs) {
  const { fetch } = window;
  window.bodies = [];
  window.fetch = async (url, options) => {
    if (options?.body) window.bodies.push(options.body);
    const response = await fetch(url, options);
    if (url !== "/.sekisho/attempt" || theirs === null) return response;
    return Response.json({ ...(await response.json()), key: theirs });
  };
  window.spied = () => ({ texts: window.bodies, inside: [], memories: [] });
}

test("a script that comes before the package and listens obtains the login id and ciphertext, and no view of the memory", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await page.addInitScript(listen, null);
  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  const { texts } = await obtained(page);
  assert.deepEqual(betrayed({ texts, inside: [], memories: [] }).whole, []);
  assert.ok(texts.every((text) => typeof text === "string"), "a view would be a view of the wasm memory");
  const [begun, login] = texts.slice(-2).map((text) => JSON.parse(text));
  assert.deepEqual(begun, {});
  assert.deepEqual(Object.keys(login), ["id", "password", "zone", "language", "attempt"]);
  assert.equal(login.id, customer.number);
  assert.match(login.password, /^[0-9a-f]{1124}$/);
});

test("one that also hands the package a key of its own obtains the password, as the documents say", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  const thief = keyPair();
  await page.addInitScript(listen, thief.key);
  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  await typeOnBoard(page);
  await page.click("#login-submit");
  await page.locator("#login-error:not([hidden])").waitFor();
  const bodies = await page.evaluate(() => window.bodies.map((body) => JSON.parse(body)));
  const login = bodies.find((body) => "attempt" in body);
  assert.equal(opened(login, thief.keys), PASSWORD);
});

/** What a script learns that asks about the password again and again, each time with other customer's data of its own. */
function ask(guesses) {
  return import("/assets/sekisho/index.js").then(({ checkPassword }) => {
    const form = document.createElement("form");
    const mail = form.appendChild(document.createElement("input"));
    mail.name = "mail";
    const input = document.querySelector("#password");
    return guesses.map((guess) => {
      mail.value = `${guess}@example.com`;
      return JSON.stringify(checkPassword(input, { person: form }));
    });
  });
}

test("a script that asks about the password with data of its own learns nothing by asking again", async () => {
  const page = await house.visitor();
  await visit(page, "/open");
  await page.waitForFunction(() => performance.getEntriesByName(new URL("/assets/sekisho/dist/passwords.bin", location).href).length > 0);
  const secret = "Xylo-72-quart#W";
  const board = await Board.of(page, "#password-keyboard");
  await board.click(".toggle");
  await board.type(secret);
  const guesses = ["nothing", "xylo", "quart", "waltz"];
  const answers = await page.evaluate(ask, guesses);
  assert.equal(new Set(answers).size, 1, answers.join(" "));
  // It is the board that keeps it so: of what is typed natively, which any script can read, each form has its own answer.
  await page.fill("#password", secret);
  assert.ok(new Set(await page.evaluate(ask, guesses)).size > 1);
});

test("the package, imported again, hands out neither the memory nor a character", async () => {
  const page = await house.visitor();
  await visit(page, "/login");
  await typeOnBoard(page);
  const found = await page.evaluate(async (password) => {
    const seen = new Set();
    const hits = [];
    const search = (value, path, depth) => {
      if (typeof value === "string" && value.includes(password.slice(0, 4))) hits.push(path);
      if (value instanceof WebAssembly.Memory || value instanceof WebAssembly.Instance) hits.push(path);
      if (depth === 0 || value === null || !["object", "function"].includes(typeof value) || seen.has(value)) return;
      seen.add(value);
      for (const key of Reflect.ownKeys(value)) {
        try {
          search(value[key], `${path}.${String(key)}`, depth - 1);
        } catch {
          // A getter that refuses gives nothing away.
        }
      }
      search(Object.getPrototypeOf(value), `${path}.[[prototype]]`, depth - 1);
    };
    search(await import("/assets/sekisho/index.js"), "package", 4);
    search(await import("/assets/sekisho/dist/sekisho.js"), "dist", 4);
    search(document.querySelector("#login-keyboard"), "keyboard", 3);
    search(document.querySelector("#login-password"), "field", 2);
    const { Board, PasswordRules } = await import("/assets/sekisho/index.js");
    const rules = new PasswordRules(document.querySelector("#login-password"), { lang: "en" });
    search(JSON.stringify(rules.state), "rules", 1);
    rules.toHalfWidth();
    const board = new Board(document.querySelector("#login-password"));
    board.back();
    search(board.labels.join(""), "board", 1);
    search(document.querySelector("#login-password").value, "field", 1);
    return hits;
  }, PASSWORD);
  assert.deepEqual(found, []);
});

test("a script that has the field shown as text while a key is pressed reads dots all the same", async () => {
  const page = await house.visitor();
  await visit(page, "/login");
  await page.evaluate(() => {
    const input = document.querySelector("#login-password");
    window.read = [];
    addEventListener("mousedown", () => (input.type = "text"), true);
    input.addEventListener("input", () => {
      read.push(input.value);
      input.type = "password";
    });
  });
  await typeOnBoard(page);
  const read = await page.evaluate(() => window.read);
  assert.equal(read.length, PASSWORD.length);
  assert.deepEqual(read.filter((value) => /[^•]/.test(value)), []);
});
