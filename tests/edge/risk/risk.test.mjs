// Logins judged on the real worker: where they come from is the word of the operator's own proxy, which proves itself by its token.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { PASSWORD, Visitor, person } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const TOKEN = randomBytes(24).toString("base64url");
const HOME = { address: "203.0.113.7", asn: 2516, country: "JP", city: "Tokyo" };
const FAR = { address: "198.51.100.9", asn: 9009, country: "RO", city: "Bucharest" };
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
});
// One for each: a worker writes a hundred judgements in ten seconds and no more, and these tests read what it has written.
beforeEach(async () => {
  const config = (toml) => toml.replace('mode = "shadow"', 'mode = "act"').replace("spray = 30", "spray = 5");
  worker = await startWorker(origin.url, { config, secrets: { SEKISHO_PROXY_TOKEN: TOKEN } });
});
afterEach(() => worker?.stop());
after(() => origin?.stop());

/** A browser somewhere, behind the operator's proxy, with the one cookie that outlives its sessions. */
class Somewhere {
  constructor(place, { agent, token = TOKEN } = {}) {
    this.headers = { "sekisho-proxy": token, "sekisho-client": JSON.stringify(place) };
    this.agent = agent;
  }

  async login(id, password = PASSWORD) {
    const visitor = new Visitor(worker.url);
    if (this.agent) visitor.agent = this.agent;
    const cookie = this.device ? { cookie: this.device } : {};
    const answer = await visitor.post("/.sekisho/login", { id, password }, { ...this.headers, ...cookie });
    this.device = answer.cookies.map((line) => line.split(";")[0]).find((pair) => pair.startsWith("__Host-sekisho-device=")) ?? this.device;
    return answer;
  }
}

/** A customer who has logged in from home a few times. */
async function settled(place = HOME) {
  const opened = await new Visitor(worker.url).post("/.sekisho/open", person());
  const number = opened.json.account_number;
  const home = new Somewhere(place);
  for (let time = 0; time < 6; time += 1) assert.equal((await home.login(number)).status, 200);
  return { number, home };
}

/** The letters to which `word` belongs, once there is one. */
async function letter(word) {
  for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const found = origin.requests.map(({ body }) => body).find((body) => body.includes(word));
    if (found) return found;
  }
  throw new Error(`no letter says ${word}`);
}

test("the right password from an attacker's network opens nothing; its owner is told and goes on as ever", async () => {
  const { number, home } = await settled();
  const stranger = new Somewhere(FAR, { agent: FIREFOX });
  const held = await stranger.login(number);
  assert.equal(held.status, 403, held.text);
  assert.equal(held.json.code, "desk_needed");
  assert.equal(held.cookies.length, 0, "a login that did not succeed leaves nothing");
  assert.match(await letter("ログインをお止めしました"), /Firefox/);
  assert.equal((await home.login(number)).status, 200);
});

test("the same password from home on a device of home is let in, and the device is told only once", async () => {
  const { number } = await settled();
  const sofa = new Somewhere(HOME);
  assert.equal((await sofa.login(number)).status, 200);
  await letter("新しい端末");
  assert.equal((await sofa.login(number)).status, 200);
});

test("a word about the client without the proxy's token is no word", async () => {
  const { number } = await settled();
  // Told as from home, but nobody who may say so says it: it hides where it is from, and there is no address to ask by.
  const liar = new Somewhere(HOME, { token: "x".repeat(32) });
  const [, answer] = await Promise.all([worker.child.line(/"judged".*"place_hidden"/), liar.login(number)]);
  assert.deepEqual([answer.status, answer.json.code], [403, "desk_needed"]);
});

test("with the proxy's token its word alone counts, and without it all stories are one, however they change", async () => {
  const judged = async (headers) => {
    const { number } = await settled();
    const seen = worker.child.log.length;
    const visitor = new Visitor(worker.url);
    await visitor.post("/.sekisho/login", { id: number, password: PASSWORD }, headers);
    let found;
    for (let tries = 0; tries < 100 && !found; tries += 1) {
      found = worker.child.log.slice(seen).match(/\{"judged".*\}/);
      if (!found) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { reference: _, ...rest } = JSON.parse(found[0]).judged;
    return rest;
  };
  const said = (place, token) => ({ "sekisho-client": JSON.stringify(place), ...(token !== undefined && { "sekisho-proxy": token }) });
  // From a neighbourhood of its own each time, or the tries would be a spray.
  let far = 0;
  const away = (more) => judged({ ...said({ ...FAR, address: `198.51.${(far += 1)}.9` }, TOKEN), ...more });
  const told = await away({});
  const untold = await judged({});
  assert.notDeepEqual(told, untold);
  for (const [turn, token] of [undefined, "", "x".repeat(32), `${TOKEN}x`, TOKEN.slice(1)].entries()) {
    const address = `203.0.113.${turn + 20}`;
    const more = { "x-forwarded-for": address, forwarded: `for=${address}`, "x-real-ip": address, "cf-connecting-ip": address, "true-client-ip": address };
    assert.deepEqual(await away(more), told, "what the proxy has not said");
    assert.deepEqual(await judged({ ...said({ ...HOME, address }, token), ...more }), untold, `by ${token}`);
  }
});

test("a spray from one neighbourhood raises what is asked there, locks nobody out, and is nothing to anybody elsewhere", async () => {
  const away = { ...HOME, address: "203.0.115.7" };
  const [{ number, home }, other] = [await settled(), await settled(away)];
  const sprayer = new Somewhere({ ...FAR, address: "203.0.113.99" }, { agent: FIREFOX });
  for (let name = 0; name < 5; name += 1) assert.equal((await sprayer.login(`nobody${name}`, "Wrong#2026-no")).status, 401);
  const logged = (reason) => worker.child.line(new RegExp(`"judged".*"${reason}"`));
  const [, bare] = await Promise.all([logged("spray"), new Somewhere(HOME).login(number)]);
  assert.equal(bare.status, 200, "there is no verified address to ask by");
  assert.equal((await home.login(number)).status, 200);
  assert.equal((await new Somewhere(away).login(other.number)).status, 200);
});

test("a known device keeps its lane while the name is held for everybody else", async () => {
  const { number, home } = await settled({ ...HOME, address: "203.0.116.7" });
  const guesser = new Somewhere({ ...FAR, address: "192.0.2.1" });
  for (let time = 0; time < 10; time += 1) await guesser.login(number, `Wrong#2026-${time}`);
  assert.equal((await guesser.login(number)).json.code, "locked");
  assert.equal((await home.login(number)).status, 200);
  const copied = new Somewhere({ ...FAR, address: "192.0.2.2" });
  copied.device = home.device.slice(0, -4) + "AAAA";
  assert.equal((await copied.login(number)).json.code, "locked", "a cookie that is not ours opens no lane");
});
