// What flows for longer than a moment: WebSockets and event streams of customers, and uploads. When a lease is over wasm is asked whether
// the session goes on, and where it does not, both sides of a stream are cut off.
import { call, fault, wait } from "./instance.mjs";

/** For applications: the session has ended, log in again (RFC 6455, 7.4.2). */
const ENDED = 4401;
/** The account could not be asked: try again later (IANA's registry of close codes). */
const LATER = 1013;

/** So much may go one way through a socket in a minute. The runtime takes whatever it is given, holds nobody back and does not tell what
 *  waits, so that one side which does not read would fill the memory that is everybody's. */
const MOST = 32 * 1024 * 1024;

/** Asks at each lease end; `cut(code)` is called when the stream may not go on. Answers what stops the asking. */
function watch(env, packed, cut) {
  let timer;
  let over = false;
  const later = (ms) => over || (timer = setTimeout(ask, ms));
  async function ask() {
    let code = ENDED;
    try {
      const longer = await wait((wasm) => wasm.stream_goes_on(env, packed));
      if (longer > 0) return later(longer);
      if (longer < 0) code = LATER;
    } catch (thrown) {
      fault("stream", thrown);
      code = LATER;
    }
    if (!over) cut(code);
  }
  later(call((wasm) => wasm.stream_lease(env, packed)));
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** A WebSocket that passes every message on, both ways, for as long as the session goes on. */
export function watchedSocket(env, packed, incoming) {
  const [outer, inner] = Object.values(new WebSocketPair());
  const origin = incoming.webSocket;
  const close = (socket, code, reason) => {
    try {
      socket.close(code, reason);
    } catch {
      // It has closed by itself.
    }
  };
  const cut = (code) => {
    for (const socket of [inner, origin]) close(socket, code, code === ENDED ? "session ended" : "try again later");
  };
  const stop = watch(env, packed, cut);
  for (const [from, to] of [[inner, origin], [origin, inner]]) {
    from.binaryType = "arraybuffer";
    let [since, passed] = [Date.now(), 0];
    from.addEventListener("message", ({ data }) => {
      if (Date.now() - since > 60_000) [since, passed] = [Date.now(), 0];
      passed += data.byteLength ?? data.length;
      if (passed <= MOST) return to.send(data);
      stop();
      cut(LATER);
    });
    from.addEventListener("close", ({ code, reason }) => {
      stop();
      // 1005 and 1006 say that there was no code; they cannot be sent.
      if (code === 1005 || code === 1006) close(to);
      else close(to, code, reason);
    });
    from.addEventListener("error", () => {
      stop();
      close(to, 1011, "the other side is gone");
    });
  }
  for (const socket of [inner, origin]) socket.accept();
  return new Response(null, { status: 101, headers: incoming.headers, webSocket: outer });
}

/** The body of an event stream, cut off when the session does not go on. */
export function watchedBody(env, packed, body) {
  const { readable, writable } = new TransformStream();
  const cutter = new AbortController();
  const stop = watch(env, packed, () => cutter.abort());
  // How it ended is seen by whoever reads; here there is nobody to be told.
  body.pipeTo(writable, { signal: cutter.signal }).catch(() => {}).finally(stop);
  return readable;
}

/** A request's body as it goes on to the origin, of a `length` where it has said one; `moved` is called for each piece that went. */
export function watchedUpload(body, length, moved) {
  const { readable, writable } = length ? new FixedLengthStream(Number(length)) : new IdentityTransformStream();
  const writer = writable.getWriter();
  const hand = async () => {
    for await (const piece of body) {
      await writer.write(piece);
      moved();
    }
    await writer.close();
  };
  // That it was cut off is seen by whoever reads.
  hand().catch((fault) => writer.abort(fault)).catch(() => {});
  return readable;
}

/** Milliseconds within which a proof given at another isolate, of which this one knows nothing, is hardly answered. */
const PROMPT = 250;

/** Whether the session of a request that took so long goes on under the id that it came with. Where a step-up has given the browser another
 *  one meanwhile, a cookie that was renewed for this one would take its place, and sign the customer out; without it the next request
 *  renews the lease anew. */
export async function stands(env, packed, took) {
  if (call((wasm) => wasm.has_gone_on(env, packed))) return false;
  return took <= PROMPT || wait((wasm) => wasm.stream_goes_on(env, packed)).then((longer) => longer > 0, () => false);
}
