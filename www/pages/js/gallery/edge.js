// What stands for the edge while the sample warning is open: a page without a session has none to ask. It comes before the
// package, which takes `fetch` when it is loaded, and answers only the warning's own questions.

const real = globalThis.fetch;
const timeout_ms = 10_800_000;
const window_ms = 300_000;
let end = 0;

/** Lets the sample session end in `ms`; 0 ends the sample. */
export function pretend(ms) {
  end = ms && Date.now() + ms;
}

globalThis.fetch = (path, options) => {
  if (end === 0 || typeof path !== "string" || !/^\/\.sekisho\/(session|session\/extend|logout)$/.test(path)) {
    return real(path, options);
  }
  if (path.endsWith("/extend")) pretend(timeout_ms);
  const answer = path.endsWith("/logout") ? {} : { remaining_ms: Math.max(end - Date.now(), 0), window_ms, timeout_ms };
  return Promise.resolve(Response.json(answer));
};
