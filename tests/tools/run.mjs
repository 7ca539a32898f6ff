// `make run`: builds, starts the demo broker behind the gate, and stops both on Ctrl-C.
//
//   PORT=8787         where the browser goes; the origin takes the next port, or ORIGIN_PORT
//   TLS=1             https with a certificate made here, for device-bound sessions and Safari
//   BACKEND=workerd   plain workerd in place of wrangler
//   VERBOSE=1         shows what the two processes write

import { readFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { build } from "./build.mjs";
import { localCertificate } from "./house/certificate.mjs";
import { freePort } from "./house/child.mjs";
import { root } from "./house/layout.mjs";
import { keptSecrets } from "./house/secrets.mjs";
import { startStack } from "./stack.mjs";

/** Ends with a sentence that a person can act on. */
class Sentence extends Error {}

async function port(name, fallback) {
  const text = process.env[name] || String(fallback);
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new Sentence(`${name}=${text} is not a port.`);
  if ((await freePort(number)) === undefined) {
    throw new Sentence(`Port ${number} is in use. End the program that uses it, or take another: make run ${name}=${number + 10}`);
  }
  return number;
}

function keys(folder) {
  if (!["", "0", undefined].includes(process.env.TLS)) {
    const files = localCertificate(join(folder, "tls"));
    tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(files.authority, "utf8")]);
    return files;
  }
}

async function main() {
  const worker = await port("PORT", 8787);
  const origin = await port("ORIGIN_PORT", worker + 1);
  try {
    build();
  } catch (error) {
    throw new Sentence(`${error.message}. The first start needs the network for crates and npm packages; the lines above say what was wrong.`);
  }
  process.stderr.write("==> starting\n");
  const folder = join(root, ".sekisho");
  const certificate = keys(folder);
  const verbose = (name) => (line) => process.stderr.write(`${name}: ${line}\n`);
  const stack = await startStack({
    backend: process.env.BACKEND || "wrangler",
    port: worker,
    originPort: origin,
    state: join(folder, "run"),
    secrets: keptSecrets(join(folder, "secrets.json")),
    keys: certificate,
    echo: process.env.VERBOSE ? verbose : undefined,
  });
  process.stdout.write(`\nSekisho is at ${stack.url}  (Ctrl-C stops it; what it keeps lies in .sekisho/)\n`);
  if (certificate) process.stdout.write(`Trust ${certificate.authority} in your browser, or accept its warning.\n`);

  const asked = new Promise((resolve) => ["SIGINT", "SIGTERM", "SIGHUP"].forEach((s) => process.once(s, () => resolve())));
  const ended = await Promise.race([asked, stack.ended()]);
  await stack.stop();
  if (ended) throw new Sentence(`${ended}\n${stack.logs()}`);
  process.stdout.write("\nstopped\n");
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`\n${error instanceof Sentence ? error.message : error.stack}\n`);
    process.exit(1);
  },
);
