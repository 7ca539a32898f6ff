// `make build CONFIG=site/sekisho.toml`: the built worker with a site's own texts, in the folder `worker` beside that config, where
// the site's wrangler.toml looks for it and nothing else writes. A config that is refused leaves no such folder, and with `--clear`,
// before anything is built, neither does a build that fails: nothing older is deployed in its place.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "smol-toml";
import { artefact, root } from "../house/layout.mjs";

/** What a build lays. */
const NAMES = new Set(["authenticators.json", "index.js", "index_bg.wasm", "networks.txt", "sekisho.json", "staff.html"]);

const checker = ["run", "-q", "-p", "sekisho-edge", "--features", "memory", "--example", "check_config", "--"];

/** Has the worker's own code check a text; what it says is shown. */
function check(...args) {
  const { status, error } = spawnSync("cargo", [...checker, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw new Error(`cargo could not be started: ${error.message}`);
  if (status !== 0) throw new Error("nothing was laid");
}

/** The hosts that must lead to the worker. */
function hosts({ site, staff }) {
  const origins = [site.origin, ...(site.entrances ?? []), ...(staff ? [staff.origin] : [])];
  return [...new Set(origins.map((origin) => new URL(origin).hostname))];
}

/** Whether a route takes every path of `host`. */
function takes(route, host) {
  const { pattern, custom_domain: domain } = typeof route === "string" ? { pattern: route } : route;
  if (domain) return pattern === host;
  if (!pattern.endsWith("/*")) return false;
  const named = pattern.slice(0, -2);
  return named === host || (named.startsWith("*") && host.endsWith(named.slice(1)));
}

/** Refuses a wrangler.toml under which a host of the config would go past the gate. */
function checkRoutes(file, hosts) {
  // Those of the top level alone: another environment's are not deployed by the command that the README gives.
  const { routes = [], route } = parse(readFileSync(file, "utf8"));
  const all = [routes, route ?? []].flat();
  const missing = hosts.filter((host) => !all.some((one) => takes(one, host)));
  if (missing.length === 0) return;
  throw new Error(`${file}: no route leads ${missing.join(", ")} to the worker; nothing was laid. Write there, before the first [table]:
routes = [${hosts.map((host) => `"${host}/*"`).join(", ")}]`);
}

/** Takes the folder away, where everything in it is of a build's names. */
function clear(folder) {
  if (!existsSync(folder)) return;
  const other = readdirSync(folder).find((name) => !NAMES.has(name));
  if (other) throw new Error(`${folder} holds ${other}, which no build lays there: move it away`);
  rmSync(folder, { recursive: true });
}

/** Lays the worker beside `config`. */
function lay(config) {
  const site = dirname(config);
  const folder = join(site, "worker");
  clear(folder);
  const part = join(site, ".worker");
  try {
    // But not the bundler's own mark.
    cpSync(artefact("edge"), part, { recursive: true, filter: (path) => !basename(path).startsWith(".stamp") });
    check("--lay", join(part, "sekisho.json"), config);
    for (const name of ["networks.txt", "authenticators.json"]) {
      const own = join(site, name);
      const text = existsSync(own) ? own : join(root, "edge", name);
      check(text);
      writeFileSync(join(part, name), readFileSync(text));
    }
    const leading = hosts(parse(readFileSync(config, "utf8")));
    const layout = join(site, "wrangler.toml");
    if (existsSync(layout)) checkRoutes(layout, leading);
    renameSync(part, folder);
    process.stdout.write(`${folder}: laid. These must lead to it and nowhere else: ${leading.join(" ")}\n`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

try {
  const [config, how] = process.argv.slice(2);
  if (!config) throw new Error("usage: make build CONFIG=site/sekisho.toml");
  if (how === "--clear") clear(join(dirname(resolve(config)), "worker"));
  else lay(resolve(config));
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
