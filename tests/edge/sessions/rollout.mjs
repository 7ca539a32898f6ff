// A deployment that is spreading: two edges of different keys before the same objects, requests going to either in turn.

import { mkdirSync, writeFileSync, readdirSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import workerd from "workerd";
import { Child } from "../../tools/house/child.mjs";
import * as layout from "../../tools/house/layout.mjs";

const text = (value) => JSON.stringify(value);
const DISPATCH = `
let turn = 0;
export default {
  fetch(request, env) {
    turn += 1;
    return (turn % 2 === 0 ? env.even : env.odd).fetch(request);
  },
};
`;

/** One service over the built worker: its environment under `prefix`, its objects its own or another's. */
function service(prefix, modules, names, host) {
  const { date, flags, objects, stores } = layout.platform();
  const kind = (name) => (name.endsWith(".wasm") ? "wasm" : /\.(json|txt|html)$/.test(name) ? "text" : "esModule");
  const bindings = [
    ...names.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(`${prefix}_${name}`)})`),
    ...objects.map(
      ({ binding, className }) =>
        `(name = ${text(binding)}, durableObjectNamespace = (className = ${text(className)}, serviceName = "objects"))`,
    ),
    ...stores.map((name) => `(name = ${text(name)}, kvNamespace = ${text(`store-${name}`)})`),
  ];
  const classes = objects.map(
    ({ className }) => `(className = ${text(className)}, uniqueKey = ${text(`sekisho-${className}`)}, enableSql = true)`,
  );
  return `(
    modules = [${modules.map((name) => `(name = ${text(name)}, ${kind(name)} = embed ${text(name)})`).join(", ")}],
    compatibilityDate = ${text(date)}, compatibilityFlags = [${flags.map(text).join(", ")}],
    bindings = [${bindings.join(", ")}], globalOutbound = "internet",
    ${host ? `durableObjectNamespaces = [${classes.join(", ")}], durableObjectStorage = (localDisk = "disk"),` : ""}
  )`;
}

/**
 * Starts it and waits until it listens.
 *
 * @param {object} options
 * @param {string} options.state a folder that keeps the objects from one start to the next
 * @param {number} options.port the port to listen on
 * @param {string} options.config the TOML of all
 * @param {Record<"odd" | "even" | "objects", Record<string, string>>} options.environments text bindings of each
 * @returns {Promise<Child>} the running workers
 */
export async function startRollout({ state, port, config: toml, environments }) {
  const { date, stores } = layout.platform();
  for (const folder of ["objects", ...stores]) mkdirSync(join(state, folder), { recursive: true });
  const built = layout.artefact("edge");
  const modules = readdirSync(built).filter((name) => /\.(m?js|wasm|json|txt|html)$/.test(name));
  modules.sort((a, b) => Number(b === "index.js") - Number(a === "index.js"));
  for (const name of modules) copyFileSync(join(built, name), join(state, name));
  writeFileSync(join(state, "sekisho.json"), layout.laid(toml));
  const env = {};
  const services = Object.entries(environments).map(([name, environment]) => {
    for (const [key, value] of Object.entries(environment)) env[`${name}_${key}`] = value;
    return `(name = ${text(name)}, worker = ${service(name, modules, Object.keys(environment), name === "objects")})`;
  });
  writeFileSync(join(state, "dispatch.mjs"), DISPATCH);
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "front", worker = (
      modules = [(name = "dispatch.mjs", esModule = embed "dispatch.mjs")], compatibilityDate = ${text(date)},
      bindings = [(name = "odd", service = "odd"), (name = "even", service = "even")],
    )),
    ${services.join(",\n    ")},
    (name = "internet", network = (allow = ["public", "private", "local"])),
    (name = "disk", disk = (path = "objects", writable = true)),
    ${stores.map((name) => `(name = ${text(`store-${name}`)}, disk = (path = ${text(name)}, writable = true)),`).join("\n    ")}
  ],
  sockets = [(name = "site", address = ${text(`127.0.0.1:${port}`)}, http = (), service = "front")],
);
`;
  writeFileSync(join(state, "rollout.capnp"), config);
  const child = new Child("workerd", workerd.default, ["serve", "rollout.capnp", "--experimental", "--control-fd=1"], { cwd: state, env });
  await child.line(/"event":"listen"/);
  return child;
}
