// Loads the one wasm module of the page, once: the larger one where a password is set or passkeys are managed.

import startCore, * as core from "#sekisho";
import startRules, * as rules from "#sekisho_rules";
import { define } from "./elements.js";
import { shield } from "./taken.js";

let loading;
let loaded;

// The wasm side when it is there, null when this browser or this page does not run wasm.
export const wasm = () => {
  if (loaded === undefined) {
    throw new Error('sekisho: not ready yet. Call and await initAsync() from "sekisho" before anything else.');
  }
  return loaded;
};

const load = async ({ wasm: from, rules: wanted, strings } = {}) => {
  try {
    if (wanted ?? document.querySelector('sekisho-password-rules, sekisho-passkey[mode="manage"]') !== null) {
      const { memory } = await startRules({ module_or_path: from ?? new URL("./sekisho_rules_bg.wasm", import.meta.url) });
      shield(memory);
      rules.start();
      loaded = rules;
    } else {
      const { memory } = await startCore({ module_or_path: from ?? new URL("./sekisho_bg.wasm", import.meta.url) });
      shield(memory);
      core.start();
      loaded = core;
    }
    if (strings) loaded.wording(strings);
  } catch (cause) {
    loaded = null;
    console.warn(
      "sekisho: wasm does not run here, so the software keyboard and the password list are not shown and login works " +
        "from the plain fields. A Content-Security-Policy needs script-src 'wasm-unsafe-eval'. Cause:",
      cause,
    );
  }
  define(loaded, strings);
  return loaded ? "wasm" : "plain";
};

/** Loads the wasm once and defines the elements; every call gives the same promise. */
export const initAsync = (options) => {
  if (typeof document === "undefined") {
    return Promise.reject(new Error("sekisho: initAsync() needs a browser; call it from code that runs on the page only."));
  }
  loading ??= load(options);
  return loading;
};
