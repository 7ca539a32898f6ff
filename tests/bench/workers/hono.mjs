// What the gate is compared with besides: a gate as a good team would write it today on Hono, with Hono's own helpers. The
// same duties on a page of a live session: one normal path, the route's demand, a cookie under an HMAC with lease and
// deadline, the network and browser that it was given to, an ES256 statement kept for its lease, identity headers taken off, no
// shared cache, as many headers set on the way in and out, a time limit for the origin with an answer of its own where it is late or gone.
//
// With BARE, as it was first written, before the gate was tuned: without that network and browser, and without the limit.

import { Hono } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { sign } from "hono/jwt";
import { secureHeaders } from "hono/secure-headers";
import { timeout } from "hono/timeout";

const PUBLIC = ["/assets", "/open", "/login", "/logged-out", "/security", "/favicon.ico", "/robots.txt"];
const DENIED = ["/internal", "/healthz"];
const STRIPPED = [
  "sekisho-assertion", "sekisho-session", "sekisho-background", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
  "x-forwarded-port", "x-forwarded-uri", "x-forwarded-user", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip",
  "proxy-authorization",
];
const [WINDOW, TIMEOUT] = [300_000, 10_800_000];
const below = (path, prefixes) => prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

const app = new Hono();

if (!BARE) {
  app.use(timeout(60_000));
  app.onError((fault, c) => (fault instanceof HTTPException ? fault.getResponse() : c.text("", 502)));
}

app.use(
  secureHeaders({
    xFrameOptions: "DENY",
    contentSecurityPolicy: {
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"], objectSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
    },
    referrerPolicy: "strict-origin-when-cross-origin",
    permissionsPolicy: {
      camera: [], displayCapture: [], geolocation: [], hid: [], microphone: [], midi: [], payment: [], serial: [], usb: [],
      publickeyCredentialsCreate: ["self"], publickeyCredentialsGet: ["self"],
    },
    strictTransportSecurity: false, originAgentCluster: false, xDnsPrefetchControl: false, xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false, xXssProtection: false,
  }),
);

/** From where and with what a request comes. */
const client = (c) => `${c.req.raw.cf?.asn ?? 0} ${c.req.raw.cf?.country ?? ""} ${c.req.header("user-agent") ?? ""}`;

// How the bench gets its session; a real one asks for a password.
app.post("/bench/login", async (c) => {
  const now = Date.now();
  const session = { sid: crypto.randomUUID(), sub: "12345678", amr: ["pwd"], client: client(c), auth: now, deadline: now + TIMEOUT, lease: now + TIMEOUT - WINDOW };
  await setSignedCookie(c, "session", btoa(JSON.stringify(session)), c.env.SECRET, { prefix: "host", httpOnly: true, secure: true, sameSite: "Lax" });
  return c.json({});
});

let key;
const statements = new Map();

/** The statement for a session, signed once for its lease. */
async function statement(env, session) {
  const kept = statements.get(session.sid);
  if (kept && kept.lease === session.lease) return kept.token;
  key ??= JSON.parse(env.JWK);
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: env.ISSUER, aud: "https://origin.example", iat: now, exp: Math.floor(session.lease / 1000) + 30, channel: "pc-main",
    sub: session.sub, sid: session.sid, amr: session.amr, acr: "urn:sekisho:acr:single-factor", auth_time: Math.floor(session.auth / 1000),
  };
  const token = await sign(claims, key, "ES256");
  if (statements.size >= 4096) statements.clear();
  statements.set(session.sid, { lease: session.lease, token });
  return token;
}

app.all("*", async (c) => {
  const { pathname, search } = new URL(c.req.url);
  if (pathname.includes("//") || pathname.includes("\\") || /%(?:2f|5c|25|00)|\/\.{1,2}(?:\/|$)/i.test(pathname)) return c.text("", 400);
  if (below(pathname, DENIED)) return c.text("", 404);
  const cookie = await getSignedCookie(c, c.env.SECRET, "session", "host");
  const session = cookie ? JSON.parse(atob(cookie)) : undefined;
  const now = Date.now();
  const live = session !== undefined && now < session.lease && now < session.deadline && (BARE || client(c) === session.client);
  if (!live && !below(pathname, PUBLIC) && pathname !== "/") return c.redirect(`/login?return=${encodeURIComponent(pathname + search)}`, 303);

  const forwarded = new Request(c.env.TARGET + pathname + search, c.req.raw);
  for (const name of STRIPPED) forwarded.headers.delete(name);
  forwarded.headers.set("x-forwarded-proto", "http");
  forwarded.headers.set("x-forwarded-host", c.env.HOST);
  if (live) forwarded.headers.set("sekisho-assertion", await statement(c.env, session));
  // What is a customer's does not come out of the platform's cache, nor go into it.
  const answer = await fetch(forwarded, { redirect: "manual", ...(live && { cache: "no-store" }) });
  const response = new Response(answer.body, answer);
  if (live) {
    response.headers.set("cache-control", "no-store");
    response.headers.set("sekisho-session", `remaining=${session.deadline - now}, window=${WINDOW}, timeout=${TIMEOUT}`);
  }
  return response;
});

export default app;
