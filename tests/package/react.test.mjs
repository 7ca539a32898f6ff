// The components under React 18, which hands a custom element no listener, and under React 19: rendered on a server,
// hydrated in the browser from a bundle of esbuild's, without a word of React's development build.

import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as esbuild from "esbuild";
import { Child, freePort } from "../tools/house/child.mjs";
import { root } from "../tools/house/layout.mjs";
import { settled } from "../browser/house.mjs";
import { Projects, server, startHouse } from "./projects.mjs";
import { setsPassword, signsIn } from "./journey.mjs";

const VERSIONS = {
  react18: { react: "react18", "react-dom": "react-dom18" },
  react19: { react: "react", "react-dom": "react-dom", scheduler: "scheduler" },
};
const FILES = ["app.js", "client.js", "server.mjs"];

let projects, house, started;
const servers = [];
before(async () => {
  projects = new Projects();
  const places = {};
  for (const [name, beside] of Object.entries(VERSIONS)) places[name] = server(await serve(projects.make(name, FILES.map((file) => `react/${file}`), beside)));
  started = await startHouse(places);
  house = started.house;
});
after(async () => {
  await Promise.all(servers.map((child) => child.stop()));
  projects?.forget();
  await started?.stop();
});

/** Bundles the page and starts its server. esbuild leaves `new URL` as it is, so the package's files go beside the bundle. */
async function serve(project) {
  const app = join(project, "react");
  const define = { "process.env.NODE_ENV": '"development"' };
  await esbuild.build({ entryPoints: [join(app, "client.js")], bundle: true, format: "esm", define, outfile: join(app, "built/client.js"), logLevel: "error" });
  for (const file of ["sekisho_bg.wasm", "sekisho_rules_bg.wasm", "passwords.bin"]) cpSync(join(project, "node_modules/sekisho/dist", file), join(app, "built", file));
  const port = await freePort();
  const child = new Child("ssr", process.execPath, [join(app, "server.mjs"), String(port)], { cwd: app });
  servers.push(child);
  const [, said] = await child.line(/listening; initAsync: (.*)/);
  assert.match(said, /needs a browser/, "a server is told what it cannot do");
  return `http://127.0.0.1:${port}`;
}

/** The page, hydrated and with the elements there. */
async function opened(path) {
  const page = await house.visitor({ viewport: { width: 1280, height: 1000 } });
  await page.goto(path);
  await settled(page);
  return page;
}

const event = (prop) => `sekisho-${prop.slice(2).replace(/[A-Z]/g, (letter, at) => (at ? "-" : "") + letter.toLowerCase())}`;

for (const name of Object.keys(VERSIONS)) {
  test(`${name}: what the server rendered is what the browser takes over, attributes and all`, async () => {
    const html = await (await fetch(`${house.url}/${name}/`)).text();
    assert.match(html, /<sekisho-keyboard id="board" for="password" class="board" reveal=""><\/sekisho-keyboard>/);
    assert.match(html, /<sekisho-idle-warning logged-out="\/elsewhere"><\/sekisho-idle-warning>/);
    const page = await opened(`/${name}/`);
    assert.deepEqual(await page.evaluate(() => recovered), []);
    const attributes = await page.evaluate(() => ["for", "class", "reveal", "open", "ref"].map((one) => document.querySelector("#board").getAttribute(one)));
    assert.deepEqual(attributes, ["password", "board", "", null, null]);
    assert.equal(await page.evaluate(() => document.querySelector("sekisho-passkey").hasAttribute("autofill")), false);
  });

  test(`${name}: a password typed by taps signs in at the edge`, () => signsIn(house, `/${name}/`));
  test(`${name}: a page that sets a password has the larger module and the list`, () => setsPassword(house, `/${name}/`));

  test(`${name}: every event has its prop, the handler of the last render is called, and the ref is the element`, async () => {
    const page = await opened(`/${name}/?set`);
    await page.waitForFunction(() => heard.some(([prop, , detail]) => prop === "onSessionEnded" && detail.reason === "no_session"));
    for (const [act, turns] of [["show", "1"], ["close", "2"], ["show", "3"]]) {
      await page.evaluate((act) => board.current[act](), act);
      await page.locator("#turns", { hasText: turns }).waitFor();
    }
    const types = readFileSync(join(root, "pkg/react.d.ts"), "utf8");
    const props = [...types.matchAll(/^  (on\w+)\?: Handler<"([\w-]+)">/gm)].map(([, prop, type]) => ({ prop, type }));
    const map = readFileSync(join(root, "pkg/index.d.ts"), "utf8").match(/interface SekishoEventMap[^]*/)[0];
    assert.deepEqual(props.map(({ type }) => type).sort(), [...map.matchAll(/^  "(sekisho-[\w-]+)": CustomEvent/gm)].map(([, type]) => type).sort());
    for (const { prop, type } of props) {
      assert.equal(type, event(prop));
      if (["onOpen", "onClose"].includes(prop)) continue;
      const seen = await page.evaluate(([prop, type]) => {
        heard.length = 0;
        for (const one of document.querySelectorAll("sekisho-keyboard, sekisho-password-rules, sekisho-passkey, sekisho-idle-warning")) {
          one.dispatchEvent(new CustomEvent(type, { cancelable: true, detail: null }));
        }
        return heard.map(([prop, type]) => [prop, type]);
      }, [prop, type]);
      assert.deepEqual(seen, [[prop, type]]);
    }
  });
}
