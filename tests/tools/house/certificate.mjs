// A certificate for https://localhost, or for names of a test's own, signed by an authority made on this machine for nothing else.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/**
 * The certificate kept in `folder`, made on the first call and again when it is about to lapse.
 *
 * @param {string} folder where the files lie
 * @param {string[]} [names] the names it is for
 * @returns {{key: string, certificate: string, authority: string}} paths of PEM files; a browser that trusts
 *   `authority` shows no warning
 */
export function localCertificate(folder, names = ["localhost"]) {
  const at = (name) => join(folder, name);
  const files = { key: at("localhost.key"), certificate: at("localhost.crt"), authority: at("authority.crt") };
  if (Object.values(files).every((file) => existsSync(file)) && lasts(files.certificate)) return files;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  openssl("req", "-x509", ...curve, "-days", "825", "-subj", "/CN=Sekisho on this machine", "-keyout", at("authority.key"),
    "-out", files.authority, "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
    "-addext", "keyUsage=critical,keyCertSign", "-addext", `nameConstraints=critical,${names.map((name) => `permitted;DNS:${name}`).join(",")}`);
  openssl("req", ...curve, "-subj", "/CN=localhost", "-keyout", files.key, "-out", at("localhost.csr"));
  writeFileSync(at("localhost.ext"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\nextendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n`);
  openssl("x509", "-req", "-in", at("localhost.csr"), "-CA", files.authority, "-CAkey", at("authority.key"),
    "-CAcreateserial", "-days", "397", "-extfile", at("localhost.ext"), "-out", files.certificate);
  return files;
}

/** Whether the certificate is good for another week. */
function lasts(certificate) {
  try {
    openssl("x509", "-in", certificate, "-noout", "-checkend", String(7 * 86_400));
    return true;
  } catch {
    return false;
  }
}
