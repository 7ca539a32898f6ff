// A worker on plain workerd: nothing between the test and the runtime, starts in a tenth of a second, and can be killed.

import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import workerd from "workerd";
import { Child } from "./child.mjs";

const text = (value) => JSON.stringify(value);
// workerd embeds only what lies beside its config.
const [KEY, CERTIFICATE, TRUSTED] = ["site.key", "site.crt", "trusted.crt"];
const list = (items) => `[${items.join(", ")}]`;

/** The config that workerd reads. Values of bindings come from the environment, so that no secret lies in a file. */
function capnp({ modules, bindings, platform, address, keys, trusted }) {
  const kind = (name) => (name.endsWith(".wasm") ? "wasm" : /\.(json|txt|html)$/.test(name) ? "text" : "esModule");
  const options = keys
    ? `https = (tlsOptions = (keypair = (privateKey = embed ${text(KEY)}, certificateChain = embed ${text(CERTIFICATE)})))`
    : "http = ()";
  const storage = platform.objects.length > 0 ? 'durableObjectStorage = (localDisk = "objects"),' : "";
  const objects = platform.objects.map(
    ({ className }) => `(className = ${text(className)}, uniqueKey = ${text(`sekisho-${className}`)}, enableSql = true)`,
  );
  const stores = platform.stores ?? [];
  const bound = [
    ...bindings.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    ...platform.objects.map((o) => `(name = ${text(o.binding)}, durableObjectNamespace = ${text(o.className)})`),
    ...stores.map((name) => `(name = ${text(name)}, kvNamespace = ${text(`store-${name}`)})`),
  ];
  // A folder does for a key-value store: a value is a file of its name.
  const folders = stores.map((name) => `\n    (name = ${text(`store-${name}`)}, disk = (path = ${text(name)}, writable = true)),`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true${trusted ? `, trustedCertificates = [embed ${text(TRUSTED)}]` : ""}))),
    (name = "objects", disk = (path = "objects", writable = true)),${folders.join("")}
  ],
  sockets = [(name = "site", address = ${text(address)}, ${options}, service = "worker")],
);
const worker :Workerd.Worker = (
  modules = ${list(modules.map((name) => `(name = ${text(name)}, ${kind(name)} = embed ${text(name)})`))},
  compatibilityDate = ${text(platform.date)},
  compatibilityFlags = ${list(platform.flags.map(text))},
  bindings = ${list(bound)},
  durableObjectNamespaces = ${list(objects)},
  ${storage}
  globalOutbound = "internet",
);
`;
}

/**
 * Starts a worker and waits until it listens.
 *
 * @param {object} options
 * @param {string} options.directory the worker's modules; index.js is the entry
 * @param {string} options.state a folder that keeps the objects from one start to the next
 * @param {number} options.port the port to listen on
 * @param {Record<string, string>} options.environment text bindings, secrets among them
 * @param {Record<string, string>} [options.texts] modules that are to hold another text than the built one
 * @param {{date: string, flags: string[], objects: {binding: string, className: string}[], stores?: string[]}} options.platform
 * @param {{key: string, certificate: string}} [options.keys] PEM files, for https
 * @param {string} [options.trusted] a PEM file with an authority that the worker's own connections may trust besides
 * @param {(line: string) => void} [options.echo] is told every line of output
 * @returns {Promise<Child>} the running worker
 */
export async function startWorkerd({ directory, state, port, environment, texts = {}, platform, keys, trusted, echo }) {
  for (const folder of ["objects", ...(platform.stores ?? [])]) mkdirSync(join(state, folder), { recursive: true });
  const modules = readdirSync(directory).filter((name) => /\.(m?js|wasm|json|txt|html)$/.test(name));
  modules.sort((a, b) => Number(b === "index.js") - Number(a === "index.js"));
  for (const name of modules) copyFileSync(join(directory, name), join(state, name));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(state, name), text);
  if (keys) for (const [from, to] of [[keys.key, KEY], [keys.certificate, CERTIFICATE]]) copyFileSync(from, join(state, to));
  if (trusted) copyFileSync(trusted, join(state, TRUSTED));
  const bindings = Object.keys(environment);
  const config = capnp({ modules, bindings, platform, address: `127.0.0.1:${port}`, keys, trusted });
  writeFileSync(join(state, "worker.capnp"), config);
  // On descriptor 1 workerd itself tells when the socket listens; nothing has to be polled.
  const args = ["serve", "worker.capnp", "--experimental", "--control-fd=1"];
  const child = new Child("workerd", workerd.default, args, { cwd: state, env: environment, echo });
  await child.line(/"event":"listen"/);
  return child;
}
