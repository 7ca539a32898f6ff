// Where things lie, and what edge/wrangler.toml and edge/sekisho.toml say: the one source for every way to run the worker.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";

/** The repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Cargo's target directory. */
export const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

/** The command-line tools from npm. */
export const bin = join(root, "tests/node_modules/.bin");

/**
 * A worker that the bundler built.
 *
 * @param {string} name `edge`, or `conformance`
 * @returns {string} its folder, with index.js and index_bg.wasm
 */
export const artefact = (name) => join(target, "sekisho", name);

/** The origin server's program. */
export const originProgram = join(target, "debug/sekisho-www");

/** The unpacked npm package, as `npm install` would lay it. */
export const assets = join(target, "sekisho/npm/package");

/** The text of edge/wrangler.toml. */
export const wranglerText = () => readFileSync(join(root, "edge/wrangler.toml"), "utf8");

/**
 * The platform's side of the worker.
 *
 * @returns {{date: string, flags: string[], objects: {binding: string, className: string}[], stores: string[]}} compatibility
 *   date and flags, the Durable Object bindings, and those of key-value stores
 */
export function platform() {
  const toml = parse(wranglerText());
  const objects = toml.durable_objects.bindings.map((one) => ({ binding: one.name, className: one.class_name }));
  const stores = toml.kv_namespaces.map((one) => one.binding);
  return { date: toml.compatibility_date, flags: toml.compatibility_flags ?? [], objects, stores };
}

const DEMO_SITE = "http://localhost:8787";
const DEMO_ORIGIN = "http://127.0.0.1:8788";

/**
 * The demo's config with the addresses of this run.
 *
 * @param {string} site what the browser's address bar shows
 * @param {string} origin the origin server's address
 * @returns {string} TOML
 */
export function demoConfig(site, origin) {
  const text = readFileSync(join(root, "edge/sekisho.toml"), "utf8");
  for (const address of [DEMO_SITE, DEMO_ORIGIN]) {
    if (!text.includes(address)) throw new Error(`edge/sekisho.toml no longer names ${address}`);
  }
  return text.replaceAll(DEMO_SITE, site).replaceAll(DEMO_ORIGIN, origin);
}

/**
 * The config as it lies beside the worker.
 *
 * @param {string} toml the config file's text
 * @returns {string} JSON
 */
export const laid = (toml) => JSON.stringify(parse(toml));

/** The `aud` that the origin must insist on. */
export const audience = (config) => parse(config).origin.audience;

/** The demo's customers of old: login names and the origin's numbers, without passwords. */
export const demoCustomers = () => JSON.parse(readFileSync(join(root, "www/demo/customers.json"), "utf8")).customers;
