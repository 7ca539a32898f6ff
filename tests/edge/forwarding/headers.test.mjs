// What browsers are told with every answer: strict by default, otherwise as `[headers]` says, on pages and refusals alike.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

let origin, strict, loose, nonced;
before(async () => {
  origin = await new RecordingOrigin().start();
  origin.answer = (_, response) =>
    response.writeHead(200, { "referrer-policy": "unsafe-url", "content-security-policy": "default-src 'self'" }).end("page");
  strict = await startWorker(origin.url);
  loose = await startWorker(origin.url, {
    config: (toml) =>
      toml
        .replace('frames = "DENY"', 'frames = "SAMEORIGIN"')
        .replace('opener = "same-origin"', 'opener = "same-origin-allow-popups"')
        .replace('cors = "closed"', 'cors = "origin"')
        .replace('csp_mode = "enforce"', 'csp = ["default-src \'none\'", "report-to csp"]\ncsp_mode = "report-only"')
        .replace('logout_clears = ["cache"]', 'logout_clears = ["cache", "storage"]'),
  });
  nonced = await startWorker(origin.url, {
    config: (toml) => toml.replace('csp_mode = "enforce"', `csp = ["script-src 'nonce' 'strict-dynamic'"]`),
  });
});
after(async () => {
  await Promise.all([strict?.stop(), loose?.stop(), nonced?.stop()]);
  await origin?.stop();
});

const NAMES = [
  "x-content-type-options", "x-frame-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
];
const told = ({ headers }) => NAMES.map((name) => headers[name]);

test("every answer is strict: a page that passes, one that is refused, one of ours", async () => {
  const visitor = await customer(strict.url);
  const answers = [
    await visitor.navigate("/home"), await visitor.get("/security"), await visitor.navigate("/internal/x"),
    await visitor.get("/internal/x"), await visitor.get("/.sekisho/me"), await new Visitor(strict.url).navigate("/home"),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 404, 404, 200, 303]);
  for (const answer of answers) {
    assert.deepEqual(told(answer), ["nosniff", "DENY", "strict-origin-when-cross-origin", "same-origin", "same-origin"]);
    const permissions = answer.headers["permissions-policy"];
    for (const part of ["camera=()", "payment=()", "publickey-credentials-get=(self)", "publickey-credentials-create=(self)"]) {
      assert.ok(permissions.split(", ").includes(part), `${part} in ${permissions}`);
    }
    assert.equal(answer.headers["strict-transport-security"], undefined, "plain http on localhost");
    assert.equal(answer.headers["content-security-policy-report-only"], undefined);
  }
  const ours = /^script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/;
  const policies = answers.map(({ headers }) => headers["content-security-policy"]);
  for (const at of [0, 1]) {
    const [theirs, beside, ...more] = policies[at].split(", ");
    assert.equal(theirs, "default-src 'self'", "the application's own policy stands");
    assert.match(beside, ours, "and ours beside it");
    assert.equal(more.length, 0);
  }
  assert.match(policies[2], /^default-src 'none'; style-src 'sha256-[^,]*$/, "a page of ours has its own alone");
  for (const at of [3, 4, 5]) assert.match(policies[at], ours);
  const out = await visitor.post("/.sekisho/logout", {});
  assert.equal(out.headers["clear-site-data"], '"cache"');
});

test("a site's own words, and a policy that is only reported at first", async () => {
  const visitor = await customer(loose.url);
  for (const answer of [await visitor.navigate("/home"), await visitor.navigate("/home"), await visitor.get("/.sekisho/me")]) {
    assert.deepEqual(told(answer).slice(1, 4), ["SAMEORIGIN", "strict-origin-when-cross-origin", "same-origin-allow-popups"]);
    assert.equal(answer.headers["content-security-policy-report-only"], "default-src 'none'; report-to csp");
  }
  const out = await visitor.post("/.sekisho/logout", {});
  assert.equal(out.headers["clear-site-data"], '"cache", "storage"');
});

/** A text's bytes in UTF-8, a character each, as they are written to the line. */
const latin = (text) => Buffer.from(text).toString("latin1");

test("our own cookies stay here, and every other goes on byte for byte", async () => {
  const { cookie, ...visitor } = await customer(strict.url);
  assert.ok(visitor.number);
  const ours = `__Host-sekisho=${cookie}`;
  const others = 'a=1;b=2;  c="x, y" ; __Host-other=1; my__Host-sekisho=2; d=__Host-sekisho=3; __Host-sekish=4';
  for (const [sent, forwarded] of [
    [ours, undefined],
    [`theme=dark; ${ours}`, "theme=dark"],
    [`${ours}; theme=dark`, "theme=dark"],
    [`__Host-sekisho-device=x; a=1; ${ours}; __Host-sekisho-bound=y;__Host-sekisho-parked=z.1${others.slice(3)}`, others],
    [`a=1, ${ours}`, "a=1"],
    [`a=${latin("日本")}; ${ours}; b=${latin("é")}`, `a=${latin("日本")}; b=${latin("é")}`],
  ]) {
    const answer = await new Visitor(strict.url).get("/home", { cookie: sent });
    assert.equal(answer.status, 200, sent);
    assert.equal(origin.last.headers.cookie, forwarded, sent);
  }
  await new Visitor(strict.url).get("/security", { cookie: others });
  assert.equal(origin.last.headers.cookie, others, "where none is ours nothing is touched");
});

test("a page that the browser has kept stays under the policy, and the nonce, that it came with", async () => {
  for (const [site, policy] of [[nonced, /'nonce-/], [strict, /^img-src 'none', script-src 'self'/]]) await kept(site, policy);
});

async function kept(site, policy) {
  const visitor = await customer(site.url);
  const usual = origin.answer;
  origin.answer = (request, response) => {
    const kept = request.headers["if-none-match"] === '"7"';
    response.writeHead(kept ? 304 : 200, { etag: '"7"', "cache-control": "no-cache", "content-security-policy": "img-src 'none'" }).end(kept ? undefined : "page");
  };
  try {
    const first = await visitor.navigate("/security");
    assert.match(first.headers["content-security-policy"], policy);
    const again = await visitor.navigate("/security", { "if-none-match": '"7"' });
    assert.deepEqual([again.status, again.headers.etag, again.headers["content-security-policy"]], [304, '"7"', undefined]);
  } finally {
    origin.answer = usual;
  }
}

test("no customer's page is kept anywhere; on a public one the application's word stands, where it says one", async () => {
  const [visitor, nobody] = [await customer(strict.url), new Visitor(strict.url)];
  const usual = origin.answer;
  try {
    for (const says of [undefined, "public, max-age=600"]) {
      origin.answer = (_, response) => response.writeHead(200, says && { "cache-control": says }).end("page");
      // More than once: the cookie is remembered by then, and must lead to the same.
      for (let time = 0; time < 3; time += 1) {
        assert.equal((await visitor.get("/home")).headers["cache-control"], "no-store", says);
        const asset = await visitor.get("/assets/a.css");
        assert.equal(asset.headers["cache-control"], says ?? "no-store");
        assert.equal("sekisho-session" in asset.headers, says === undefined, "what others may keep tells of no session");
        assert.equal((await nobody.get("/assets/a.css")).headers["cache-control"], says);
      }
    }
  } finally {
    origin.answer = usual;
  }
});

test("what is asked in a customer's name is asked past the platform's cache, and a visitor's request is as it came", async () => {
  const [visitor, nobody] = [await customer(strict.url), new Visitor(strict.url)];
  const asked = async (who, path, headers) => {
    assert.equal((await who.get(path, headers)).status, 200);
    return [origin.last.headers["cache-control"], origin.last.headers.pragma];
  };
  for (const path of ["/home", "/home/report.pdf", "/assets/a.css"]) {
    assert.deepEqual(await asked(visitor, path), ["no-cache", "no-cache"], path);
    assert.deepEqual(await asked(visitor, path, { "cache-control": "max-age=0" }), ["max-age=0", "no-cache"], path);
  }
  assert.deepEqual(await asked(nobody, "/assets/a.css"), [undefined, undefined]);
});

test("what the application says of other origins goes out where the site has it so, and nowhere else", async () => {
  const usual = origin.answer;
  origin.answer = (_, response) => response.writeHead(200, { "access-control-allow-origin": "https://partner.example" }).end("page");
  try {
    for (const [site, told] of [[strict, undefined], [loose, "https://partner.example"]]) {
      const visitor = await customer(site.url);
      for (const path of ["/home", "/home", "/security"]) assert.equal((await visitor.get(path)).headers["access-control-allow-origin"], told);
    }
  } finally {
    origin.answer = usual;
  }
});

test("each answer has a nonce of its own, and the application is told that one", async () => {
  const visitor = await customer(nonced.url);
  const seen = new Set();
  const of = ({ headers }) => /^(?:default-src 'self', )?script-src 'nonce-([A-Za-z0-9+/]{24})' 'strict-dynamic'$/.exec(headers["content-security-policy"])?.[1];
  for (const path of ["/home", "/home", "/home?a={nonce}", "/security"]) {
    const answer = await visitor.navigate(path, { "sekisho-nonce": "the-clients-own" });
    assert.equal(answer.status, 200);
    assert.equal(origin.last.headers["sekisho-nonce"], of(answer), path);
    assert.ok(origin.last.url === path || encodeURI(path) === origin.last.url, origin.last.url);
    seen.add(of(answer));
  }
  for (const answer of [await visitor.get("/.sekisho/me"), await visitor.get("/internal/x")]) seen.add(of(answer));
  assert.equal(seen.size, 6);
  // More than are drawn at once.
  for (let round = 0; round < 12; round += 1) {
    for (const answer of await Promise.all(Array.from({ length: 50 }, () => visitor.get("/security")))) seen.add(of(answer));
  }
  assert.equal(seen.size, 606);
  assert.ok(![...seen].includes(undefined));
  const strictly = await visitor.navigate("/internal/x");
  assert.match(strictly.headers["content-security-policy"], /^default-src 'none'/, "a page of the gate's keeps its own policy");
});
