// The four elements: thin classes, because Rust cannot extend HTMLElement. Each owns a view of the wasm side, to which
// it hands itself and its closed shadow root, and which it lets go when it leaves the page.

const Base = globalThis.HTMLElement ?? class {};
const attachShadow = globalThis.Element?.prototype.attachShadow;
const { apply } = Reflect;

const element = (attributes, makeView) =>
  class extends Base {
    static observedAttributes = attributes;
    #root = apply(attachShadow, this, [{ mode: "closed" }]);
    #view;

    connectedCallback() {
      this.#view ??= makeView?.(this, this.#root);
    }

    disconnectedCallback() {
      const view = this.#view;
      this.#view = undefined;
      view?.disconnect();
      // Later, because it may be the view itself that is just telling the page something.
      if (view) queueMicrotask(() => view.free());
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after) this.#view?.changed(name);
    }

    /** The view, for the methods of the classes below. */
    static view(self) {
      return self.#view;
    }
  };

const NO_BOARD = {
  ja: "ソフトウェアキーボードを表示できません。お使いのキーボードでそのまま入力いただけます。",
  en: "The software keyboard cannot be shown. You can type as usual.",
};

let loading;

// The common passwords and words, fetched where a password is set. Without them the rule itself still holds.
export const loadPasswords = (wasm) => {
  loading ??= fetch(new URL("./passwords.bin", import.meta.url), { priority: "low" })
    .then(async (response) => response.ok && wasm.load_passwords(new Uint8Array(await response.arrayBuffer())))
    .catch(() => false)
    .then((loaded) => loaded || console.warn("sekisho: passwords.bin could not be loaded; common passwords are not named."));
};

/** Defines the elements over the wasm side, or, without one, as elements that step aside. */
export const define = (wasm, strings) => {
  const board = (host, root) => {
    if (wasm) return new wasm.KeyboardView(host, root);
    const lang = host.closest("[lang]")?.lang.toLowerCase().startsWith("en") ? "en" : "ja";
    root.textContent = strings?.[lang]?.NoBoard ?? NO_BOARD[lang];
    return undefined;
  };
  const made = (View) => (wasm ? (host, root) => new View(host, root) : undefined);

  const rules = wasm && ((host, root) => {
    if (wasm.load_passwords) loadPasswords(wasm);
    return new wasm.RulesView(host, root);
  });

  const Keyboard = element(
    ["for", "layout", "random", "shuffle", "reshuffle", "hide", "reveal", "lang", "open"],
    board,
  );
  class SekishoKeyboard extends Keyboard {
    show() {
      this.setAttribute("open", "");
    }
    close() {
      this.removeAttribute("open");
    }
    clear() {
      Keyboard.view(this)?.clear();
    }
    /** The `<input>` that the board types into now. */
    get field() {
      const id = (this.getAttribute("for") ?? "").split(/\s+/)[0];
      return Keyboard.view(this)?.field ?? this.getRootNode().getElementById(id);
    }
  }

  const classes = {
    "sekisho-keyboard": SekishoKeyboard,
    "sekisho-password-rules": element(["for", "person", "lang"], rules),
    "sekisho-passkey": element(["mode", "autofill", "return", "domain", "lang"], made(wasm?.PasskeyView)),
    "sekisho-idle-warning": element(["lang"], made(wasm?.IdleView)),
  };
  for (const [name, Class] of Object.entries(classes)) {
    if (!customElements.get(name)) customElements.define(name, Class);
  }
};
