// A browser that binds sessions (W3C DBSC), as the gate sees one: a cookie jar, a key in software, and what it was told.

import { generateKeyPairSync, sign } from "node:crypto";
import { send } from "../visitor.mjs";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A `dbsc+jwt` over `challenge`; `jwk` where the key is not known yet. */
export function proof({ privateKey, alg = "ES256" }, challenge, jwk) {
  const signed = `${encode({ alg, typ: "dbsc+jwt", ...(jwk && { jwk }) })}.${encode({ jti: challenge })}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** A fresh key of either kind that browsers have. */
export function newKey(alg = "ES256") {
  const pair = alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...pair, alg, jwk: pair.publicKey.export({ format: "jwk" }) };
}

export class Browser {
  /** @param {string} base the worker's address */
  constructor(base, headers = {}) {
    this.base = base;
    this.headers = headers;
    /** @type {Map<string, string>} */
    this.jar = new Map();
  }

  /** Another browser with copies of these cookies, of those named where any are. */
  copy(names = [...this.jar.keys()]) {
    const copied = new Browser(this.base, this.headers);
    for (const name of names) copied.jar.set(name, this.jar.get(name));
    return copied;
  }

  async #send(request) {
    const cookie = [...this.jar].map((pair) => pair.join("=")).join("; ");
    const answer = await send(this.base, { ...request, headers: { ...(cookie && { cookie }), ...this.headers, ...request.headers } });
    for (const line of answer.cookies) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (value === "") this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }

  navigate(path, headers = {}) {
    return this.#send({ path, headers: { accept: "text/html", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", ...headers } });
  }

  get(path) {
    return this.#send({ path, headers: { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" } });
  }

  post(path, value) {
    const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" };
    return this.#send({ method: "POST", path, headers, body: JSON.stringify(value) });
  }

  /** Sends a page's form. */
  submit(path, body) {
    const headers = { accept: "text/html", "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" };
    return this.#send({ method: "POST", path, headers, body });
  }

  /** What the network stack asks by itself. */
  byItself(path, headers) {
    return this.#send({ method: "POST", path, headers });
  }

  /** Takes the offer of `answer` up. */
  async register(answer, key = newKey()) {
    const offer = answer.headers["secure-session-registration"];
    const [, path, challenge] = offer.match(/^\(ES256 RS256\);path="([^"]+)";challenge="([^"]+)"$/);
    const registered = await this.byItself(path, { "secure-session-response": proof(key, challenge, key.jwk) });
    if (registered.status === 200) Object.assign(this, { key, instructions: registered.json });
    return registered;
  }

  /** Asks for the bound cookie anew, with a proof where there is one. */
  refresh(text) {
    const { session_identifier: id, refresh_url: path } = this.instructions;
    return this.byItself(path, { "sec-secure-session-id": `"${id}"`, ...(text && { "secure-session-response": text }) });
  }

  /** Signs what it is asked to. */
  async renew() {
    const asked = await this.refresh();
    return asked.status === 403 ? this.refresh(proof(this.key, challengeOf(asked))) : asked;
  }
}

export const challengeOf = (answer) => answer.headers["secure-session-challenge"]?.match(/^"([^"]+)";id="[0-9a-f]{32}"$/)?.[1];
