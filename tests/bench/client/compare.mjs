// `make bench`: the browser package beside its peers, turn by turn in one Chromium, at full speed and with the CPU slowed
// down six times as on a cheap phone. Every figure is the median of the turns, each in a fresh page.
//
//   CLIENT_TURNS=5   turns; REPORT=1 writes the table into tests/reports

import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "playwright-core";
import { root } from "../../tools/house/layout.mjs";
import * as measures from "./measures.mjs";
import { bundle } from "./peers.mjs";

const turns = Number(process.env.CLIENT_TURNS || 5);
const dist = join(root, "pkg/dist");
const folder = mkdtempSync(join(tmpdir(), "sekisho-client-"));
const passwords = ["Kaede-2026", "Hanako19900401", "Password123", "Tm7#kWq9+zLp4:Rv", "qwer1234ASDF", "S60.04.01xY", "nikkei225TOPIX", "adgjmptw1A"];
const { dependencies } = JSON.parse(readFileSync(join(root, "tests/package.json"), "utf8"));

const ROWS = [
  ["first render of the board", "firstBoard", "simple-keyboard", {}],
  ["a new layout of its keys", "relayout", "simple-keyboard", { times: 60 }],
  ["one check of a password", "check", "zxcvbn", { times: 400, passwords }],
  ["one check of a password", "check", "zxcvbn-ts", { times: 400, passwords }],
  ["until the idle timer watches", "firstIdle", "react-idle-timer", {}],
];

const BODY = {
  firstBoard: '<input id="password" type="password"><sekisho-keyboard for="password" open></sekisho-keyboard>',
  check: '<input id="password" type="password"><sekisho-password-rules for="password"></sekisho-password-rules>',
  firstIdle: "<sekisho-idle-warning></sekisho-idle-warning>",
};
const PEERS_BODY = '<input id="password"><link rel="stylesheet" href="/peer.css"><div class="simple-keyboard"></div><div id="react"></div>';
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://bench");
  try {
    if (pathname === "/") {
      const body = searchParams.get("kind") === "ours" ? (BODY[searchParams.get("what")] ?? BODY.firstBoard) : PEERS_BODY;
      response.setHeader("content-type", "text/html; charset=utf-8");
      return response.end(`<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><body>${body}`);
    }
    const file = join(pathname.startsWith("/ours/") ? dist : folder, basename(pathname));
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    return response.end(readFileSync(file));
  } catch {
    response.writeHead(404, { "content-type": "application/json" });
    return response.end("{}");
  }
});

const packed = (file) => {
  const content = readFileSync(file);
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }).length;
};
const weight = (files) => files.reduce((sum, file) => sum + packed(file), 0);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One measure in a page of its own. */
async function measure(browser, slowdown, what, kind, options) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${origin}/?what=${what}&kind=${kind === "ours" ? "ours" : "peer"}`);
    const cdp = await context.newCDPSession(page);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    const module = kind === "ours" ? "/ours/sekisho.js" : `/${kind}.js`;
    return await page.evaluate(`(${measures[what]})(${JSON.stringify({ module, kind, ...options })})`);
  } finally {
    await context.close();
  }
}

const lines = [];
const say = (line) => {
  lines.push(line);
  process.stdout.write(`${line}\n`);
};
const row = (what, peer, theirs, ours, unit) => {
  const [a, b] = [theirs, ours].map((value) => `${value.toFixed(value < 10 ? 3 : 1)} ${unit}`);
  say(`| ${what} | ${peer} | ${a} | ${b} | ${(ours / theirs).toFixed(2)} | ${ours <= theirs ? "ours" : "the peer"} |`);
};

await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const files = await bundle(folder);
  const named = { "zxcvbn-ts": "@zxcvbn-ts/core" };
  const title = (peer) => `${peer} ${dependencies[named[peer] ?? peer]}`;
  const day = new Date().toISOString().slice(0, 10);
  say(`# The browser package beside its peers, ${day}\n`);
  say(`Chromium ${browser.version()}, ${turns} turns, medians; ${cpus().length} cores, load average ${loadavg().map((l) => l.toFixed(1)).join(" ")}.`);
  say("The ratio is ours to the peer's: below 1 ours is smaller or faster. Ours is one package for keyboard, rules, passkeys and");
  say("warning; each peer does one of them. simple-keyboard is its smaller build, without polyfills, and with its style sheet;");
  say("react-idle-timer comes with React. Our new layout draws the board anew as at every display, the peer's changes it.\n");
  const head = (what) => say(`| ${what} | peer | the peer's | ours | ratio | better |\n|---|---|---|---|---|---|`);
  head("size, brotli");
  const page = ["sekisho.js", "sekisho_bg.wasm"].map((name) => join(dist, name));
  const rules = ["sekisho.js", "sekisho_rules_bg.wasm", "passwords.bin"].map((name) => join(dist, name));
  for (const peer of Object.keys(files)) {
    const ours = peer.startsWith("zxcvbn") ? rules : page;
    row(ours === rules ? "all that a page loads to set a password" : "all that any other page loads", title(peer), weight(files[peer]) / 1000, weight(ours) / 1000, "KB");
  }
  for (const slowdown of [1, 6]) {
    say("");
    head(`time, CPU ${slowdown === 1 ? "at full speed" : `slowed ${slowdown} times`}`);
    for (const [words, what, peer, options] of ROWS) {
      const rounds = { ours: [], peer: [] };
      for (let turn = 0; turn < turns; turn += 1) {
        rounds.ours.push(await measure(browser, slowdown, what, "ours", options));
        rounds.peer.push(await measure(browser, slowdown, what, peer, options));
      }
      row(words, title(peer), median(rounds.peer), median(rounds.ours), "ms");
    }
  }
  if (process.env.REPORT === "1") writeFileSync(join(root, `tests/reports/${day}-client.md`), `${lines.join("\n")}\n`);
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
