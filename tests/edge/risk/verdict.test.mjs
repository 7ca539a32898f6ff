// What comes of a judgement, on the real worker that acts on it: verdicts and weights in the log, and logins by passkey among them.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { Authenticator } from "../authenticator.mjs";
import { register } from "../passkeys/ceremonies.mjs";
import { PASSWORD, Visitor, person } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

const TOKEN = randomBytes(24).toString("base64url");
const HOME = { address: "203.0.113.7", asn: 2516, country: "JP", city: "Tokyo" };
const FAR = { address: "198.51.100.9", asn: 9009, country: "RO", city: "Bucharest" };
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) => toml.replace('mode = "shadow"', 'mode = "act"');
  worker = await startWorker(origin.url, { config, secrets: { SEKISHO_PROXY_TOKEN: TOKEN } });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** A browser somewhere, behind the operator's proxy. */
class Somewhere extends Visitor {
  constructor(place, agent) {
    super(worker.url);
    this.place = { "sekisho-proxy": TOKEN, "sekisho-client": JSON.stringify(place) };
    if (agent) this.agent = agent;
  }

  post(path, value) {
    const cookies = [this.cookie && `__Host-sekisho=${this.cookie}`, this.device].filter(Boolean).join("; ");
    return super.post(path, value, { ...this.place, ...(cookies && { cookie: cookies }) }).then((answer) => {
      this.device = answer.cookies.map((line) => line.split(";")[0]).find((pair) => pair.startsWith("__Host-sekisho-device=")) ?? this.device;
      return answer;
    });
  }
}

/** Does `work`, and answers with what was judged meanwhile. */
async function judged(work) {
  const seen = worker.child.log.length;
  const answer = await work();
  for (const until = Date.now() + 5_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const line = worker.child.log.slice(seen).split("\n").slice(0, -1).find((text) => text.includes('{"judged"'));
    if (line) return { answer, judgement: JSON.parse(line.slice(line.indexOf("{"))).judged };
  }
  throw new Error("nothing was judged");
}

/** A customer with six logins from home and a passkey. */
async function settled() {
  const home = new Somewhere(HOME);
  const number = (await home.post("/.sekisho/open", person())).json.account_number;
  for (let time = 0; time < 6; time += 1) assert.equal((await home.post("/.sekisho/login", { id: number, password: PASSWORD })).status, 200);
  const authenticator = new Authenticator(worker.url);
  assert.equal((await register(home, authenticator)).status, 201);
  return { home, number, authenticator };
}

async function byPasskey(visitor, authenticator) {
  const begun = await visitor.post("/.sekisho/passkey/login/begin", {});
  const credential = authenticator.authenticate(begun.json.publicKey);
  return visitor.post("/.sekisho/passkey/login/finish", { credential });
}

test("a stranger with the password is led to the desk; the log has the verdict and what each reason added, the answer neither", async () => {
  const { home, number, authenticator } = await settled();
  const usual = await judged(() => home.post("/.sekisho/login", { id: number, password: PASSWORD }));
  assert.deepEqual([usual.answer.status, usual.judgement.verdict, usual.judgement.reasons, usual.judgement.weights], [200, "allow", [], []]);
  const stranger = () => judged(() => new Somewhere(FAR, FIREFOX).post("/.sekisho/login", { id: number, password: PASSWORD }));
  const { answer, judgement } = await stranger();
  assert.deepEqual([answer.status, answer.json.code, judgement.verdict], [403, "desk_needed", { step_up: "desk" }]);
  assert.deepEqual(judgement.reasons, ["new_device", "unfamiliar_country", "unfamiliar_network", "unfamiliar_client"]);
  // Every network is new in a new country: it adds nothing to it.
  assert.deepEqual(judgement.weights.map(Math.sign), [1, 1, 0, 1], judgement.weights.join());
  assert.ok(judgement.weights.reduce((sum, weight) => sum + weight) > judgement.score, "without them it would be as likely its owner's");
  assert.doesNotMatch(answer.text, /weight|verdict|reason|score/);
  // Once a passkey has worked, that is what the account has at hand.
  assert.equal((await byPasskey(home, authenticator)).status, 200);
  const again = await stranger();
  assert.deepEqual([again.answer.json.code, again.judgement.verdict], ["desk_needed", { step_up: "passkey" }]);
});

test("a passkey from there opens, is judged, and its owner is told in a letter of its own", async () => {
  const { home, authenticator } = await settled();
  const usual = await judged(() => byPasskey(home, authenticator));
  assert.deepEqual([usual.answer.status, usual.judgement.evidence.by_passkey, usual.judgement.reasons], [200, true, []]);
  const { answer, judgement } = await judged(() => byPasskey(new Somewhere(FAR, FIREFOX), authenticator));
  assert.deepEqual([answer.status, judgement.verdict, judgement.evidence.by_passkey], [200, "allow", true]);
  assert.ok(judgement.score >= judgement.threshold && judgement.reasons.includes("unfamiliar_country"), JSON.stringify(judgement));
  for (const until = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (origin.requests.some(({ body }) => body.includes("いつもと異なる環境からのログイン") && body.includes("Firefox"))) break;
    assert.ok(Date.now() < until, "no letter tells of it");
  }
});

test("a passkey that was copied is refused by rule", async () => {
  const { home, authenticator } = await settled();
  authenticator.count = 9;
  assert.equal((await byPasskey(home, authenticator)).status, 200);
  authenticator.count = 3;
  const { answer, judgement } = await judged(() => byPasskey(home, authenticator));
  assert.deepEqual([answer.status, judgement.verdict, judgement.reasons, judgement.weights], [401, "refuse", ["passkey_suspected"], [null]]);
});
