// What a hostile script on the page obtains while a password is typed on the board: loaded after the package, nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { House, PASSWORD, visit } from "../browser/house.mjs";
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
  assert.equal(sent.password, PASSWORD);
  return spied;
}

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

test("a script that comes before the package obtains the request, as the documents say", async () => {
  const page = await house.visitor();
  const customer = await house.customer();
  await page.addInitScript(() => {
    const { fetch } = window;
    window.bodies = [];
    window.fetch = (url, options) => {
      if (options?.body) window.bodies.push(new TextDecoder().decode(options.body));
      return fetch(url, options);
    };
    window.spied = () => ({ texts: window.bodies, inside: [], memories: [] });
  });
  await visit(page, "/login");
  await page.fill("#login-id", customer.number);
  const { whole } = betrayed(await obtained(page));
  assert.deepEqual(whole.map((body) => JSON.parse(body)), [{ id: customer.number, password: PASSWORD }]);
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
    return hits;
  }, PASSWORD);
  assert.deepEqual(found, []);
});
