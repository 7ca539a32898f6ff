// A worker under `wrangler dev`: the way most developers run one, with the platform's own objects filled in.

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Child } from "./child.mjs";
import { artefact, bin, laid, wranglerText } from "./layout.mjs";
import { lines } from "./secrets.mjs";

const ENVIRONMENT = {
  CI: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_SEND_METRICS: "false",
};

/**
 * Starts the edge worker and waits until it listens.
 *
 * @param {object} options
 * @param {string} options.state a folder that keeps the objects from one start to the next
 * @param {number} options.port the port to listen on
 * @param {string} options.config the worker's TOML
 * @param {Record<string, string>} options.secrets its secrets
 * @param {{key: string, certificate: string}} [options.keys] PEM files, for https
 * @param {(line: string) => void} [options.echo] is told every line of output
 * @returns {Promise<Child>} the running worker
 */
export async function startWrangler({ state, port, config, secrets, keys, echo }) {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // The worker as it was built, with this run's config beside it.
  const worker = join(state, "worker");
  cpSync(artefact("edge"), worker, { recursive: true });
  writeFileSync(join(worker, "sekisho.json"), laid(config));
  const layout = join(state, "wrangler.toml");
  writeFileSync(layout, wranglerText());
  const file = join(state, "secrets.env");
  writeFileSync(file, lines(secrets), { mode: 0o600 });

  const args = ["dev", "--config", layout, "--env-file", file];
  args.push("--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0");
  args.push("--persist-to", join(state, "storage"), "--show-interactive-dev-session", "false");
  if (keys) {
    args.push("--local-protocol", "https", "--https-key-path", keys.key, "--https-cert-path", keys.certificate);
  }
  const child = new Child("wrangler dev", join(bin, "wrangler"), args, { cwd: state, env: ENVIRONMENT, echo });
  await child.line(/Ready on /);
  return child;
}
