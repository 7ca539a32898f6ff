// What the gate is compared with: a worker in plain JavaScript that forwards every request and sets as many headers, on
// the way in and on the way out, as the gate does. It checks nothing.

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const forwarded = new Request(env.TARGET + url.pathname + url.search, request);
    for (const [name, value] of inward(env)) forwarded.headers.set(name, value);
    const answer = await fetch(forwarded, { redirect: "manual" });
    const response = new Response(answer.body, answer);
    for (const [name, value] of outward(env)) response.headers.set(name, value);
    return response;
  },
};

let parsed;
const headers = (env) => (parsed ??= { inward: JSON.parse(env.INWARD), outward: JSON.parse(env.OUTWARD) });
const inward = (env) => headers(env).inward;
const outward = (env) => headers(env).outward;
