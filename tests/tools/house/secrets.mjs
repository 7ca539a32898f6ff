// The secrets a worker and an origin share, made from the system's randomness: once per machine for `make run`, afresh
// for every test. They never leave this machine and are good for nothing else; a deployment makes its own, `make secrets`.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** 32 random bytes in base64url: a key, or a token. */
export const key = () => randomBytes(32).toString("base64url");

/**
 * Secrets as a file of the environment has them.
 *
 * @param {Record<string, string>} secrets by name; none holds a single quote
 * @returns {string} a line each
 */
export const lines = (secrets) => Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`).join("");

/**
 * Fresh secrets.
 *
 * @returns {Record<string, string>} the worker's secrets by the names of its environment
 */
export function freshSecrets() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = randomBytes(9).toString("base64url");
  const signing = { ...privateKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" };
  return {
    SEKISHO_MAC_KEYS: `1:${key()}`,
    SEKISHO_NAME_KEYS: `1:${key()}`,
    SEKISHO_SEAL_KEYS: `1:${key()}`,
    SEKISHO_JWT_KEYS: JSON.stringify([signing]),
    SEKISHO_MAIL_TOKEN: key(),
    SEKISHO_ORIGIN_TOKEN: key(),
    SEKISHO_OPS_TOKEN: key(),
    SEKISHO_APP_KEYS: key(),
  };
}

/**
 * The secrets kept in `file`, made there on the first call, and those that a later release added; readable by the owner
 * only.
 *
 * @param {string} file path of the JSON file
 * @returns {Record<string, string>} as `freshSecrets`
 */
export function keptSecrets(file) {
  const fresh = freshSecrets();
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const secrets = { ...fresh, ...kept };
  if (Object.keys(fresh).some((name) => !(name in kept))) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  }
  chmodSync(file, 0o600);
  return secrets;
}
