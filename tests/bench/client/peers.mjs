// The peers as a page would embed them, each bundled and minified as our own package is.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** What each bundle exports to `measures.mjs`. */
const SOURCES = {
  "simple-keyboard": `
    import Keyboard from "simple-keyboard/build/index.modern.esm.js";
    import "simple-keyboard/build/css/index.css";
    let board;
    export const start = () => (board = new Keyboard(document.querySelector(".simple-keyboard"), { onChange() {} }));
    export const shuffler = () => {
      start();
      const keys = [..."1234567890qwertyuiopasdfghjklzxcvbnm@#$%^&*_+-=:,."];
      return () => {
        for (let last = keys.length - 1; last > 0; last -= 1) {
          const other = crypto.getRandomValues(new Uint32Array(1))[0] % (last + 1);
          [keys[last], keys[other]] = [keys[other], keys[last]];
        }
        const row = (at) => keys.slice(at, at + 10).join(" ");
        board.setOptions({ layout: { default: [0, 10, 20, 30, 40].map(row) } });
      };
    };`,
  zxcvbn: `
    import zxcvbn from "zxcvbn";
    export const verdict = (text) => zxcvbn(text);`,
  "zxcvbn-ts": `
    import { ZxcvbnFactory } from "@zxcvbn-ts/core";
    import * as common from "@zxcvbn-ts/language-common";
    import * as ja from "@zxcvbn-ts/language-ja";
    const zxcvbn = new ZxcvbnFactory({
      translations: ja.translations,
      graphs: common.adjacencyGraphs,
      dictionary: { ...common.dictionary, ...ja.dictionary },
    });
    export const verdict = (text) => zxcvbn.check(text);`,
  "react-idle-timer": `
    import { createElement, useEffect } from "react";
    import { createRoot } from "react-dom/client";
    import { useIdleTimer } from "react-idle-timer";
    export const start = () => new Promise((done) => {
      const Watch = () => {
        useIdleTimer({ timeout: 10_800_000, promptBeforeIdle: 300_000, crossTab: true });
        useEffect(done, []);
        return null;
      };
      createRoot(document.querySelector("#react")).render(createElement(Watch));
    });`,
};

/** Bundles the peers into `folder`; answers the files of each by name. */
export async function bundle(folder) {
  const files = {};
  for (const [name, contents] of Object.entries(SOURCES)) {
    const outfile = join(folder, `${name}.js`);
    const { metafile } = await build({
      stdin: { contents, resolveDir: import.meta.dirname }, outfile, bundle: true, minify: true, format: "esm", target: "es2022",
      define: { "process.env.NODE_ENV": '"production"' }, metafile: true, logLevel: "error",
    });
    files[name] = Object.keys(metafile.outputs).map((path) => join(process.cwd(), path));
    const css = files[name].find((path) => path.endsWith(".css"));
    if (css) writeFileSync(join(folder, "peer.css"), readFileSync(css));
  }
  return files;
}
