// The worker alone on workerd, before an origin that the test itself is: it records what reaches it.

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import http from "node:http";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../tools/house/child.mjs";
import * as layout from "../tools/house/layout.mjs";
import { freshSecrets } from "../tools/house/secrets.mjs";
import { startWorkerd } from "../tools/house/workerd.mjs";
import { send } from "./visitor.mjs";

/**
 * The claims of the one statement on a request, once its signature is found good under the published keys.
 *
 * @param {{headers: Record<string, string>, rawHeaders: string[]}} request as the origin recorded it
 * @param {string} site the worker's address
 */
export async function claims(request, site) {
  const lines = request.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  assert.equal(lines.filter((name) => name.replaceAll("_", "-") === "sekisho-assertion").length, 1, "exactly one statement");
  const [head, body, signature] = request.headers["sekisho-assertion"].split(".");
  const header = JSON.parse(Buffer.from(head, "base64url"));
  assert.equal(header.alg, "ES256");
  assert.equal(header.typ, "sekisho-assertion+jwt");
  const { keys } = (await send(site, { path: "/.well-known/jwks.json" })).json;
  const jwk = keys.find((key) => key.kid === header.kid);
  assert.ok(!("d" in jwk), "a private key is published");
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const signed = Buffer.from(`${head}.${body}`);
  assert.ok(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")));
  return JSON.parse(Buffer.from(body, "base64url"));
}

/** Whether the worker itself sends it: a letter or an event, under a key of its own. */
const isOwn = ({ method, headers }) => method === "POST" && "idempotency-key" in headers;

/** An origin that keeps every request and answers as `answer` says. */
export class RecordingOrigin {
  /** @type {{method: string, url: string, headers: Record<string, string>, rawHeaders: string[], body: string}[]} */
  requests = [];
  /** How it answers: `(request, response)`. */
  answer = (_, response) => response.end("the origin");

  async start() {
    this.server = http.createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers, rawHeaders } = request;
        const kept = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString("utf8") };
        this.requests.push(kept);
        if (isOwn(kept)) response.writeHead(202).end("{}");
        else this.answer(kept, response);
      });
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  /** What was forwarded: every request that is not one of the worker's own, whose time nobody knows. */
  get forwarded() {
    return this.requests.filter((request) => !isOwn(request));
  }

  /** The last request that was forwarded. */
  get last() {
    return this.forwarded.at(-1);
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** A config by which a login leads straight on, without asking for a mail address. */
export const straight = (toml) => toml.replace(/^page = "\/address"/m, "");
/** And one by which the origin holds no password: it is asked about none, and no failed login waits for it. */
const adopted = (toml) => toml.replace(/^\[elsewhere\][^[]*/m, "");

/**
 * Starts the worker before `origin`.
 *
 * @param {string} origin the origin's address
 * @param {object} [options]
 * @param {(toml: string) => string} [options.config] changes the demo's config, in which logins lead straight on
 * @param {string} [options.authenticators] what the operator knows of authenticator models
 * @param {string} [options.networks] what the operator knows of networks
 * @param {string} [options.around] a module to stand before the built worker, which it imports as `./edge.js`
 * @param {Record<string, string>} [options.secrets] replaces some of the secrets
 * @param {{key: string, certificate: string}} [options.keys] PEM files: serves https
 * @param {(all: object) => object} [options.platform] changes what the platform binds
 */
export async function startWorker(origin, { config = (toml) => toml, authenticators, networks, around, secrets = {}, keys, platform = (all) => all } = {}) {
  const state = mkdtempSync(join(tmpdir(), "sekisho-edge-"));
  const port = await freePort();
  const url = `${keys ? "https" : "http"}://localhost:${port}`;
  const built = layout.artefact("edge");
  let directory = built;
  if (around !== undefined) {
    directory = mkdtempSync(join(tmpdir(), "sekisho-around-"));
    writeFileSync(join(directory, "index.js"), around);
    copyFileSync(join(built, "index.js"), join(directory, "edge.js"));
    for (const name of ["index_bg.wasm", "authenticators.json", "networks.txt", "sekisho.json", "staff.html"]) copyFileSync(join(built, name), join(directory, name));
  }
  const kept = { ...freshSecrets(), ...secrets };
  const texts = { "sekisho.json": layout.laid(config(adopted(straight(layout.demoConfig(url, origin))))) };
  if (authenticators !== undefined) texts["authenticators.json"] = authenticators;
  if (networks !== undefined) texts["networks.txt"] = networks;
  const child = await startWorkerd({ directory, state, port, environment: kept, texts, platform: platform(layout.platform()), keys });
  return {
    url,
    secrets: kept,
    state,
    child,
    async stop() {
      await child.stop();
      rmSync(state, { recursive: true, force: true });
      if (around !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
