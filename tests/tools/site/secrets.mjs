// `make secrets`: every secret that a site of your own needs, made from the system's randomness, a line each: as `wrangler secret bulk`
// takes them, and systemd's EnvironmentFile. A file that is there is never written over: passkeys hang on the first key in it.

import { writeFileSync } from "node:fs";
import { freshSecrets, key, lines } from "../house/secrets.mjs";

const HEAD = `# SEKISHO_MAIL_TOKEN is your mail provider's to give where it gives one; SEKISHO_ORIGIN_TOKEN is the application's too.
`;
const TAIL = `# Without the # before it only where a proxy of your own stands in front, as before a workerd of your own:
#${lines({ SEKISHO_PROXY_TOKEN: key() })}# Where the config asks for them, as your providers give them:
#SEKISHO_SMS_TOKEN=''
#SEKISHO_DKIM_KEY=''
`;

const text = `${HEAD}${lines(freshSecrets())}${TAIL}`;
const [file] = process.argv.slice(2);
if (!file) process.stdout.write(text);
else {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    process.stderr.write(`${error.code === "EEXIST" ? `${file} is there already, and is left as it is` : error.message}\n`);
    process.exitCode = 1;
  }
}
