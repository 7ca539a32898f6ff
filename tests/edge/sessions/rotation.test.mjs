// All keys change while customers are at work, and while each deployment spreads: every second request meets an edge of the
// release before, and the objects change over in between.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../../tools/house/child.mjs";
import { demoConfig } from "../../tools/house/layout.mjs";
import { freshSecrets } from "../../tools/house/secrets.mjs";
import { Authenticator } from "../authenticator.mjs";
import { App } from "../channels/app.mjs";
import { register, signIn } from "../passkeys/ceremonies.mjs";
import { sealedLogin } from "../sealed/hpke.mjs";
import { PASSWORD, Visitor, customer } from "../visitor.mjs";
import { RecordingOrigin } from "../worker.mjs";
import { startRollout } from "./rollout.mjs";

const generation = (number) => `${number}:${randomBytes(32).toString("base64url")}`;
const RINGS = ["SEKISHO_MAC_KEYS", "SEKISHO_NAME_KEYS", "SEKISHO_SEAL_KEYS"];
const [SECRETS, OTHERS] = [freshSecrets(), freshSecrets()];
const first = Object.fromEntries(RINGS.map((name) => [name, SECRETS[name]]));
const second = Object.fromEntries(RINGS.map((name) => [name, generation(2)]));
const [jwtFirst, jwtSecond] = [SECRETS, OTHERS].map(({ SEKISHO_JWT_KEYS: keys }) => JSON.parse(keys)[0]);

/** The releases in order: the new keys are learnt, then used, then what may be forgotten goes. */
const RELEASES = [
  { ring: (name) => first[name], jwt: [jwtFirst] },
  { ring: (name) => `${first[name]},${second[name]}`, jwt: [jwtFirst, jwtSecond] },
  { ring: (name) => `${second[name]},${first[name]}`, jwt: [jwtSecond, jwtFirst] },
  { ring: (name) => (name === "SEKISHO_SEAL_KEYS" ? second[name] : `${second[name]},${first[name]}`), jwt: [jwtSecond] },
];

test("nobody is signed out, no request fails, and every statement can be checked", async () => {
  const origin = await new RecordingOrigin().start();
  const state = mkdtempSync(join(tmpdir(), "sekisho-rotation-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  // Leases of a second, so that cookies are marked anew all the time.
  const config = demoConfig(url, origin.url).replace('lease = "60s"', 'lease = "1s"');
  const environment = ({ ring, jwt }) => ({
    ...SECRETS, ...Object.fromEntries(RINGS.map((name) => [name, ring(name)])), SEKISHO_JWT_KEYS: JSON.stringify(jwt),
  });
  const environments = RELEASES.map(environment);
  const customers = [];
  let owner, authenticator, child, app, token;
  const marks = new Set();
  const kids = new Set();
  try {
    for (const [before, after, objects] of [[0, 1, 0], [0, 1, 1], [1, 2, 1], [1, 2, 2], [2, 3, 2], [2, 3, 3]]) {
      const what = `edges ${before} and ${after}, objects ${objects}`;
      child = await startRollout({ state, port, config, environments: { odd: environments[before], even: environments[after], objects: environments[objects] } });
      if (owner === undefined) {
        owner = await customer(url);
        authenticator = new Authenticator(url);
        await register(owner, authenticator);
        app = new App(url);
        const phone = new Visitor(url);
        const named = { "sekisho-app": "smartphone-app" };
        assert.equal((await phone.post("/.sekisho/login", { id: owner.number, password: PASSWORD }, named)).status, 200);
        token = (await phone.post("/.sekisho/token", {}, { dpop: app.proof("POST", "/.sekisho/token") })).json.access_token;
      }
      // Accounts of every phase: their names lie under whichever key was current.
      customers.push(await customer(url));
      const from = origin.forwarded.length;
      const end = performance.now() + 1_300;
      await Promise.all(
        customers.map(async (visitor) => {
          do {
            const page = await visitor.navigate("/home");
            assert.equal(page.status, 200, `${what}: a page answered ${page.status}`);
            marks.add(Buffer.from(visitor.cookie, "base64url").at(-33));
          } while (performance.now() < end);
          // Whatever the first edge has begun the second finishes.
          const other = new Visitor(url);
          const login = await other.post("/.sekisho/login", await sealedLogin(other, visitor.number, PASSWORD));
          assert.equal(login.status, 200, `${what}: a sealed login answered ${login.text}`);
          assert.equal((await other.post("/.sekisho/logout", {})).status, 200, `${what}: a logout`);
        }),
      );
      for (let turn = 0; turn < 2; turn += 1) {
        const { answer, visitor } = await signIn(url, authenticator);
        assert.equal(answer.status, 200, `${what}: a passkey of the first release answered ${answer.text}`);
        assert.equal((await visitor.post("/.sekisho/logout", {})).status, 200);
      }
      // The app's token, marked once; and what the account remembers of its owner, by which their browser is no stranger's.
      for (let turn = 0; turn < 2; turn += 1) {
        const page = await app.send("GET", "/home", token);
        assert.equal(page.status, 200, `${what}: the app's page answered ${page.status} ${page.text}`);
        const seen = child.log.length;
        const known = new Visitor(url);
        const device = owner.login.cookies.map((line) => line.split(";")[0]).find((pair) => pair.startsWith("__Host-sekisho-device="));
        const login = await known.post("/.sekisho/login", { id: owner.number, password: PASSWORD }, { cookie: device });
        assert.equal(login.status, 200, `${what}: the owner's login answered ${login.text}`);
        const [judged] = child.log.slice(seen).match(/\{"judged".*/) ?? [];
        assert.ok(judged?.includes('"device":"known"'), `${what}: the owner's browser was judged ${judged}`);
        assert.equal((await known.post("/.sekisho/logout", {})).status, 200);
      }
      const used = new Set(origin.forwarded.slice(from).map(({ headers }) => JSON.parse(Buffer.from(headers["sekisho-assertion"].split(".")[0], "base64url")).kid));
      for (let turn = 0; turn < 2; turn += 1) {
        const published = (await new Visitor(url).get("/.well-known/jwks.json")).json.keys.map(({ kid }) => kid);
        for (const kid of used) assert.ok(published.includes(kid), `${what}: a statement is signed by a key that an edge does not publish`);
      }
      used.forEach((kid) => kids.add(kid));
      await child.stop();
    }
    assert.deepEqual([...marks].sort(), [1, 2], "both keys have marked cookies");
    assert.deepEqual([...kids].sort(), [jwtFirst.kid, jwtSecond.kid].sort(), "both keys have signed");
  } finally {
    await child?.stop();
    await origin.stop();
    rmSync(state, { recursive: true, force: true });
  }
});
