// What lies in the closed shadow root of an element: hidden from every script of the page, seen here over the debugging
// protocol, and worked only by real mouse clicks at the place where a customer sees it.

import { setTimeout as deadline } from "node:timers/promises";

const LIMIT = 10_000;

/** The closed inside of one element. */
export class Closed {
  #page;
  #session;
  #selector;

  constructor(page, session, selector) {
    this.#page = page;
    this.#session = session;
    this.#selector = selector;
  }

  /** The shadow root as a remote object; a page that was left has another. */
  async #root() {
    const expression = `document.querySelector(${JSON.stringify(this.#selector)})`;
    const { result } = await this.#session.send("Runtime.evaluate", { expression });
    if (!result.objectId) throw new Error(`the page has no ${this.#selector}`);
    const { node } = await this.#session.send("DOM.describeNode", { objectId: result.objectId, depth: 1, pierce: true });
    const [root] = node.shadowRoots ?? [];
    if (root?.shadowRootType !== "closed") throw new Error(`${this.#selector} has no closed shadow root`);
    const { object } = await this.#session.send("DOM.resolveNode", { backendNodeId: root.backendNodeId });
    return object.objectId;
  }

  async #call(find, args, limit) {
    const functionDeclaration = `async function (...args) {
      const find = ${find};
      const end = performance.now() + ${limit};
      for (;;) {
        const found = find(this, ...args);
        if (found !== undefined && found !== null && found !== false) return found;
        if (performance.now() > end) throw new Error("nothing of that kind within ${limit} ms in: " + this.textContent);
        await new Promise(requestAnimationFrame);
      }
    }`;
    const { result, exceptionDetails } = await this.#session.send("Runtime.callFunctionOn", {
      objectId: await this.#root(),
      functionDeclaration,
      arguments: args.map((value) => ({ value })),
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`${this.#selector}: ${exceptionDetails.exception?.description ?? "failed"}`);
    return result.value;
  }

  /**
   * Runs `find` in the page until it finds something.
   *
   * @param {(root: ShadowRoot, ...args: any[]) => any} find looks in the shadow root; runs in the page
   * @param {any[]} [args] further arguments, plain values
   * @param {number} [limit] milliseconds until it counts as not found
   * @returns {Promise<any>} what it found, a plain value
   */
  async until(find, args = [], limit = LIMIT) {
    // A page in the background draws no frames, and then nothing in it would come to an end.
    const late = new AbortController();
    const slow = deadline(limit + 2_000, undefined, { signal: late.signal }).then(() => {
      throw new Error(`${this.#selector}: the page did not answer within ${limit + 2_000} ms`);
    });
    slow.catch(() => undefined);
    try {
      return await Promise.race([this.#call(String(find), args, limit), slow]);
    } finally {
      late.abort();
    }
  }

  /** Waits until `text` is shown, and answers the whole text of the element that shows it. */
  shows(text, limit = LIMIT) {
    const find = (root, wanted) => {
      const leaves = [...root.querySelectorAll("*")].filter((one) => one.localName !== "style");
      const holder = leaves.filter((one) => one.textContent.includes(wanted) && one.checkVisibility()).at(-1);
      return holder?.textContent;
    };
    return this.until(find, [text], limit);
  }

  /** Waits until nothing that is shown contains `text`. */
  hides(text, limit = LIMIT) {
    const find = (root, wanted) =>
      ![...root.querySelectorAll("*")].some((one) => one.textContent.includes(wanted) && one.checkVisibility());
    return this.until(find, [text], limit);
  }

  /** The middle of what `selector`, or the button whose text is `text`, covers of the window. */
  async #place(selector, text) {
    const find = (root, selector, text) => {
      const all = [...root.querySelectorAll(selector)].filter((one) => one.checkVisibility());
      const one = text === null ? all[0] : all.find((candidate) => candidate.textContent.trim() === text);
      if (!one) return undefined;
      one.scrollIntoView({ block: "nearest", behavior: "instant" });
      const { x, y, width, height } = one.getBoundingClientRect();
      return width > 0 && height > 0 && { x: x + width / 2, y: y + height / 2 };
    };
    return this.until(find, [selector, text]);
  }

  /** Clicks the middle of the first visible match. */
  async click(selector, text = null) {
    const { x, y } = await this.#place(selector, text);
    await this.#page.mouse.click(x, y);
  }

  /** Types `text` by clicking the keys where they lie now; upper case by the Shift tool. */
  async type(text) {
    for (const wanted of text) {
      if (/[a-z]/i.test(wanted)) await this.#shift(/[A-Z]/.test(wanted));
      await this.click(`[data-key="${wanted}"]`);
    }
  }

  async #shift(wanted) {
    const pressed = await this.until((root) => root.querySelector("[aria-pressed]")?.getAttribute("aria-pressed"));
    if ((pressed === "true") !== wanted) await this.click("[aria-pressed]");
  }

  /** The keys in the order of their cells. */
  keys() {
    return this.until((root) => [...root.querySelectorAll("[data-key]")].map((key) => key.dataset.key).join("") || undefined);
  }
}
