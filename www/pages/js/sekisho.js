// The one place where these pages name the npm package, and how they speak to the edge and to the broker.

import { initAsync, observeSession, SekishoError } from "/assets/sekisho/index.js";
import { say } from "./words.js";

export * from "/assets/sekisho/index.js";

/** Resolves to "wasm" or "plain" once the elements are there. */
export const ready = initAsync();

/** A refusal of the edge's or the origin's, in the same form as the package's own errors. */
class Refused extends Error {
  constructor(status, problem) {
    super(problem.code);
    this.status = status;
    this.code = problem.code ?? "unavailable";
    this.ref = problem.ref ?? null;
  }
}

/** Whether the page's own act is ending the session: what else hears of its end then leads nowhere. */
let leaving = false;

/** Ends the session by `act` and leads to `path`; whatever was on its way meanwhile does not lead elsewhere. */
export async function leave(act, path) {
  leaving = true;
  try {
    await act();
    location.assign(path);
  } catch (error) {
    leaving = false;
    throw error;
  }
}

/**
 * GET, or POST where there is a `body`; answers the JSON. A session that has ended leads to where one sees why.
 */
export async function ask(path, body) {
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  request.headers = { accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }) };
  let response;
  try {
    response = await fetch(path, request);
    // A step-up may have given the browser another id while this was on its way: what was refused for the old one has done nothing.
    const again = response.status === 401 && (await response.clone().json().catch(() => ({}))).code === "no_session";
    if (again) response = await fetch(path, request);
  } catch {
    throw new Refused(0, { code: "network" });
  }
  await ready;
  observeSession(response);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (leaving) throw new Refused(response.status, answer);
  if (answer.code === "session_idle") location.assign("/logged-out?out=timeout");
  if (answer.code === "no_session") location.assign(`/login?return=${encodeURIComponent(location.pathname)}`);
  throw new Refused(response.status, answer);
}

/** The sentence for a failure that a page has no sentence of its own for. */
export function explain(error) {
  if (!(error instanceof Refused || error instanceof SekishoError)) throw error;
  if (error.code === "network" || error.code === "aborted") return say("common_js.network");
  if (error.code === "rate_limited") {
    // By this device's clock, which may be wrong: what makes no sense is not told.
    const s = Math.ceil((error.details?.until - Date.now()) / 1000);
    return s > 0 && s <= 600 ? say("common_js.rate_s", { s }) : say("common_js.rate");
  }
  if (error.code === "plain_refused") return say("common_js.plain_refused");
  return say("common_js.origin") + (error.ref ? say("common_js.reference", { ref: error.ref }) : "");
}
