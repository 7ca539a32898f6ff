// The running house and a real browser before it: what every journey starts from.

import { chromium } from "playwright-core";
import { unseal } from "../edge/sealed/hpke.mjs";
import { straight } from "../edge/worker.mjs";
import { startStack } from "../tools/stack.mjs";
import { Closed } from "./closed.mjs";

/** A password that follows every rule and that nobody warns of. */
export const PASSWORD = "Tm7#kWq9+zLp4:Rv";

const LIMIT = 15_000;

/** Stack and browser; the browser's pages are checked for complaints when they are closed. */
export class House {
  #browser;
  #complaints = [];
  #people = 0;
  /** What a browser may complain of: its own line on an answer of 400 and above, which a journey may well ask for. */
  expected = [/^Failed to load resource/];

  /**
   * @param {object} [options] as for `startStack`; `arguments` gives the browser more of them, for a running stack; where `asks` is
   *   true a login leads over the page that asks for a mail address, as in the demo
   */
  static async start({ arguments: more = () => [], config = (toml) => toml, asks = false, ...options } = {}) {
    const house = new House();
    house.stack = await startStack({ seed: false, config: (toml) => config(asks ? toml : straight(toml)), ...options });
    const args = ["--no-sandbox", "--force-color-profile=srgb", "--hide-scrollbars", ...more(house.stack)];
    // The back/forward cache is on, as customers have it: a page must not come back out of it after logout.
    const ignoreDefaultArgs = ["--disable-back-forward-cache"];
    house.#browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args, ignoreDefaultArgs });
    return house;
  }

  get url() {
    return this.stack.url;
  }

  /** Ends both; throws what the browser complained of meanwhile. */
  async stop() {
    await this.#browser?.close();
    await this.stack.stop();
    if (this.#complaints.length > 0) throw new Error(`the browser complained:\n${this.#complaints.join("\n")}`);
  }

  /** A browser of another customer: its own cookies and storage. */
  async visitor(options = {}) {
    // As customers' browsers say it: not that nobody sees its window.
    const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${this.#browser.version()} Safari/537.36`;
    const context = await this.#browser.newContext({ baseURL: this.url, locale: "ja-JP", timezoneId: "Asia/Tokyo", userAgent, ...options });
    context.setDefaultTimeout(LIMIT);
    context.on("weberror", (error) => this.#complaints.push(`${error.page()?.url()}: ${error.error().stack}`));
    context.on("console", (message) => {
      const expected = this.expected.some((pattern) => pattern.test(message.text()));
      if (message.type() === "error" && !expected) this.#complaints.push(`${message.location().url}: ${message.text()}`);
    });
    const page = await context.newPage();
    return page;
  }

  /** The body of a request to `path`, its passwords opened as the edge opens them. */
  opened({ attempt, ...body }, path) {
    const text = (field) => unseal(this.stack.secrets.SEKISHO_SEAL_KEYS, body[field], { attempt, path, id: body.id, field });
    const passwords = ["current", "password"].filter((field) => field in body);
    return { ...body, ...Object.fromEntries(passwords.map((field) => [field, text(field)])) };
  }

  /** Another person's answers to the opening's form. */
  person(changes = {}) {
    this.#people += 1;
    return {
      family: "山田", given: "花子", family_kana: "ヤマダ", given_kana: "ハナコ", birthday: "1990-04-01", postal: "1000001",
      address: "東京都千代田区千代田1丁目1番", phone: "09012345678", mail: `hanako.${this.#people}@example.com`,
      password: PASSWORD, lang: "ja", ...changes,
    };
  }

  /** A customer with an account, opened by the very request that the page makes, of the site's `origin`. */
  async customer(changes = {}, origin = this.url) {
    const person = this.person(changes);
    const answer = await fetch(`${this.url}/.sekisho/open`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify(person),
      signal: AbortSignal.timeout(LIMIT),
    });
    if (answer.status !== 201) throw new Error(`the opening was refused: ${answer.status} ${await answer.text()}`);
    const { account_number: number } = await answer.json();
    return { ...person, number };
  }
}

/** Goes to `path` and waits until the elements are there. */
export async function visit(page, path) {
  await page.goto(path);
  await settled(page);
}

/** Waits until the page's scripts have run and the elements are there. */
export async function settled(page) {
  await page.locator("html[data-sekisho=wasm]").waitFor({ state: "attached" });
}

/** The closed inside of the element that `selector` names. */
export async function closed(page, selector) {
  return new Closed(page, await page.context().newCDPSession(page), selector);
}

/** Logs `customer` in with the native fields, as a password manager would, and waits for the home page. */
export async function logIn(page, { number, password }) {
  await visit(page, "/login");
  await page.fill("#login-id", number);
  await page.fill("#login-password", password);
  await page.click("#login-submit");
  await page.waitForURL("**/home");
  await settled(page);
}

/** Makes `page` a browser without passkeys in its autofill: a device that is at hand would take such an offer up by itself. */
export async function withoutOffer(page) {
  await page.addInitScript(() => (PublicKeyCredential.isConditionalMediationAvailable = async () => false));
}

/** What the server says of the session of `page`, asked as a script of the page in the background. */
export function session(page) {
  return page.evaluate(async () => {
    const headers = { accept: "application/json", "sekisho-background": "?1" };
    const answer = await fetch("/.sekisho/session", { headers });
    return { status: answer.status, ...(await answer.json()) };
  });
}
