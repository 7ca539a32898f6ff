// Fresh projects with the package in them as npm installs it, and the origin that serves what they build: behind the true
// edge, under the strict policy that the package promises to run under.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { root } from "../tools/house/layout.mjs";
import { House } from "../browser/house.mjs";

const apps = join(root, "tests/package/apps");
const modules = join(root, "tests/node_modules");

/** The policy of pkg/README.md, word for word. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

/** npm, as a person would call it, and without the network. */
const npm = (folder, ...args) => execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });

/** A folder with projects, forgotten at the end. */
export class Projects {
  #folder = mkdtempSync(join(tmpdir(), "sekisho-package-"));
  #tarball;

  constructor() {
    npm(join(root, "pkg"), "pack", "--silent", "--pack-destination", this.#folder);
    this.#tarball = join(this.#folder, readdirSync(this.#folder).find((name) => name.endsWith(".tgz")));
  }

  /**
   * Makes a project and installs the package's tarball in it.
   *
   * @param {string} name
   * @param {string[]} files of tests/package/apps
   * @param {Record<string, string>} [beside] packages that are installed beside it, by the names under which the tests have them
   * @returns {string} its folder
   */
  make(name, files, beside = {}) {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
    npm(folder, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", this.#tarball);
    // Copied and not linked: a package that is linked looks for its neighbours where it really lies.
    for (const [to, from] of Object.entries(beside)) cpSync(join(modules, from), join(folder, "node_modules", to), { recursive: true });
    for (const file of files) cpSync(join(apps, file), join(folder, file));
    return folder;
  }

  forget() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Serves a folder, the page for the folder itself. */
export const folder = (path) => async (url) => {
  const name = normalize(url.pathname).replace(/\/$/, "/index.html");
  const file = join(path, name);
  if (!existsSync(file)) return { status: 404, type: "text/plain", body: `${name} is not there` };
  return { status: 200, type: TYPES[extname(file)] ?? "application/octet-stream", body: readFileSync(file) };
};

/** Passes requests on to another server of this machine, whose paths are the same. */
export const server = (base) => async (url, prefix) => {
  const answer = await fetch(new URL(`${prefix}${url.pathname}${url.search}`, base), { headers: { accept: "text/html,*/*" } });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", body: Buffer.from(await answer.arrayBuffer()) };
};

/** The origin: each project under a path of its own. */
class Origin {
  #places;
  #server;
  /** What was asked for, by path. */
  asked = [];

  constructor(places) {
    this.#places = places;
  }

  async start() {
    this.#server = http.createServer(async (request, response) => {
      try {
        const { status, type, body, policy = POLICY } = await this.#answer(new URL(request.url, "http://origin"), request.headers["sekisho-nonce"]);
        response.writeHead(status, { "content-type": type, "content-security-policy": policy, "cache-control": "no-cache" });
        response.end(body);
      } catch (error) {
        response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
      }
    });
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async #answer(url, nonce) {
    this.asked.push(url.pathname);
    const [, name] = url.pathname.split("/");
    const place = this.#places[name];
    if (!place) return { status: 404, type: "text/plain", body: "" };
    const within = new URL(url);
    within.pathname = url.pathname.slice(name.length + 1);
    return place(within, `/${name}`, nonce);
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

/**
 * The true edge and a browser, before an origin with `places`.
 *
 * @param {Record<string, (url: URL, prefix: string) => Promise<{status: number, type: string, body: any}>>} places
 */
export async function startHouse(places) {
  const origin = new Origin(places);
  const address = await origin.start();
  const routes = Object.keys(places).map((name) => `\n[[routes]]\npath = "/${name}"\ndemand = "public"\n`).join("");
  const config = (toml) => {
    const changed = toml.replace(/^url = "[^"]*"(?= +# the broker's application)/m, `url = "${address}"`);
    if (changed === toml) throw new Error("edge/sekisho.toml no longer says where the origin is");
    return changed.replace('csp_mode = "enforce"', `csp = ["script-src 'self' 'nonce' 'wasm-unsafe-eval'", "object-src 'none'"]`) + routes;
  };
  const house = await House.start({ config }).catch(async (error) => {
    await origin.stop();
    throw error;
  });
  return { house, origin, stop: () => house.stop().finally(() => origin.stop()) };
}
