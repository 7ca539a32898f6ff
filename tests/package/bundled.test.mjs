// The tarball in projects of a frontend team: bundled by Vite and by webpack, which find the wasm by themselves, and as it
// is, without any bundler.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import webpack from "webpack";
import { Child, freePort } from "../tools/house/child.mjs";
import { bin } from "../tools/house/layout.mjs";
import { POLICY, Projects, folder, server, startHouse } from "./projects.mjs";
import { PASSWORD, closed, settled } from "../browser/house.mjs";
import { setsPassword, signsIn, tap } from "./journey.mjs";

const PAGE = ["page.html", "page.js"];

let projects, house, started, preview;
before(async () => {
  projects = new Projects();
  const built = await withVite(projects.make("vite", PAGE));
  const packed = await withWebpack(projects.make("webpack", PAGE));
  const plain = withoutBundler(projects.make("plain", [...PAGE, "faked.js"]));
  started = await startHouse({ vite: server(built), webpack: folder(packed), plain: folder(plain), mapped: mapped(projects.make("mapped", PAGE)) });
  house = started.house;
});
after(async () => {
  await preview?.stop();
  projects?.forget();
  await started?.stop();
});

/** A production build and Vite's own server for it, by its commands. No setting but where it will lie. */
async function withVite(project) {
  renameSync(join(project, "page.html"), join(project, "index.html"));
  // Without CI=1 it ends with its standard input, which here is at its end from the start.
  const options = { cwd: project, env: { CI: "1" } };
  const vite = (command, ...more) => new Child("vite", join(bin, "vite"), [command, "--base=/vite/", ...more], options);
  assert.match(await vite("build").ended, /exit code 0/);
  const port = await freePort();
  preview = vite("preview", "--host=127.0.0.1", `--port=${port}`, "--strictPort");
  await preview.line(/Local/);
  return `http://127.0.0.1:${port}`;
}

/** A production build by webpack with its defaults. */
async function withWebpack(project) {
  const output = { path: join(project, "dist"), filename: "page.js" };
  const compiler = webpack({ mode: "production", context: project, entry: "./page.js", output });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
  await new Promise((resolve) => compiler.close(resolve));
  assert.deepEqual(stats.toJson({ all: false, errors: true }).errors, []);
  writeFileSync(join(project, "dist/index.html"), readFileSync(join(project, "page.html"), "utf8").replace(' type="module"', " defer"));
  return join(project, "dist");
}

/** The files as they are, the package named by its path. */
function withoutBundler(project) {
  const page = join(project, "page.js");
  writeFileSync(page, readFileSync(page, "utf8").replace('from "sekisho"', 'from "./node_modules/sekisho/index.js"'));
  renameSync(join(project, "page.html"), join(project, "index.html"));
  const html = readFileSync(join(project, "index.html"), "utf8");
  writeFileSync(join(project, "faked.html"), html.replace("./page.js", "./faked.js"));
  return project;
}

/** The files as they are, under an import map with the digests that the package tells; `?spoiled` changes one. */
function mapped(project) {
  const at = "/mapped/node_modules/sekisho";
  const files = folder(project);
  const digests = JSON.parse(readFileSync(join(project, "node_modules/sekisho/dist/integrity.json"), "utf8"));
  const page = readFileSync(join(project, "page.html"), "utf8");
  return async (url, prefix, nonce) => {
    if (url.pathname !== "/") return files(url, prefix);
    const spoiled = url.searchParams.get("spoiled");
    const integrity = Object.fromEntries(["index.js", "dist/sekisho.js"].map((file) => [`${at}/${file}`, digests[file === spoiled ? "dist/passwords.bin" : file]]));
    const map = JSON.stringify({ imports: { sekisho: `${at}/index.js` }, integrity });
    const hash = createHash("sha256").update(map).digest("base64");
    // The page's own policy goes by the hash, the gate's, as it is set here, by its nonce.
    const body = page.replace('<script type="module"', `<script type="importmap" nonce="${nonce}">${map}</script>$&`);
    return { status: 200, type: "text/html; charset=utf-8", body, policy: POLICY.replace("script-src", `script-src 'sha256-${hash}'`) };
  };
}

for (const name of ["vite", "webpack", "plain"]) {
  test(`${name}: a password typed by taps signs in at the edge`, () => signsIn(house, `/${name}/`));
  test(`${name}: a page that sets a password has the larger module and the list`, () => setsPassword(house, `/${name}/`));
}

test("each bundler made files of its own for both modules and the list, and each page loads one module", () => {
  const of = (name) => started.origin.asked.filter((path) => path.startsWith(`/${name}/`));
  for (const name of ["vite", "webpack", "plain"]) {
    assert.equal(of(name).filter((path) => path.endsWith(".wasm")).length, 2, `${name}: ${of(name)}`);
    assert.equal(of(name).filter((path) => path.endsWith(".bin")).length, 1, `${name}: ${of(name)}`);
  }
  assert.equal(of("webpack").filter((path) => /node_modules/.test(path)).length, 0);
});

test("a page before the fake edge: what it is sent is sealed, and it answers as the test wants", async () => {
  const page = await house.visitor({ viewport: { width: 1280, height: 1000 } });
  await page.goto("/plain/faked.html");
  await settled(page);
  for (const [play, answer] of [[null, "/home"], ["locked", "locked"], ["sign_in_failed", "sign_in_failed"], [null, "/home"]]) {
    await page.evaluate((play) => play && edge.play(play), play);
    await page.fill("#id", "10000008");
    await tap(page, PASSWORD);
    await page.click("#submit");
    await page.locator("#said", { hasText: new RegExp(`^${answer}$`) }).waitFor();
    const bodies = await page.evaluate(() => edge.requests.filter(({ path }) => path === "/.sekisho/login").map(({ body }) => JSON.parse(body)));
    assert.match(bodies.at(-1).password, /^[0-9a-f]{1124}$/);
    assert.equal(bodies.at(-1).id, "10000008");
    await page.evaluate(() => (document.querySelector("#said").textContent = ""));
  }
});

test("an import map with the digests of integrity.json: the true files load, another does not", async () => {
  house.expected.push(/digest .* 'integrity'/, /integrity checks failed/);
  const digests = await (await fetch(`${house.url}/mapped/node_modules/sekisho/dist/integrity.json`)).json();
  const loaded = async (integrity) => {
    const page = await house.visitor();
    await page.addInitScript((integrity) => {
      const wasm = fetch("/mapped/node_modules/sekisho/dist/sekisho_bg.wasm", { integrity });
      wasm.catch(() => undefined);
      globalThis.settings = { wasm, rules: false };
    }, integrity);
    await page.goto("/mapped/");
    await page.locator("html[data-sekisho]").waitFor({ state: "attached" });
    return page.getAttribute("html", "data-sekisho");
  };
  assert.equal(await loaded(digests["dist/sekisho_bg.wasm"]), "wasm");
  assert.equal(await loaded(digests["index.js"]), "plain", "a module that is another is not run");

  const page = await house.visitor();
  for (const file of ["index.js", "dist/sekisho.js"]) {
    const refused = page.waitForEvent("console", (message) => /integrity/i.test(message.text()));
    await page.goto(`/mapped/?spoiled=${file}`);
    await refused;
    assert.equal(await page.getAttribute("html", "data-sekisho"), null, file);
  }
});

test("a site's own wording is said in its language, and the rest as ever", async () => {
  const page = await house.visitor({ viewport: { width: 1280, height: 1000 } });
  const markup = "<b>画面で</b>入力";
  await page.addInitScript((KbOpen) => (globalThis.settings = { strings: { ja: { KbOpen }, en: { KbCount: 7 } } }), markup);
  await page.goto("/plain/");
  await settled(page);
  const board = await closed(page, "#board");
  assert.equal(await board.until((root) => root.querySelector(".toggle").textContent), markup, "as text, never as markup");
  await page.evaluate(() => document.querySelector("#board").setAttribute("lang", "en"));
  await board.shows("Use software keyboard");
});
