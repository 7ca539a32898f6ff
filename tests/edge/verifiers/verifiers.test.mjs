// The readers of the statement that an application copies (www/verifiers, and axum's in the demo origin): each behind the
// real worker with a real session, each under one table of good and bad statements, each while the keys change.

import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Child, freePort } from "../../tools/house/child.mjs";
import { root, target } from "../../tools/house/layout.mjs";
import { startStack } from "../../tools/stack.mjs";
import { Visitor, customer, send } from "../visitor.mjs";
import { startWorker } from "../worker.mjs";

const AUDIENCE = "https://origin.example";
/** The tools' own Python, as tests/tools/install.sh makes it, with `cryptography` in it. */
const python = join(target, "python/bin/python3");
const VERIFIERS = [
  { name: "Node", program: [process.execPath, "www/verifiers/node/server.mjs"] },
  { name: "Python", program: [python, "www/verifiers/python/server.py"] },
];

/** Starts one of them; answers its address. */
async function start({ name, program: [command, file] }, port, environment) {
  const env = { AUDIENCE, PORT: String(port), ...environment };
  const child = new Child(name, command, [join(root, file)], { env });
  await child.line(/^listening on /);
  return { url: `http://127.0.0.1:${port}`, stop: () => child.stop() };
}

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const fresh = (kid) => ({ ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), kid });
const open = ({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid, use: "sig", alg: "ES256" });

/** A statement as the edge makes it. */
function make(header, claims, jwk) {
  const signed = `${encode(header)}.${encode(claims)}`;
  const { kty, crv, x, y, d } = jwk;
  const signature = sign("sha256", Buffer.from(signed), { key: { kty, crv, x, y, d }, format: "jwk", dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** The table: what is sent, by what it is; the good ones first. */
function table(issuer, jwk) {
  const now = Math.floor(Date.now() / 1000);
  const head = { alg: "ES256", typ: "sekisho-assertion+jwt", kid: jwk.kid };
  const anonymous = { iss: issuer, aud: AUDIENCE, iat: now, exp: now + 60, channel: "pc-main" };
  const claims = { ...anonymous, sub: "12345678", sid: "s", amr: ["pwd"], acr: "urn:sekisho:acr:single-factor", auth_time: now };
  const as = (header, body = {}, key = jwk) => make({ ...head, ...header }, { ...claims, ...body }, key);
  const good = as({});
  // Signed for one request: each use here has a name of its own, so that only what is said of it can be the reason.
  const once = { jti: randomUUID(), htm: "GET", htu: `${issuer}/home` };
  const forOne = (changes) => as({}, { ...once, jti: randomUUID(), ...changes });
  const [first, second, third] = good.split(".");
  const mac = (secret) => {
    const signed = `${encode({ ...head, alg: "HS256" })}.${encode(claims)}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  const publicKey = createPublicKey({ key: open(jwk), format: "jwk" });
  const der = sign("sha256", Buffer.from(`${first}.${second}`), { key: { ...jwk, key_ops: undefined }, format: "jwk" });
  // 64 bytes leave four bits of the last letter unused: the next letter of the alphabet decodes to the same signature.
  const alike = `${third.slice(0, -1)}${String.fromCharCode(third.charCodeAt(85) + 1)}`;
  return {
    good: {
      "a customer": good,
      "a visitor": make(head, anonymous, jwk),
      "over for less than the skew": as({}, { exp: now - 3 }),
      "made by a clock that is a little ahead": as({}, { iat: now + 3 }),
      "for this request": as({}, once),
    },
    bad: {
      "none at all": undefined, "an empty one": "", "no token": "..", "a bare word": "12345678",
      "alg none, unsigned": `${encode({ ...head, alg: "none" })}.${second}.`, "alg none, signed": as({ alg: "none" }),
      "alg NONE": `${encode({ ...head, alg: "NONE" })}.${second}.`, "no alg": as({ alg: undefined }), "alg in small letters": as({ alg: "es256" }),
      "HS256 under the public key as PEM": mac(publicKey.export({ type: "spki", format: "pem" })),
      "HS256 under the public key as DER": mac(publicKey.export({ type: "spki", format: "der" })),
      "HS256 under the public key as JWK": mac(JSON.stringify(open(jwk))), "HS256 under the point": mac(Buffer.from(jwk.x, "base64url")),
      "HS256 by name alone": as({ alg: "HS256" }), "ES384 by name": as({ alg: "ES384" }),
      "another aud": as({}, { aud: "https://other.example" }), "no aud": as({}, { aud: undefined }), "an aud that begins alike": as({}, { aud: `${AUDIENCE}.evil.example` }),
      "another iss": as({}, { iss: "https://look-alike.example" }), "no iss": as({}, { iss: undefined }), "iss with a slash": as({}, { iss: `${issuer}/` }),
      "typ JWT": as({ typ: "JWT" }), "no typ": as({ typ: undefined }), "a typ that begins alike": as({ typ: "sekisho-assertion+jwt2" }),
      "expired": as({}, { exp: now - 10 }), "without an end": as({}, { exp: undefined }), "an end that is a word": as({}, { exp: "never" }),
      "of the future": as({}, { iat: now + 60 }), "no iat": as({}, { iat: undefined }), "an empty sub": as({}, { sub: "" }), "a sub that is a number": as({}, { sub: 12345678 }),
      "another key under our kid": as({}, {}, fresh(jwk.kid)), "another key under its own kid": as({ kid: "other" }, {}, fresh("other")),
      "no kid": as({ kid: undefined }), "a kid that is a number": as({ kid: 1 }), "a kid of every object": as({ kid: "__proto__" }),
      "brings its key": as({ jwk: open(jwk) }), "says where its key is": as({ jku: "https://look-alike.example/jwks" }), "names what must be understood": as({ crit: ["exp"] }),
      "cut by a letter": good.slice(0, -1), "cut in the middle": good.slice(0, good.length / 2), "without a signature": `${first}.${second}.`, "two parts": `${first}.${second}`,
      "a part more": `${good}.${third}`, "a letter more": `${good}A`, "padded": `${good}==`, "a last letter that says the same": `${first}.${second}.${alike}`,
      "another body": `${first}.${encode({ ...claims, sub: "87654321" })}.${third}`, "another head": `${encode({ ...head, x: 1 })}.${second}.${third}`,
      "signed, but no object": make(head, "12345678", jwk), "signed in DER": `${first}.${second}.${der.toString("base64url")}`, "a signature of naught": `${first}.${second}.${encode("\0".repeat(64))}`,
      "too long": as({}, { sid: "s".repeat(5_000) }), "doubled": [good, good], "a good one behind a bad one": ["x", good], "joined by a comma": `${good},${good}`,
      "as a bearer token": `Bearer ${good}`, "the request that was": as({}, once), "the request that was, signed again": as({}, { ...once, exp: now + 61 }),
      "for another method": forOne({ htm: "POST" }), "for another path": forOne({ htu: `${issuer}/homes` }), "for another site": forOne({ htu: "https://other.example/home" }),
      "for a site that begins alike": forOne({ htu: `${issuer}.other.example/home` }), "for a path and a query": forOne({ htu: `${issuer}/home?x=1` }), "for a path alone": forOne({ htu: "/home" }),
      "for a request without a name": forOne({ jti: undefined }), "with an empty name": forOne({ jti: "" }), "with a number for a name": forOne({ jti: 1 }),
      "without a method": forOne({ htm: undefined }), "without a URL": forOne({ htu: undefined }),
    },
  };
}

const ask = (url, token) => send(url, { path: "/home", headers: token === undefined ? {} : { "sekisho-assertion": token } });

for (const verifier of VERIFIERS) {
  test(`behind the real worker, ${verifier.name}'s reader knows a customer from a visitor`, async () => {
    const port = await freePort();
    const config = (toml) => `${toml}\n[[routes]]\npath = "/terms"\ndemand = "public"\n[[routes]]\npath = "/withdraw"\njti = true\n`;
    const worker = await startWorker(`http://127.0.0.1:${port}`, { config });
    const origin = await start(verifier, port, { ISSUER: worker.url });
    try {
      const someone = await customer(worker.url);
      const home = await someone.get("/home");
      assert.equal(home.status, 200, home.text);
      assert.equal(home.json.sub, someone.number);
      assert.deepEqual(home.json.amr, ["pwd"]);
      assert.equal(home.json.iss, worker.url);
      const terms = await new Visitor(worker.url).get("/terms");
      assert.equal(terms.status, 200, terms.text);
      assert.ok(!("sub" in terms.json), "a visitor is nobody");
      assert.equal((await ask(origin.url)).status, 401, "around the gate nobody is let in");
      const names = new Set();
      for (const [method, path] of [["get", "/withdraw"], ["get", "/withdraw"], ["post", "/withdraw/a%20b?x=1"], ["get", "/Withdraw"]]) {
        const answer = await someone[method](path, {});
        assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`);
        const { jti, htm, htu, sub } = answer.json;
        assert.deepEqual([htm, htu, sub], [method.toUpperCase(), worker.url + path.split("?")[0], someone.number]);
        names.add(jti);
      }
      assert.equal(names.size, 4, "no two requests share a name");
      assert.ok(!("jti" in (await someone.get("/home")).json), "only where the route has it so");
    } finally {
      await worker.stop();
      await origin.stop();
    }
  });

  test(`${verifier.name}'s reader follows the keys, and leaves the gate in peace`, async () => {
    const [old, young] = [fresh("old"), fresh("young")];
    let published = { status: 200, keys: [old] };
    let fetched = 0;
    const gate = createServer((_, response) => {
      fetched += 1;
      const headers = { "content-type": "application/json", ...(published.to && { location: published.to }) };
      response.writeHead(published.status, headers).end(JSON.stringify({ keys: (published.keys ?? []).map(open) }));
    });
    await new Promise((resolve) => gate.listen(0, "127.0.0.1", resolve));
    const issuer = `http://127.0.0.1:${gate.address().port}`;
    const [FRESH, STALE, PAUSE] = [1_200, 3_000, 400];
    const times = Object.fromEntries(Object.entries({ FRESH, STALE, PAUSE }).map(([name, ms]) => [name, String(ms)]));
    const origin = await start(verifier, await freePort(), { ISSUER: issuer, JWKS: `${issuer}/keys`, ...times });
    const status = async (jwk) => (await ask(origin.url, table(issuer, jwk).good["a customer"])).status;
    try {
      const many = await Promise.all(Array.from({ length: 8 }, () => status(old)));
      assert.deepEqual([...new Set(many)], [200]);
      assert.equal(fetched, 1, "the keys are fetched once");
      for (let at = 0; at < 20; at += 1) await status(fresh(`made-up-${at}`));
      assert.ok(fetched <= 3, `made-up names had the keys fetched ${fetched} times`);

      published = { status: 200, keys: [young, old] };
      await pause(PAUSE + 50);
      assert.equal(await status(young), 200, "a new key arrives when it is named");
      published = { status: 200, keys: [young] };
      await pause(FRESH + 50);
      assert.equal(await status(young), 200);
      assert.equal(await status(old), 401, "a withdrawn key is trusted no longer than keys are kept");

      published = { status: 500 };
      await pause(FRESH + 50);
      assert.equal(await status(young), 200, "the old keys serve while they cannot be fetched");
      published = { status: 302, to: `${issuer}/elsewhere`, keys: [young] };
      await pause(STALE - FRESH + 50);
      assert.equal(await status(young), 503, "but not for ever, and no redirect is followed");
      published = { status: 200, keys: [young] };
      await pause(PAUSE + 50);
      assert.equal(await status(young), 200);
    } finally {
      await origin.stop();
      gate.closeAllConnections();
      gate.close();
    }
  });
}

describe("one table for all readers", () => {
  let stack;
  const origins = new Map();
  before(async () => {
    stack = await startStack({ seed: false });
    origins.set("axum", { url: stack.origin, stop: () => {} });
    for (const verifier of VERIFIERS) {
      origins.set(verifier.name, await start(verifier, await freePort(), { ISSUER: stack.url }));
    }
  });
  after(async () => {
    for (const origin of origins.values()) await origin.stop();
    await stack?.stop();
  });

  for (const { name } of [{ name: "axum" }, ...VERIFIERS]) {
    test(`${name}'s reader takes the good ones and refuses every other`, async () => {
      const { url } = origins.get(name);
      const { good, bad } = table(stack.url, JSON.parse(stack.secrets.SEKISHO_JWT_KEYS)[0]);
      for (const [what, token] of Object.entries(good)) {
        const { status, json } = await ask(url, token);
        // To a visitor the demo origin's home answers 401 as well, with another code.
        const taken = name === "axum" ? json?.code !== "unasserted" : status === 200;
        assert.ok(taken, `${what}: ${status}`);
      }
      for (const [what, token] of Object.entries(bad)) assert.equal((await ask(url, token)).status, 401, what);
      assert.ok(Object.keys(bad).length > 50);
      assert.ok((await ask(url, good["a customer"])).json?.code !== "unasserted", "the reader still reads");
    });
  }
});
