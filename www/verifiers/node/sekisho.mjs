// Sekisho-Assertion for Node: who is asking, as the gate signed it, or a refusal. To copy into an application.
//
//   app.use(sekisho({ issuer: "https://www.example.com", audience: "https://origin.example" }));
//   app.get("/balance", (request, response) => response.json(balance(request.sekisho.sub)));

import { createPublicKey, verify } from "node:crypto";

const HEADER = "sekisho-assertion";
const TYPE = "sekisho-assertion+jwt"; // no other token of the same keys can be passed off as a statement (RFC 8725, 3.11)
const SKEW = 5; // seconds by which the gate's clock and ours may differ
const LONGEST = 4096; // a longer header is not read
const LARGEST = 64 * 1024; // nor a larger key set
const PART = /^[A-Za-z0-9_-]+$/;

/** A statement that is not to be believed. */
export class Refused extends Error {}
/** The gate's keys cannot be had, so nothing can be judged. */
export class KeysUnreachable extends Error {}

/** The gate's public keys, fetched when one is asked for that is not there. */
class Keys {
  #byKid = new Map();
  #fetched = -Infinity;
  #tried = -Infinity;
  #turn; // one fetch at a time: a burst of requests after a rotation asks the gate once

  constructor({ jwks, fresh, stale, pause }) {
    Object.assign(this, { jwks, fresh, stale, pause });
  }

  /** The key named `kid`, or nothing where the gate does not publish it. */
  async find(kid) {
    const age = () => performance.now() - this.#fetched;
    const known = age() < this.fresh && this.#byKid.get(kid);
    if (known) return known;
    // Made-up names must not turn us against the gate: between two fetches there is a pause.
    if (!this.#turn && performance.now() - this.#tried >= this.pause) {
      this.#tried = performance.now();
      this.#turn = this.#fetch().finally(() => (this.#turn = undefined));
    }
    await this.#turn;
    if (age() >= this.stale) throw new KeysUnreachable("the gate's keys could not be fetched");
    return this.#byKid.get(kid);
  }

  async #fetch() {
    try {
      const answer = await fetch(this.jwks, { redirect: "error", signal: AbortSignal.timeout(3_000) });
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      const text = await answer.text();
      if (text.length > LARGEST) throw new Error("is too large");
      const usable = JSON.parse(text).keys.filter(
        (jwk) => jwk.kty === "EC" && jwk.crv === "P-256" && jwk.use !== "enc" && typeof jwk.kid === "string",
      );
      // The public part alone, whatever else stands in the set.
      const load = ({ kty, crv, x, y }) => createPublicKey({ key: { kty, crv, x, y }, format: "jwk" });
      this.#byKid = new Map(usable.map((jwk) => [jwk.kid, load(jwk)]));
      this.#fetched = performance.now();
    } catch (fault) {
      console.error(`sekisho: ${this.jwks}: ${fault.message}`);
    }
  }
}

/** The requests that a statement was signed for alone, until it is out of date. Several processes need one place for all. */
class Seen {
  #ends = new Map();

  /** Notes `id`; false where it was noted before. */
  add(id, end, now) {
    // The oldest stand first, and all last alike.
    for (const [old, over] of this.#ends) {
      if (over > now) break;
      this.#ends.delete(old);
    }
    if (this.#ends.has(id)) return false;
    this.#ends.set(id, end);
    return true;
  }
}

/** The JSON object in one part of a token. */
function object(part) {
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(part, "base64url")));
  } catch {
    throw new Refused("a part is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refused("a part is no object");
  return value;
}

/** Judges the token of one request; answers its claims or throws. */
async function judge(token, keys, seen, request, { issuer, audience }) {
  const parts = token.length <= LONGEST ? token.split(".") : [];
  if (parts.length !== 3 || !parts.every((part) => PART.test(part))) throw new Refused("it is no token");
  const [head, body, mark] = parts;
  const header = object(head);
  if (header.alg !== "ES256" || header.typ !== TYPE) throw new Refused("it is of another kind");
  // Neither keys nor rules are taken from the token itself.
  if (["crit", "jku", "jwk", "x5u", "x5c"].some((name) => name in header)) throw new Refused("it brings its own key");
  if (typeof header.kid !== "string") throw new Refused("it names no key");
  const key = await keys.find(header.kid);
  if (!key) throw new Refused("its key is not published");
  const signature = Buffer.from(mark, "base64url");
  // One spelling of the signature only, so that a token cannot be bent into another one that is believed too.
  const plain = signature.length === 64 && signature.toString("base64url") === mark;
  if (!plain || !verify("sha256", `${head}.${body}`, { key, dsaEncoding: "ieee-p1363" }, signature)) {
    throw new Refused("its signature is wrong");
  }
  const claims = object(body);
  if (claims.iss !== issuer || claims.aud !== audience) throw new Refused("it is not for us");
  const now = Date.now() / 1000;
  if (!Number.isInteger(claims.exp) || now >= claims.exp + SKEW) throw new Refused("it is out of date");
  if (!Number.isInteger(claims.iat) || claims.iat > now + SKEW) throw new Refused("it is of the future");
  if ("sub" in claims && (typeof claims.sub !== "string" || claims.sub === "")) throw new Refused("it names nobody");
  if (["jti", "htm", "htu"].some((name) => name in claims)) {
    const here = issuer + (request.originalUrl ?? request.url).split("?")[0];
    if (claims.htm !== request.method || claims.htu !== here) throw new Refused("it is for another request");
    if (typeof claims.jti !== "string" || claims.jti === "") throw new Refused("it has no name");
    if (!seen.add(claims.jti, claims.exp + SKEW, now)) throw new Refused("it was used before");
  }
  return claims;
}

/**
 * Middleware that lets a request pass with its claims as `request.sekisho`, or refuses it.
 *
 * @param {object} options
 * @param {string} options.issuer the site as the browser's address bar shows it
 * @param {string} options.audience `origin.audience` of the gate's config
 * @param {string} [options.jwks] where the keys are, if not at the site itself
 * @param {number} [options.fresh] milliseconds for which keys are kept; withdrawn ones are trusted no longer
 * @param {number} [options.stale] milliseconds for which they serve when they cannot be fetched anew
 * @param {number} [options.pause] milliseconds between two fetches
 */
export function sekisho({ issuer, audience, jwks = `${issuer}/.well-known/jwks.json`, fresh = 600_000, stale = 3_600_000, pause = 2_000 }) {
  if (!issuer || !audience) throw new TypeError("sekisho: issuer and audience are needed");
  const [keys, seen] = [new Keys({ jwks, fresh, stale, pause }), new Seen()];
  return async (request, response, next) => {
    try {
      // Node joins what was sent twice; only here can be seen that it was.
      const sent = request.headersDistinct[HEADER] ?? [];
      if (sent.length !== 1) throw new Refused("exactly one statement is needed");
      request.sekisho = await judge(sent[0], keys, seen, request, { issuer, audience });
    } catch (fault) {
      // A fault that nobody thought of opens nothing either; why a statement was refused is not the sender's to know.
      const status = fault instanceof KeysUnreachable ? 503 : fault instanceof Refused ? 401 : 500;
      response.writeHead(status, { "content-type": "application/problem+json", "cache-control": "no-store" });
      return response.end(JSON.stringify({ status, title: "A valid Sekisho-Assertion is needed." }));
    }
    return next();
  };
}
