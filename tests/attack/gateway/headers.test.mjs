// Headers an attacker may send: none may speak for somebody, and none may open a way that the session does not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { claims } from "../../edge/worker.mjs";
import { BELIEVED } from "./believed.mjs";
import { Gate } from "./gate.mjs";

let gate;
before(async () => (gate = await Gate.start()));
after(() => gate?.stop());

/** Every header whose value the origin must never see from outside. */
const NAMES = Object.values(BELIEVED).flat().map((name) => name.toLowerCase());

/** The spellings of a name: as it is, in capitals, mixed, with each `-` as `_`, and with all of them so, or as `.`. */
function spellings(name) {
  const capitals = name.replace(/(^|-)(\w)/g, (_, dash, letter) => dash + letter.toUpperCase());
  const single = [...name.matchAll(/-/g)].map(({ index }) => `${name.slice(0, index)}_${name.slice(index + 1)}`);
  return [...new Set([name, name.toUpperCase(), capitals, ...single, name.replaceAll("-", "_"), capitals.replaceAll("-", "_"), name.replaceAll("-", ".")])];
}

test("no spelling of an identity header comes through, alone, doubled or named as hop-by-hop", async () => {
  for (const name of NAMES.flatMap(spellings)) {
    const forged = `${name}: forged-by-the-client`;
    for (const lines of [[forged], [forged, forged], [`Connection: keep-alive, ${name}`, forged]]) {
      const before = gate.origin.forwarded.length;
      const answer = await gate.raw(["GET /security HTTP/1.1", ...lines]);
      if (gate.origin.forwarded.length === before) {
        assert.ok(answer.status >= 400, `${lines}: ${answer.text}`);
        continue;
      }
      const { rawHeaders } = gate.origin.last;
      assert.ok(!JSON.stringify(rawHeaders).includes("forged-by-the-client"), `${lines}: ${rawHeaders}`);
      assert.equal((await claims(gate.origin.last, gate.url)).sub, undefined, String(lines));
    }
  }
});

test("with a session beside it, a forged header changes neither who it is nor where it goes", async () => {
  const customer = await gate.customer();
  const forged = NAMES.flatMap(spellings).map((name) => `${name}: forged-by-the-client`);
  const answer = await gate.raw(["GET /home HTTP/1.1", `Cookie: __Host-sekisho=${customer.cookie}`, ...forged]);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(!JSON.stringify(gate.origin.last.rawHeaders).includes("forged-by-the-client"));
  assert.equal((await claims(gate.origin.last, gate.url)).sub, customer.number);
  assert.equal(gate.origin.last.url, "/home");
});

test("no header says that another path, method or host was meant", async () => {
  for (const line of [
    "X-Forwarded-Uri: /security", "X-Original-URL: /security", "X-Rewrite-URL: /security", "X-Forwarded-Path: /security", "X-Original-URI: /security",
    "X-HTTP-Method-Override: OPTIONS", "X-Forwarded-Method: OPTIONS", "X-Forwarded-Prefix: /assets", "X-Forwarded-Host: localhost", "X-Auth-Request-Redirect: /security",
    "X-Forwarded-User: admin", "X-Remote-User: admin", "Remote-User: admin", "X-Forwarded-Access-Token: x", "Authorization: Bearer x", "Authorization: Basic YWRtaW46YWRtaW4=",
    "X-Forwarded-Proto: https", "Forwarded: for=127.0.0.1;proto=https;host=localhost", "X-Internal: 1", "CF-Worker: sekisho", "Sec-Purpose: prefetch", "Purpose: prefetch",
  ]) {
    await gate.refused(["GET /home HTTP/1.1", line], line);
    await gate.refused(["GET /internal/verify HTTP/1.1", line], line);
  }
});

test("no user agent and no method opens what a session opens", async () => {
  for (const agent of ["kube-probe/1.30", "GoogleHC/1.0", "ELB-HealthChecker/2.0", "Googlebot/2.1", "Prometheus/2.5", "Envoy/HC", "sekisho", ""]) {
    await gate.refused(["GET /home HTTP/1.1", `User-Agent: ${agent}`], agent);
  }
  const preflight = ["Origin: https://look-alike.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"];
  for (const method of ["OPTIONS", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "TRACE", "GEt", "FOO"]) {
    const answer = await gate.refused([`${method} /home HTTP/1.1`, ...preflight, "Content-Length: 0"], method);
    assert.doesNotMatch(answer.text, /access-control-allow/i, method);
  }
});

test("no origin is allowed to read across", async () => {
  const usual = gate.origin.answer;
  gate.origin.answer = ({ headers }, response) =>
    response.writeHead(200, { "access-control-allow-origin": headers.origin ?? "*", "access-control-allow-credentials": "true", vary: "origin" }).end("page");
  const { cookie } = await gate.customer();
  try {
    for (const path of ["/security", "/home", "/.sekisho/site", "/.sekisho/session", "/.well-known/jwks.json"]) {
      for (const other of ["https://look-alike.example", "null", gate.url]) {
        for (const method of ["GET", "OPTIONS"]) {
          const lines = [`${method} ${path} HTTP/1.1`, `Origin: ${other}`, `Cookie: __Host-sekisho=${cookie}`, "Sec-Fetch-Site: cross-site", "Access-Control-Request-Method: GET"];
          assert.doesNotMatch((await gate.raw(lines)).text, /^access-control-allow-origin:/im, `${method} ${path} ${other}`);
        }
      }
    }
  } finally {
    gate.origin.answer = usual;
  }
});

test("what the edge alone may ask of the origin is not to be had from outside, whatever token comes along", async () => {
  const token = `Authorization: Bearer ${gate.worker.secrets.SEKISHO_ORIGIN_TOKEN}`;
  for (const path of ["/internal", "/internal/", "/internal/verify", "/internal/mail/v1/send", "/INTERNAL/verify", "/Internal/verify", "/healthz", "/HealthZ"]) {
    for (const method of ["GET", "POST"]) await gate.refused([`${method} ${path} HTTP/1.1`, token, "Content-Length: 0"], `${method} ${path}`);
  }
  for (const line of ["X: y", "Authorization: Bearer", "Authorization: Bearer undefined", token]) {
    const lines = ["POST /.sekisho/ops/import HTTP/1.1", "Content-Type: application/json", `Origin: ${gate.url}`, "Content-Length: 16", line];
    assert.equal((await gate.raw(lines, '{"customers":[]}')).status, 401, line);
  }
});
