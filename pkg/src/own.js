// For pages that draw for themselves: what the elements know, without their drawing. Each is an event target or a plain
// object over a view of the wasm side, and is let go by `stop`.

import { loadPasswords } from "./elements.js";
import { SekishoError } from "./error.js";
import { field } from "./forms.js";
import { wasm } from "./loader.js";

/** The wasm side, or the error that says that it is not there. */
export const need = () => {
  const there = wasm();
  if (!there) throw new SekishoError({ code: "not_ready", status: 0, document: { title: "wasm does not run here." } });
  return there;
};

// Later, because it may be the view itself that is just telling the page something.
const letGo = (view) => queueMicrotask(() => view.free());

export class SessionWatch extends EventTarget {
  #view = new (need().IdleView)(this, undefined);

  get remaining_ms() {
    return this.#view?.remaining() ?? null;
  }

  stop() {
    const view = this.#view;
    this.#view = undefined;
    view?.disconnect();
    if (view) letGo(view);
  }
}

export class PasswordRules extends EventTarget {
  #view;

  constructor(source, { person, lang = document.documentElement.lang } = {}) {
    super();
    if (need().load_passwords) loadPasswords(need());
    this.#view = need().RulesView.telling(this, field(source), person, lang);
  }

  get state() {
    return this.#view?.state();
  }

  toHalfWidth() {
    this.#view?.fix();
  }

  stop() {
    const view = this.#view;
    this.#view = undefined;
    view?.disconnect();
    if (view) letGo(view);
  }
}

export class Board {
  #view;
  #whole;
  #shifted = false;

  constructor(source, { layout = "full", random = true, shuffle = "groups" } = {}) {
    this.#view = new (need().OwnBoard)(field(source), layout);
    this.#whole = shuffle === "board";
    if (random) this.shuffle();
  }

  get labels() {
    return [...(this.#view?.labels() ?? "")];
  }

  get shifted() {
    return this.#shifted;
  }

  shuffle() {
    if (this.#view && !this.#view.shuffle(this.#whole)) throw new SekishoError({ code: "not_ready", status: 0 });
  }

  press(cell) {
    return this.#view?.press(cell) ?? false;
  }

  shift() {
    this.#shifted = this.#view?.shift() ?? false;
    return this.#shifted;
  }

  back() {
    this.#view?.back();
  }

  clear() {
    this.#view?.clear();
  }

  stop() {
    const view = this.#view;
    this.#view = undefined;
    view?.leave();
    if (view) letGo(view);
  }
}
