// The worker's entry: it packs what the gate looks at into one string, does what wasm answers, and moves bodies. There
// is no rule in here.
import { DurableObject } from "cloudflare:workers";
import { call, fault, wait } from "./instance.mjs";
import { stands, watchedBody, watchedSocket, watchedUpload } from "./streams.mjs";
import { countUnavailable, tell } from "./tell.mjs";

/** What the gate looks at, in the order in which it reads them. */
const PACKED = [
  "cookie", "accept", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "origin", "sekisho-background", "upgrade",
  "user-agent", "sec-ch-ua-mobile", "content-type", "sekisho-app", "authorization", "dpop", "sekisho-csrf",
  "content-length", "sec-purpose",
];
const [COOKIE, UPGRADE, LENGTH] = ["cookie", "upgrade", "content-length"].map((name) => PACKED.indexOf(name));
const OURS = call((wasm) => wasm.cookie_prefix());
const SESSION = `${OURS}=`;
const RENEWED = `\n+set-cookie\n${SESSION}`;
const OURS_IN = new RegExp(`(^|[;,])\\s*${OURS}[^;,]*`, "g");

export default {
  async fetch(request, env) {
    try {
      const seen = look(request, env);
      const { packed } = seen;
      let verdict = call((wasm) => wasm.decide(env, packed));
      if (verdict === "ask") verdict = await wait((wasm) => wasm.resolve(env, packed));
      if (verdict === "") throw new Error("there is no house");
      if (verdict === "park") return await park(request, env, seen);
      if (verdict === "own") return await own(request, env);
      if (verdict.startsWith("forward")) return await forward(request, env, seen, verdict);
      return refuse(verdict);
    } catch (thrown) {
      countUnavailable();
      return unavailable(request, fault("request", thrown));
    } finally {
      tell(env);
    }
  },
};

/** What the gate looks at, packed; which headers may not go on, and the three that it looks at itself. One pass: to ask
 *  the runtime for each header by its name takes twice as long. */
function look(request, env) {
  const fields = new Array(PACKED.length).fill("");
  const taken = [];
  let address = "";
  request.headers.forEach((value, name) => {
    const { place, goes } = about(name, env);
    if (place >= 0) fields[place] = value;
    if (goes) return;
    taken.push(name);
    if (name === "cf-connecting-ip") address = value;
    else if (name === "connection") taken.push(...named(value));
  });
  const packed = `${request.method}\n${request.url}\n${fields.join("\n")}\n${network(request, env)}\n${address}`;
  return { packed, taken, cookie: fields[COOKIE], upgrade: fields[UPGRADE], length: fields[LENGTH] };
}

let stripped;
const names = new Map();

/** The names that may not go on. Any sign stands for a dash: there are servers that read all of them alike. */
function refused(env) {
  const all = call((wasm) => wasm.stripped(env)).trim().replaceAll("-", "[^a-z0-9]").replaceAll(" ", "|");
  return new RegExp(`^(?:${all})(?![a-z0-9])`);
}

/** Where a header of this name is packed, and whether it goes on to the origin. The names are nearly always the same few: to find one again
 *  costs less than to match it. */
function about(name, env) {
  let known = names.get(name);
  if (!known) {
    known = { place: PACKED.indexOf(name), goes: !(stripped ??= refused(env)).test(name) };
    if (names.size < 500 && name.length < 50) names.set(name, known);
  }
  return known;
}

/** The headers that a `Connection` names: they are for this one connection (RFC 9110, 7.6.1). It hardly ever names any but `upgrade`, which
 *  the runtime takes for itself where it stands for no WebSocket. */
function named(connection) {
  if (/^(keep-alive|close|upgrade)$/i.test(connection)) return [];
  return connection.split(",").map((name) => name.trim()).filter((name) => /^(?!upgrade$)[\w!#$%&'*+.^`|~-]+$/i.test(name));
}

/** The client's network, as the platform or the operator's own proxy says. */
function network(request, env) {
  if (env.SEKISHO_PROXY_TOKEN) return ["sekisho-proxy", "sekisho-client"].map((name) => request.headers.get(name) ?? "").join(" ");
  const cf = platform(request);
  return cf ? `${cf.asn ?? 0} ${cf.country ?? ""}` : "";
}

/** What Cloudflare's own front says of a request, which writes the headers about clients anew. Anywhere else those are the client's word, and
 *  a workerd of one's own says of it no more than where its connection comes from. */
const platform = ({ cf }) => (cf?.colo || cf?.asn || cf?.country ? cf : undefined);

async function forward(request, env, { packed, taken, cookie, upgrade, length }, verdict) {
  const lines = verdict.split("\n");
  const { method, body } = request;
  // Only what speaks for a customer has a session that may end, and must not come out of the platform's cache, which knows addresses
  // and no customers, nor go into it.
  const watched = verdict.includes("\nsekisho-session\n");
  // Headers beside an address cost a twelfth of the whole way less than a second request. A GET with a body can be made of none but itself.
  const odd = body && /^(GET|HEAD)$/.test(method);
  const to = odd ? new Request(lines[1], request) : lines[1];
  const headers = odd ? to.headers : new Headers(request.headers);
  const init = odd ? { redirect: "manual" } : { method, headers, redirect: "manual" };
  if (watched) init.cache = "no-store";
  const asked = Date.now();
  let moved = asked;
  if (body && !odd) init.body = watchedUpload(body, length, () => (moved = Date.now()));
  for (const name of taken) headers.delete(name);
  keepCookies(headers, cookie);
  const set = setter();
  const next = eachHeader(lines, 2, (name, value) => set(headers, name, value));
  let incoming;
  try {
    incoming = await answered(to, init, env, () => moved, lines[0] === "forward again" && !body);
  } catch (thrown) {
    return refuse(call((wasm) => wasm.unreachable(env, packed, thrown === LATE, String(thrown))));
  }
  if (upgrade && incoming.webSocket) return watched ? watchedSocket(env, packed, incoming) : incoming;
  let response = new Response(incoming.body, incoming);
  if (watched && /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "") && response.body) {
    response = new Response(watchedBody(env, packed, response.body), response);
  }
  const outgoing = response.headers;
  const connection = outgoing.get("connection");
  if (connection) for (const name of named(connection)) outgoing.delete(name);
  const unchanged = response.status === 304;
  const kept = verdict.includes(RENEWED) && (await stands(env, packed, Date.now() - asked));
  let others = false;
  eachHeader(lines, next, (name, value) => {
    // What the application may have others keep tells of no session: what stands behind this line is the time that it has left, and its cookie.
    others ||= name[0] === "?" && outgoing.has(name.slice(1));
    if (others) return;
    // What the browser has kept goes on under the policy, and the nonce, that it came with: one beside a 304, the origin's too, would take
    // the place of both.
    if (unchanged && POLICY.test(name)) outgoing.delete(name.replace(POLICY, ""));
    else if (kept || name !== "+set-cookie" || !value.startsWith(SESSION)) set(outgoing, name, value);
  });
  return response;
}

/** Our own cookies are nobody's but ours; every other goes on byte for byte, where its bytes are UTF-8: the runtime knows no others. */
function keepCookies(headers, all) {
  if (!all.includes(OURS)) return;
  const others = all.replace(OURS_IN, "").replace(/^[;,]\s*/, "");
  if (others) headers.set("cookie", others);
  else headers.delete("cookie");
}

const LATE = new Error("no answer in time");
let limit;

/** The origin's answer in time, counted from when the body last `moved`. One that could not be had is asked for once more where `again`, in
 *  what is left of it. */
function answered(to, init, env, moved, again) {
  limit ??= call((wasm) => wasm.origin_timeout(env));
  return new Promise((resolve, reject) => {
    let over = false;
    let timer;
    const late = () => {
      const left = moved() + limit - Date.now();
      if (left > 0) return (timer = setTimeout(late, left));
      over = true;
      reject(LATE);
    };
    timer = setTimeout(late, limit);
    const had = (answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    const lost = (fault) => {
      clearTimeout(timer);
      reject(fault);
    };
    fetch(to, init).then(had, (fault) => (again && !over ? fetch(to, init).then(had, lost) : lost(fault)));
  });
}

function refuse(verdict) {
  const lines = verdict.split("\n");
  const headers = new Headers();
  const set = setter();
  const body = eachHeader(lines, 2, (name, value) => set(headers, name, value));
  return new Response(lines.slice(body).join("\n") || null, { status: Number(lines[1]), headers });
}

/** Hands over the headers counted at line `at`; answers the line after them. */
function eachHeader(lines, at, take) {
  const end = at + 1 + 2 * Number(lines[at]);
  for (let line = at + 1; line < end; line += 2) take(lines[line], lines[line + 1]);
  return end;
}

/** What is set beside the application's own policy, as wasm words its name. */
const POLICY = /^\*?\+(?!set-cookie$)/;

/** Sets headers as wasm words them: `+name` is appended, `-name` taken away, `?name` set, in `*name` and `*+name` the
 *  answer's nonce stands for `{nonce}`. */
function setter() {
  let nonce;
  return function set(headers, name, value) {
    if (name[0] === "*") set(headers, name.slice(1), value.replaceAll("{nonce}", (nonce ??= fresh())));
    else if (name[0] === "+") headers.append(name.slice(1), value);
    else if (name[0] === "-") headers.delete(name.slice(1));
    else if (name[0] === "?") headers.set(name.slice(1), value);
    else headers.set(name, value);
  };
}

let drawn = "";
let used = 0;

/** 144 random bits in base64 (CSP3, section 7.1, asks for 128). They are drawn for hundreds of answers at once: for each alone they
 *  would cost a tenth of the whole way. */
function fresh() {
  if (used === drawn.length) [drawn, used] = [btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18 * 512)))), 0];
  return drawn.slice(used, (used += 24));
}

async function park(request, env, seen) {
  const body = await bodyOf(request, env);
  const [verdict, form, packed] = await wait((wasm) => wasm.park(env, seen.packed, body));
  if (!verdict.startsWith("forward")) return refuse(verdict);
  const { headers } = request;
  return forward(new Request(request.url, { method: "POST", headers, body: form }), env, { ...seen, packed, length: form.length }, verdict);
}

async function own(request, env) {
  const body = await bodyOf(request, env);
  const headers = [...request.headers].flat();
  const [status, lines, bytes] = await wait((wasm) => wasm.answer(env, request.method, request.url, headers, client(request), body));
  const answered = new Headers();
  const set = setter();
  for (let at = 0; at < lines.length; at += 2) {
    if (lines[at][0] === "*") set(answered, lines[at], lines[at + 1]);
    else answered.append(lines[at], lines[at + 1]);
  }
  return new Response(bytes.length ? bytes : null, { status, headers: answered });
}

/** What the platform says of the client, as JSON. */
function client(request) {
  const cf = platform(request);
  if (!cf) return "{}";
  const { asn, country, regionCode: region, city, httpProtocol: protocol, tlsVersion: tls } = cf;
  const [rtt, ja4] = [cf.clientTcpRtt || cf.clientQuicRtt, cf.botManagement?.ja4];
  const [latitude, longitude] = [cf.latitude, cf.longitude].map((text) => (text ? Math.round(text) : undefined));
  const login = request.url.endsWith("/.sekisho/login") && { zone: zone(cf.timezone), language: language(country) };
  const address = request.headers.get("cf-connecting-ip");
  return JSON.stringify({ address, asn, country, region, city, latitude, longitude, protocol, rtt, tls, ja4, ...login });
}

/** Minutes that the clocks of a time zone are east of UTC now. */
function zone(timeZone) {
  if (!timeZone) return undefined;
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts();
  const [, sign, hours, minutes] = parts.find(({ type }) => type === "timeZoneName").value.match(/([+-])(\d+):(\d+)/) ?? [];
  return sign ? Number(`${sign}${Number(hours) * 60 + Number(minutes)}`) : 0;
}

/** The language that is likely in a country. */
function language(country) {
  return country && /^[A-Z]{2}$/.test(country) ? new Intl.Locale("und", { region: country }).maximize().language : undefined;
}

/** The body, cut off one byte past the limit: enough to see that it is too long. */
async function bodyOf(request, env) {
  const limit = call((wasm) => wasm.body_limit(env));
  const whole = new Uint8Array(limit + 1);
  let length = 0;
  if (request.body) {
    for await (const chunk of request.body) {
      const part = chunk.subarray(0, whole.length - length);
      whole.set(part, length);
      length += part.length;
      if (length === whole.length) break;
    }
  }
  return whole.subarray(0, length);
}

/** The answer where there is nothing that could word one: neither the site's name is known here nor its phone number. */
function unavailable(request, reference) {
  const document = {
    type: "urn:sekisho:problem:unavailable", title: "Not available now.", status: 503, code: "unavailable", ref: reference,
  };
  const headers = { "cache-control": "no-store", "content-type": "application/problem+json" };
  if (!request.headers.get("accept")?.includes("text/html")) return new Response(JSON.stringify(document), { status: 503, headers });
  headers["content-type"] = "text/html; charset=utf-8";
  headers["content-security-policy"] = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  const page = `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>ただいまページを表示できません</title></head><body><main>
<h1>ただいまページを表示できません</h1><p>恐れ入りますが、時間をおいて、もう一度お試しください。お手続き中の場合は、もう一度送信する前に結果をご確認ください。</p>
<section lang="en"><h2>The page cannot be shown now</h2><p>Please try again later. If you have just sent something, check whether it went
through before you send it again.</p></section><p>受付番号 <span lang="en">Reference</span>: ${reference}</p></main></body></html>`;
  return new Response(page, { status: 503, headers });
}

/** Answers one command; a fault is logged here and is a bare 500 to the caller, who has a time limit besides. */
async function reply(env, work) {
  try {
    return new Response(await work());
  } catch (thrown) {
    fault("object", thrown);
    return new Response(null, { status: 500 });
  } finally {
    tell(env);
  }
}

/** Does what an alarm rang for. The runtime drops an alarm that fails too often, so none ever does. */
async function rung({ ctx, env }, work) {
  try {
    await work();
  } catch (thrown) {
    fault("alarm", thrown);
    await ctx.storage.setAlarm(Date.now() + 60_000);
  } finally {
    // Nobody may come by for long, and what an alarm counts is what an operator wants to hear of.
    tell(env, true);
  }
}

export class Account extends DurableObject {
  fetch(request) {
    return reply(this.env, async () => {
      const name = new URL(request.url).pathname.slice(1);
      const command = await request.text();
      return wait((wasm) => wasm.account(this.env, this.ctx.storage, name, command));
    });
  }

  alarm() {
    return rung(this, () => wait((wasm) => wasm.account_due(this.env, this.ctx.storage, this.ctx.id.name)));
  }
}

export class Network extends DurableObject {
  // How often it was asked since when, in ten seconds at the most. What is lost with the object's memory was not hot.
  since = 0;
  asked = 0;

  fetch(request) {
    return reply(this.env, async () => {
      const command = await request.text();
      const now = Date.now();
      if (now - this.since >= 10_000) [this.since, this.asked] = [now, 0];
      this.asked += 1;
      return call((wasm) => wasm.network(this.ctx.storage, command, this.asked));
    });
  }

  alarm() {
    return rung(this, async () => call((wasm) => wasm.network_due(this.ctx.storage)));
  }
}

export class Crowd extends DurableObject {
  fetch(request) {
    return reply(this.env, async () => {
      const command = await request.text();
      return call((wasm) => wasm.crowd(this.env, this.ctx.storage, command));
    });
  }

  alarm() {
    return rung(this, () => wait((wasm) => wasm.crowd_due(this.env, this.ctx.storage, this.ctx.id.name)));
  }
}

export class Staff extends DurableObject {
  fetch(request) {
    return reply(this.env, async () => {
      const command = await request.text();
      return wait((wasm) => wasm.staff(this.env, this.ctx.storage, command));
    });
  }

  alarm() {
    return rung(this, () => wait((wasm) => wasm.staff_due(this.env, this.ctx.storage)));
  }
}

export class Name extends DurableObject {
  fetch(request) {
    return reply(this.env, async () => {
      const command = await request.text();
      return call((wasm) => wasm.name(this.ctx.storage, command));
    });
  }
}
