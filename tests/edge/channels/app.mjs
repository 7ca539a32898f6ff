// An app that is no browser: a key of its own, and a proof by it for each request (DPoP, RFC 9449). And one that signs what it says it is.

import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { send } from "../visitor.mjs";

const base64url = (value) => Buffer.from(value).toString("base64url");

/** An app with its key, before the edge at `base`, whose address bar shows `site`. */
export class App {
  constructor(base, kind = "ec", site = base) {
    Object.assign(this, { base, site });
    const options = kind === "ec" ? ["ec", { namedCurve: "P-256" }] : ["rsa", { modulusLength: 2048 }];
    const { privateKey, publicKey } = generateKeyPairSync(...options);
    this.key = { key: privateKey, dsaEncoding: "ieee-p1363" };
    this.header = { typ: "dpop+jwt", alg: kind === "ec" ? "ES256" : "RS256", jwk: publicKey.export({ format: "jwk" }) };
  }

  proof(method, path, token, changes = {}) {
    const ath = token && { ath: createHash("sha256").update(token).digest("base64url") };
    const claims = { jti: randomUUID(), htm: method, htu: `${this.site}${path.split("?")[0]}`, iat: Math.floor(Date.now() / 1000), ...ath, ...changes };
    const signed = `${base64url(JSON.stringify(this.header))}.${base64url(JSON.stringify(claims))}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), this.key).toString("base64url")}`;
  }

  /** Sends a request by token, with a proof of its own or with `proof`. */
  send(method, path, token, { proof = this.proof(method, path, token), body, headers = {} } = {}) {
    const all = { authorization: `DPoP ${token}`, dpop: proof, accept: "*/*", origin: this.site, ...headers };
    if (body !== undefined) all["content-type"] = "application/json";
    return send(this.base, { method, path, headers: all, body });
  }
}

const mac = (key, text) => createHmac("sha256", key).update(text).digest("hex");

/** The header of an app that signs one request, under the key that is made of the worker's secret. */
export function signed(name, secrets, method, path) {
  const said = `${name} ${Math.floor(Date.now() / 1000)}`;
  return { "sekisho-app": `${said} ${mac(mac(secrets.SEKISHO_APP_KEYS, name), `${said} ${method} ${path}`)}` };
}
