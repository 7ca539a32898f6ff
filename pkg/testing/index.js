// A fake of the edge for a frontend team's own tests: the endpoints that the package speaks to, in the same words, without a
// worker. It verifies nothing and opens nothing; what an answer is, the test decides. Never loaded by the package itself.

import { ROUTES, read } from "./routes.js";
import { Refused, STATUS, State, refuse } from "./state.js";

/** Named beginnings of a test: what the next request to a path is refused with. */
const SCENARIOS = {
  sign_in_failed: ["/.sekisho/login", "sign_in_failed"],
  locked: ["/.sekisho/login", "locked", (now) => ({ until: now + 900_000 })],
  code_wrong: ["/.sekisho/login/code", "code_wrong", () => ({ left: 2 })],
  code_gone: ["/.sekisho/login/code", "code_gone"],
  password_wrong: ["/.sekisho/password/change", "password_wrong"],
  password_refused: ["/.sekisho/password/change", "password_refused", () => ({ complaints: [{ code: "common", severity: "refuse" }] })],
  opening_refused: ["/.sekisho/open", "fields_refused", () => ({ fields: { birthday: "form" } })],
  plain_refused: ["/.sekisho/login", "plain_refused"],
  stale_login: ["/.sekisho/passkey/register/begin", "insufficient_user_authentication"],
};

export class FakeEdge {
  #state;
  #refusals = [];
  #real = globalThis.fetch?.bind(globalThis);
  /** Every request, in order: method, path and body. */
  requests = [];

  constructor({ session, signedIn = false, ...options } = {}) {
    this.#state = new State({
      now: Date.now, code: "123456", stop_number: "123456789012", second_factor: "off", rp_id: "localhost", home: "/home", ...options,
      session: { timeout_ms: 10_800_000, window_ms: 300_000, ...session },
    });
    if (signedIn) this.#state.enter(["pwd"]);
  }

  /** Stands in for `fetch`: other paths than `/.sekisho/` go to the one that was there. */
  fetch = async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? input, globalThis.location?.href ?? "http://localhost");
    if (!url.pathname.startsWith("/.sekisho/")) return this.#real(input, init);
    const signal = init?.signal ?? request?.signal;
    if (signal?.aborted) throw signal.reason;
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
    const headers = new Headers(init?.headers ?? request?.headers);
    return this.#answer(method, url.pathname, headers, init?.body ?? (await request?.text()));
  };

  /** Refuses the next request to `path` with `code`, or all of them until `clear`, with what the edge tells besides. */
  refuse(path, code, { details = {}, always = false } = {}) {
    if (!ROUTES[path]) throw new TypeError(`sekisho: the fake edge has no "${path}".`);
    if (code !== "network" && !STATUS[code]) throw new TypeError(`sekisho: the edge has no code "${code}".`);
    this.#refusals.push({ path, code, details, always });
  }

  /** Takes back what `refuse` and `play` asked for. */
  clear() {
    this.#refusals = [];
  }

  /** Plays a scenario by its name. */
  play(name) {
    if (name === "idle") return this.end("session_idle");
    const [path, code, details] = SCENARIOS[name] ?? [];
    if (!path) throw new TypeError(`sekisho: there is no scenario "${name}".`);
    return this.refuse(path, code, { details: details?.(this.#state.options.now()) });
  }

  /** The session has so many milliseconds left from now. */
  remaining(ms) {
    this.#state.live().end = this.#state.options.now() + ms;
  }

  /** Ends the session: by its idle time, or from elsewhere. */
  end(reason = "no_session") {
    this.#state.end(reason);
  }

  async #answer(method, path, headers, text) {
    const [kind] = (headers.get("content-type") ?? "").split(";");
    this.requests.push({ method, path, body: text });
    try {
      const route = ROUTES[path] ?? refuse("not_found");
      if (route.method !== method) refuse("method_not_allowed");
      if (method === "POST" && kind !== "application/json") refuse("unsupported_media_type");
      this.#refused(path);
      const { status = route.status ?? 200, body } = route.answer(this.#state, method === "POST" ? read(text, route) : {});
      return this.#respond(status, body, "application/json");
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      const { code, details } = problem;
      if (code === "network") throw new TypeError("Failed to fetch");
      const document = { type: `urn:sekisho:problem:${code}`, title: `The fake edge says ${code}.`, status: STATUS[code], code };
      return this.#respond(STATUS[code], { ...document, ref: "FAKE-0001", ...details }, "application/problem+json");
    }
  }

  #refused(path) {
    const at = this.#refusals.findIndex((one) => one.path === path);
    if (at < 0) return;
    const { code, details, always } = this.#refusals[at];
    if (!always) this.#refusals.splice(at, 1);
    refuse(code, details);
  }

  #respond(status, body, type) {
    const headers = { "content-type": type, "cache-control": "no-store" };
    const { remaining_ms, window_ms, timeout_ms } = body;
    if (remaining_ms !== undefined) headers["sekisho-session"] = `remaining=${remaining_ms}, window=${window_ms}, timeout=${timeout_ms}`;
    return new Response(JSON.stringify(body), { status, headers });
  }
}
