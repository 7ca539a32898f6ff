// The entry of the tests' own build: the store's conformance suite inside a Durable Object, one object per case.
import { DurableObject } from "cloudflare:workers";
import { call, wait } from "./instance.mjs";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/cases") return Response.json(call((wasm) => wasm.conformance_cases()));
    const object = url.searchParams.get("object") ?? url.search;
    return env.CONFORMANCE.get(env.CONFORMANCE.idFromName(object)).fetch(request);
  },
};

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
