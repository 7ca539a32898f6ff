// The README's steps to a site of one's own, as far as they go without an account: a folder with the copied files, its secrets, the
// worker laid in it, and wrangler's own reading of it all. What is refused leaves nothing that could be deployed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseEnv } from "node:util";
import { parse } from "smol-toml";
import * as layout from "../../tools/house/layout.mjs";

const LAID = ["authenticators.json", "index.js", "index_bg.wasm", "networks.txt", "sekisho.json", "staff.html"];
const COPIED = ["sekisho.toml", "sekisho.schema.json", "wrangler.toml"];
const ROUTES = 'routes = ["www.example.com/*", "staff.example.com/*"]\n';

let site;
const at = (...names) => join(site, ...names);
const text = (name) => readFileSync(at(name), "utf8");
const edit = (name, change) => writeFileSync(at(name), change(text(name)));
before(() => {
  site = mkdtempSync(join(tmpdir(), "sekisho-site-"));
  for (const name of COPIED) copyFileSync(join(layout.root, "edge", name), at(name));
  const own = { "http://localhost:8787": "https://www.example.com", "http://127.0.0.1:8788": "https://app.example.com", 'rp_id = "localhost"': 'rp_id = "example.com"' };
  edit("sekisho.toml", (toml) => `${Object.entries(own).reduce((text, [from, to]) => text.replaceAll(from, to), toml)}
[staff]
origin = "https://staff.example.com"
`);
});
after(() => rmSync(site, { recursive: true, force: true }));

/** Runs a program of the tools; its exit code and all that it says. */
function run(program, ...args) {
  const options = { cwd: layout.root, env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" } };
  return new Promise((resolve) => execFile(program, args, options, (error, out, said) => resolve({ code: error?.code ?? 0, said: out + said })));
}
const build = (...how) => run(process.execPath, join(layout.root, "tests/tools/site/lay.mjs"), at("sekisho.toml"), ...how);
const secrets = (...file) => run(process.execPath, join(layout.root, "tests/tools/site/secrets.mjs"), ...file);

test("a host that no route leads to the worker is told, with the routes to write", async () => {
  const { code, said } = await build();
  assert.equal(code, 1, said);
  assert.match(said, /no route leads www\.example\.com, staff\.example\.com to the worker/);
  assert.ok(said.includes(ROUTES), said);
  assert.ok(!existsSync(at("worker")));
  // A part of a host, and one that is written for another path.
  for (const short of ['routes = ["www.example.com/*", "staff.example.com/desk/*"]', 'routes = ["example.com/*", "staff.example.com/*"]']) {
    edit("wrangler.toml", (toml) => `${short}\n${toml}`);
    assert.match((await build()).said, /no route leads (www|staff)\.example\.com to the worker/, short);
    edit("wrangler.toml", (toml) => toml.replace(`${short}\n`, ""));
  }
  // Another environment's are not what is deployed.
  const elsewhere = `\n[env.other]\n${ROUTES}`;
  edit("wrangler.toml", (toml) => toml + elsewhere);
  assert.match((await build()).said, /no route leads www\.example\.com, staff\.example\.com to the worker/);
  edit("wrangler.toml", (toml) => toml.replace(elsewhere, ""));
  // The delivered file has the line, to be written out.
  assert.ok(text("wrangler.toml").includes(`# ${ROUTES}`));
  edit("wrangler.toml", (toml) => toml.replace(`# ${ROUTES}`, ROUTES));
});

test("the worker is laid beside its config, and wrangler takes it as it lies", async () => {
  const { code, said } = await build();
  assert.equal(code, 0, said);
  assert.match(said, /nowhere else: www\.example\.com staff\.example\.com\n/);
  assert.deepEqual(readdirSync(at("worker")).sort(), LAID);
  assert.equal(JSON.parse(text("worker/sekisho.json")).site.origin, "https://www.example.com");
  assert.deepEqual(readdirSync(site).sort(), [...COPIED, "worker"].sort(), "nothing else is left");
  const [, schema] = text("sekisho.toml").match(/^#:schema \.\/(.*)$/m);
  assert.ok(existsSync(at(schema)), "what editors look for");
  const dry = await run(join(layout.bin, "wrangler"), "deploy", "--dry-run", "--config", at("wrangler.toml"));
  assert.equal(dry.code, 0, dry.said);
  assert.doesNotMatch(dry.said, /warning|unexpected/i);
  for (const name of LAID.slice(2)) assert.ok(dry.said.includes(name) || name === "index.js", `${name} goes along: ${dry.said}`);
});

test("what is refused leaves no worker, and neither is anything of another's taken away", async () => {
  const good = text("sekisho.toml");
  const refused = async (words) => {
    const { code, said } = await build();
    assert.equal(code, 1, said);
    assert.match(said, words);
    assert.deepEqual(readdirSync(site).filter((name) => name.includes("worker")), []);
  };
  writeFileSync(at("sekisho.toml"), good.replace("[origin]", "[origin]\nno_such_field = 1"));
  await refused(/no_such_field/);
  writeFileSync(at("sekisho.toml"), good);
  for (const [name, bad, words] of [
    ["authenticators.json", "", /authenticators\.json: .*EOF/],
    ["authenticators.json", '{"models": {"00112233": {"name": "x"}}}', /authenticators\.json: models\.00112233/],
    ["networks.txt", "hosting 203.0.113.7/24\n", /networks\.txt:1: /],
  ]) {
    assert.equal((await build()).code, 0);
    writeFileSync(at(name), bad);
    await refused(words);
    rmSync(at(name));
  }
  writeFileSync(at("authenticators.json"), '{"models": {"00112233-4455-6677-8899-aabbccddeeff": {"name": "A key"}}}');
  assert.equal((await build()).code, 0);
  assert.match(text("worker/authenticators.json"), /A key/, "the site's own goes along");
  // Before anything is built the one of before is taken away.
  assert.match(readFileSync(join(layout.root, "Makefile"), "utf8"), /lay\.mjs "\$\(CONFIG\)" --clear; fi\n\t@node tests\/tools\/build\.mjs\n/);
  assert.deepEqual([(await build("--clear")).code, existsSync(at("worker"))], [0, false]);
  assert.equal((await build()).code, 0);
  writeFileSync(at("worker/notes.md"), "");
  const { code, said } = await build();
  assert.deepEqual([code, existsSync(at("worker/notes.md"))], [1, true], said);
});

test("the platform keeps what the worker writes, and no line of its own for each request", () => {
  const { observability } = parse(layout.wranglerText());
  assert.deepEqual({ ...observability, logs: { ...observability.logs } }, { enabled: true, redact_query_string: true, logs: { enabled: true, invocation_logs: false } });
  // By the names that wrangler has for it today.
  const schema = JSON.parse(readFileSync(join(layout.root, "tests/node_modules/wrangler/config-schema.json"), "utf8"));
  const { properties } = schema.definitions.Observability;
  assert.ok("redact_query_string" in properties && "invocation_logs" in properties.logs.properties);
});

test("every secret is made, once, in a form that wrangler and systemd read", async () => {
  assert.equal((await secrets(at("secrets"))).code, 0);
  assert.equal(statSync(at("secrets")).mode & 0o777, 0o600);
  const kept = text("secrets");
  const again = await secrets(at("secrets"));
  assert.deepEqual([again.code, text("secrets")], [1, kept], again.said);
  const asked = new Set(readFileSync(join(layout.root, "edge/src/cloudflare/mod.rs"), "utf8").match(/SEKISHO_[A-Z_]+/g));
  assert.deepEqual(new Set([...kept.matchAll(/^#?(SEKISHO_[A-Z_]+)=/gm)].map(([, name]) => name)), asked);
  const values = parseEnv(kept);
  assert.deepEqual(Object.keys(values).filter((name) => /PROXY|SMS|DKIM/.test(name)), [], "these are a site's to turn on");
  const [jwk] = JSON.parse(values.SEKISHO_JWT_KEYS);
  assert.ok(jwk.kid && jwk.d && jwk.crv === "P-256");
  for (const ring of ["MAC", "NAME", "SEAL"]) assert.match(values[`SEKISHO_${ring}_KEYS`], /^1:[\w-]{43}$/);
  // No value holds what either of them would read as more than itself.
  assert.doesNotMatch(Object.values(values).join(""), /['$\\\n]/);
  assert.notEqual((await secrets()).said, kept, "without a file they are printed, and others each time");
});
