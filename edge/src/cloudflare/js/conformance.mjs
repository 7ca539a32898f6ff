// The entry of the tests' own build: the store's conformance suite inside a Durable Object, one object per case; and passkey
// ceremonies in a loop, for the bench.
import { DurableObject } from "cloudflare:workers";
import { call, wait } from "./instance.mjs";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/cases") return Response.json(call((wasm) => wasm.conformance_cases()));
    if (url.pathname === "/ceremonies") return ceremonies(request, url.searchParams);
    const object = url.searchParams.get("object") ?? url.search;
    return env.CONFORMANCE.get(env.CONFORMANCE.idFromName(object)).fetch(request);
  },
};

let kept;

/** POST keeps a recorded ceremony, GET runs it. */
async function ceremonies(request, query) {
  try {
    if (request.method === "POST") {
      const { response, challenge, id, handle, key } = await request.json();
      const bytes = (text) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
      kept = [JSON.stringify(response), ...[challenge, id, handle, key].map(bytes)];
      return new Response("kept");
    }
    await wait((wasm) => wasm.ceremonies(query.get("what"), ...kept, Number(query.get("times"))));
    return new Response("done");
  } catch (fault) {
    return new Response(String(fault), { status: 500 });
  }
}

export class Conformance extends DurableObject {
  async fetch(request) {
    const url = new URL(request.url);
    const { storage } = this.ctx;
    try {
      switch (url.pathname) {
        case "/play":
          await wait((wasm) => wasm.conformance(storage, url.searchParams.get("case")));
          return new Response("stands");
        case "/panic":
          await wait((wasm) => wasm.conformance_panic(storage, url.searchParams.get("how")));
          return new Response("no panic");
        case "/fallen":
          return Response.json(call((wasm) => wasm.conformance_fallen(storage)));
        case "/name":
          return Response.json(this.ctx.id.name ?? null);
        default:
          return new Response(null, { status: 404 });
      }
    } catch (fault) {
      return new Response(String(fault), { status: 500 });
    }
  }

  alarm() {}
}
