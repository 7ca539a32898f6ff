// The whole house on this machine: the demo origin, the edge worker before it, the demo's customers of old imported.
// Tests, journeys, bench, soak and `make run` all start it from here.
//
//   const stack = await startStack();                  // an empty store on free ports, plain workerd
//   const answer = await fetch(`${stack.url}/.sekisho/health`);
//   const letter = await stack.mailbox.letter("taro@example.com");
//   await stack.stop();

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child, freePort } from "./house/child.mjs";
import * as layout from "./house/layout.mjs";
import { Mailbox } from "./house/mailbox.mjs";
import { freshSecrets } from "./house/secrets.mjs";
import { startWorkerd } from "./house/workerd.mjs";
import { startWrangler } from "./house/wrangler.mjs";

/** A running house. */
class Stack {
  #options;
  #temporary;

  constructor(options, temporary) {
    this.#options = options;
    this.#temporary = temporary;
    /** The site as a browser sees it, `http://localhost:<port>`. */
    this.url = options.site;
    /** The origin server behind it, `http://127.0.0.1:<port>`. */
    this.origin = options.origin;
    /** The worker's secrets by their names. */
    this.secrets = options.secrets;
    /** The worker's config, TOML. */
    this.config = options.config;
    /** The letters sent so far. */
    this.mailbox = new Mailbox(join(options.state, "origin"));
    /** The folder that keeps the worker's and the origin's records. */
    this.state = options.state;
  }

  async startOrigin() {
    const { origin, site, issuer, config, secrets, state, keys, echo } = this.#options;
    const env = {
      SEKISHO_WWW_LISTEN: new URL(origin).host,
      SEKISHO_WWW_DATA: join(state, "origin"),
      SEKISHO_WWW_ASSETS: layout.assets,
      SEKISHO_JWKS_URL: `${site}/.well-known/jwks.json`,
      SEKISHO_ISSUER: issuer ?? site,
      SEKISHO_AUDIENCE: layout.audience(config),
      SEKISHO_MAIL_TOKEN: secrets.SEKISHO_MAIL_TOKEN,
      SEKISHO_ORIGIN_TOKEN: secrets.SEKISHO_ORIGIN_TOKEN,
      ...(keys && { SEKISHO_JWKS_CA: keys.authority }),
    };
    /** The origin's process. */
    this.originProcess = new Child("sekisho-www", layout.originProgram, [], { env, echo: echo?.("origin") });
    await this.originProcess.line(/listening on /);
  }

  /** Starts the worker over the records it has; after `killWorker`, that is the restart after a power cut. */
  async startWorker() {
    const { backend, site, config, secrets, state, keys, echo, artefact, authenticators, trusted } = this.#options;
    const common = { state: join(state, "worker"), port: Number(new URL(site).port), keys, echo: echo?.("worker") };
    this.worker =
      backend === "wrangler"
        ? await startWrangler({ ...common, config, secrets })
        : await startWorkerd({
            ...common,
            directory: layout.artefact(artefact),
            environment: secrets,
            texts: { "sekisho.json": layout.laid(config), ...(authenticators !== undefined && { "authenticators.json": authenticators }) },
            platform: layout.platform(),
            trusted,
          });
  }

  /** Ends the worker as a power cut would: no goodbye, no flush. */
  async killWorker() {
    await this.worker.kill();
  }

  /**
   * Imports login names of customers whose password only the origin knows.
   *
   * @param {{name: string, customer: string}[]} customers login name and the origin's number
   */
  async importCustomers(customers) {
    for (let from = 0; from < customers.length; from += 100) {
      const answer = await fetch(`${this.url}/.sekisho/ops/import`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${this.secrets.SEKISHO_OPS_TOKEN}`,
          "content-type": "application/json",
          origin: this.url,
        },
        body: JSON.stringify({ customers: customers.slice(from, from + 100) }),
        signal: AbortSignal.timeout(30_000),
      });
      if (!answer.ok) throw new Error(`the import was refused: ${answer.status} ${await answer.text()}`);
    }
  }

  /** What both processes wrote; for a failing test. */
  logs() {
    return `--- worker ---\n${this.worker?.log ?? ""}\n--- origin ---\n${this.originProcess?.log ?? ""}`;
  }

  /** Resolves with a sentence when one of the two processes ends. */
  ended() {
    return Promise.race([this.worker.ended, this.originProcess.ended]);
  }

  /** Stops both and, for a stack without a `state` folder, forgets what they kept. */
  async stop() {
    await Promise.all([this.worker?.stop(), this.originProcess?.stop()]);
    if (this.#temporary) rmSync(this.state, { recursive: true, force: true });
  }
}

/**
 * Starts origin and worker, waits until both answer and imports the demo's customers of old.
 *
 * @param {object} [options]
 * @param {"workerd" | "wrangler"} [options.backend] plain workerd (default), or `wrangler dev`
 * @param {string} [options.artefact] which built worker: `edge` (default) or `conformance`; plain workerd only
 * @param {(toml: string) => string} [options.config] changes the demo's config
 * @param {string} [options.authenticators] what the operator knows of authenticator models; plain workerd only
 * @param {string} [options.trusted] a PEM file with an authority that the worker trusts besides; plain workerd only
 * @param {string} [options.issuer] the site's origin where the config names another than `http://localhost:<port>`
 * @param {boolean} [options.seed] whether to import www/demo/customers.json (default true)
 * @param {Record<string, string>} [options.secrets] default: fresh ones
 * @param {number} [options.port] the worker's port; default: a free one
 * @param {number} [options.originPort] the origin's port; default: a free one
 * @param {string} [options.state] a folder that outlives the stack; default: a temporary one, removed by `stop`
 * @param {{key: string, certificate: string, authority: string}} [options.keys] PEM files: serves https
 * @param {(name: string) => (line: string) => void} [options.echo] where output goes, by process; default: only kept
 * @returns {Promise<Stack>} the running house
 */
export async function startStack(options = {}) {
  const port = options.port ?? (await freePort());
  const originPort = options.originPort ?? (await freePort());
  const site = `${options.keys ? "https" : "http"}://localhost:${port}`;
  const origin = `http://127.0.0.1:${originPort}`;
  const state = options.state ?? mkdtempSync(join(tmpdir(), "sekisho-"));
  const change = options.config ?? ((toml) => toml);
  const config = change(layout.demoConfig(site, origin));
  const secrets = options.secrets ?? freshSecrets();
  const settings = { backend: "workerd", artefact: "edge", ...options, site, origin, state, config, secrets };
  const stack = new Stack(settings, options.state === undefined);
  try {
    await stack.startOrigin();
    await stack.startWorker();
    if (options.seed ?? true) await stack.importCustomers(layout.demoCustomers());
  } catch (error) {
    const logs = stack.logs();
    await stack.stop();
    throw new Error(`the stack did not start: ${error.message}\n${logs}`, { cause: error });
  }
  return stack;
}
